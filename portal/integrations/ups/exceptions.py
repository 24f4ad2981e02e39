"""UPS's exception codes (activity type X): what each of the 687 says of a parcel, by what they say alike.

Where a code is about money, papers or services and says nothing of where the parcel is, it counts as `unknown`: it is
kept, and moves nothing.
"""

from portal.integrations.scans import Meaning

SAID: tuple[tuple[Meaning, str], ...] = (
    (Meaning("info_received"), "9C 9D 9J 9K TR"),
    (Meaning("picked_up"), "HF P4 Z5"),
    (
        Meaning("in_transit"),
        "1M 1P 2O 2R 2S 2U 2V 3P 3R 3V 4B 4F 4H 4J 4Y 5S 5V 6G 6H 6I 6J 6K 6P 76 77 7C 7D 7N 8M 8R 9I DA E0 EO F0 "
        "F3 F7 GD HJ HL HM I8 IP J8 LX LY O7 OA P7 PG RB RC RI SX UI VA VD VX VZ W8 X0 XD Y9 YG YR YT YX Z3 ZD ZK "
        "ZL ZN ZV ZW ZX ZY ZZ",
    ),
    (Meaning("out_for_delivery"), "RK RL VG ZS"),
    (Meaning("available_for_pickup", action_required=True), "54 5G 6B 8I E2 I5 UE VB VE ZP"),
    (Meaning("attempt_failed", "consignee_access_restricted"), "84"),
    (Meaning("attempt_failed", "consignee_business_closed"), "55 AY G3 L1 VL ZM"),
    (Meaning("attempt_failed", "consignee_not_available"), "48 49 7L AX C4 DW FM G7 G8 KX OH"),
    (Meaning("attempt_failed", "consignee_refused"), "AM AN AP AQ AS KR KS KT YE"),
    (Meaning("attempt_failed", "consignee_verification_failed"), "IQ IR PI"),
    (Meaning("attempt_failed"), "2X 51 52 5R 5Z 6L 6R 89 GB HQ KI KZ YD"),
    (Meaning("delayed", "carrier_capacity_exceeded"), "1Q"),
    (Meaning("delayed", "carrier_mechanical_delay"), "16 1O 23 68 CQ DR GH GI LE LF"),
    (Meaning("delayed", "carrier_sorting_error"), "6 7 34 8G D1 YI"),
    (Meaning("delayed", "consignee_access_restricted"), "H7"),
    (
        Meaning("delayed", "customs_delay"),
        "5 1U 2N 2T B4 B8 BW BX CE CT DE E4 E8 E9 ES L3 LV MI OB OI R4 R5 RD RE RM RP RZ SF SS TE TG TT VK X2 X3 "
        "X7 X9 XJ XK XL XY XZ Y1 Y4 Y5",
    ),
    (Meaning("delayed", "force_majeure"), "15 7G 9L AZ B1 DG GC Q0 RY TI"),
    (Meaning("delayed", "natural_disaster"), "DF"),
    (Meaning("delayed", "security_issue"), "7R 7S G6 G9"),
    (Meaning("delayed", "weather_delay"), "1E 2A 3D 6D 7V 7W 7X C5 DJ PZ"),
    (
        Meaning("delayed"),
        "1 2 3 4 8 11 14 17 18 19 1B 1G 1K 1L 1V 1X 22 2H 2Y 2Z 31 3A 3B 3C 3J 3L 3T 3U 4K 5U 5W 6E 6Z 7E 7Y 7Z "
        "87 8A 8K 8L 8Y 8Z 9M 9N 9O 9P 9Q 9R 9S 9T 9U 9V 9X 9Y 9Z AH AT C6 CC CD CK CL CM CN CP DC DQ DU E3 ED EH "
        "EN FG G1 GV HA HG HH IB IJ K1 K2 MT NP NW O6 OD OL OR OS P6 Q1 RO S6 S8 TB TH TN UD UK",
    ),
    (Meaning("on_hold", "consignee_access_restricted"), "95"),
    (Meaning("on_hold", "consignee_incorrect_address"), "PH"),
    (
        Meaning("on_hold", "customs_documentation"),
        "40 43 4C 4T 71 7I 7M 7P 7T AO B3 B6 B9 BA BB BD BE BV C3 CX CZ D0 D2 D5 DB DN ER FF HW L2 L5 OT R1 R6 RA "
        "RJ RU RX S1 S4 S5 SI SN SV SY T9 VP X4 X5 X8 XC XE XG XN XO XV XW YA Z1",
    ),
    (
        Meaning("on_hold", "customs_documentation", action_required=True),
        "1W 29 2B 7U B5 BG BH BJ BK BP DY EU EV EW FE GF GZ OQ R7 RR RS S2 S3 SJ SL SP X6 XA XB",
    ),
    (Meaning("on_hold", "customs_duties_unpaid", action_required=True), "1C 7F D9 EY"),
    (Meaning("on_hold", "regulatory_hold"), "1H 60 H9 HK HO I2"),
    (Meaning("on_hold", "retailer_incorrect_data"), "33 91 C7 CH CJ OM"),
    (Meaning("on_hold", "retailer_incorrect_dimensions"), "4P C9 CA CV EX"),
    (Meaning("on_hold", "retailer_incorrect_parcel"), "YU"),
    (Meaning("on_hold", "retailer_not_ready"), "G4 G5 KY TC"),
    (
        Meaning("on_hold"),
        "39 3S 46 4I 4Q 5T 6T 72 7Q BF D4 DD LI MF O5 O8 O9 S7 T3 TO UG UZ VI VJ VN XS Y7",
    ),
    (Meaning("on_hold", action_required=True), "BQ BR BT DT Y2"),
    (Meaning("exception", "consignee_access_restricted"), "A5"),
    (
        Meaning("exception", "consignee_incorrect_address", action_required=True),
        "A6 A7 A8 A9 AA AB AC AD AE AF AG AK AL AV AW CW CY DS E1 FA H1 H2 H3 H4 H5 OJ TF YF",
    ),
    (Meaning("exception", "consignee_not_available"), "C8"),
    (Meaning("exception", "customs_prohibited"), "1F 73 DP UN"),
    (Meaning("exception", "parcel_being_researched"), "F8 UO UP"),
    (Meaning("exception", "regulatory_hold"), "9F IY J0 TX U0 U3 UR US"),
    (Meaning("exception", "retailer_cancelled"), "NI"),
    (Meaning("exception"), "1A 47 4Z 8D BZ YL"),
    (Meaning("returning", "carrier_damaged_parcel"), "24 27 65 A1"),
    (Meaning("returning", "consignee_refused"), "8H"),
    (Meaning("returning", "customs_delay"), "CF"),
    (Meaning("returning", "customs_duties_unpaid"), "7H"),
    (Meaning("returning", "customs_prohibited"), "90"),
    (Meaning("returning", "regulatory_hold"), "O0"),
    (Meaning("returning"), "3N 4R 6C CS DL H8 I1 KP O4 PP RV UF XU YJ YK"),
    (Meaning("returned_to_sender"), "4S TU UA"),
    (Meaning("lost", "carrier_parcel_lost"), "AJ S9 TJ"),
    (Meaning("lost"), "YM"),
    (Meaning("damaged", "carrier_damaged_parcel"), "13 25 26 45 64 66 67 A2 A3 A4 HD HE HR KQ TV"),
    (Meaning("delivered"), "56 59 F4 FN FT K7 KM KN"),
    (Meaning("cancelled"), "5D"),
    (
        Meaning("unknown"),
        "1D 1T 2E 2G 30 37 3Q 3W 3Z 4L 4M 4N 5A 5B 63 6W 6X 78 79 8C 8E 8F 92 93 99 CG D7 E7 F5 FW GN GO GQ GR H6 "
        "HN I3 I9 J9 JA JB JC JH JI JJ K5 K6 K8 KO L0 L8 LH LN LO LQ LU LZ O1 O2 O3 R3 R8 RF RG RH RW S0 SO SU T4 "
        "T5 T6 T7 T8 TA TK TL TS UL UT UW UX V9 VF VH VM VQ VR VU VV VW Y3 YS YV YW Z7 Z8 ZA ZB ZC ZO ZU",
    ),
)

EXCEPTIONS = {code: meaning for meaning, codes in SAID for code in codes.split()}
