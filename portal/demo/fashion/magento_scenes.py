"""Orders that Fernweh took in its Magento shop, beside those of the other one: the scenario table."""

from datetime import timedelta

from portal.demo.fashion.scenes import ABROAD, EXPRESS, FREE, STANDARD, WELCOME
from portal.demo.scenes import Box, Given, Item, Scene

COUNTER = ("Abholung im Laden – Fernweh Erfurt", "0.00")

SCENES: tuple[Scene, ...] = (
    Scene(
        70101,
        "magento_out_for_delivery",
        "from the Magento shop, with the driver now",
        "sven",
        (Item("FW-RSJ-OC-M"), Item("FW-AWS-42-44", 2)),
        (Box("out_for_delivery"),),
        (),
        FREE,
    ),
    Scene(
        70102,
        "magento_partly_shipped",
        "from the Magento shop: one parcel under way, two lines still to ship; 10 % code",
        "claire",
        (Item("FW-MSS-R"), Item("FW-ISL-400"), Item("FW-FET", 2)),
        (Box("in_transit", ((0, 1),)),),
        (WELCOME,),
        ABROAD,
    ),
    Scene(
        70103,
        "magento_pickup_ready",
        "from the Magento shop: ready to be collected in the store",
        "nils",
        (Item("FW-TDP-24"), Item("FW-QIF-SC")),
        shipping=COUNTER,
        placed=1.9,
    ),
    Scene(
        70104,
        "magento_refunded_line",
        "from the Magento shop: delivered, one line came back and was refunded",
        "jakub",
        (Item("FW-HFH-L"), Item("FW-WSM-OC")),
        (Box("delivered", carrier="DPD", days=8),),
        (),
        ABROAD,
        refunds=(Given(((1, 1),), "return", 2, "Gefällt nicht"),),
    ),
    Scene(
        70105,
        "magento_new",
        "from the Magento shop: paid this morning, nothing shipped yet",
        "felix",
        (Item("FW-GGK"), Item("FW-ZTM")),
        shipping=STANDARD,
        placed=0.3,
    ),
    Scene(
        70106,
        "magento_express",
        "from the Magento shop: delivered yesterday by express",
        "anna",
        (Item("FW-STS-41"),),
        (Box("delivered", carrier="DHL Express", days=1, signer="A. GRUBER"),),
        (),
        EXPRESS,
    ),
    Scene(
        70107,
        "magento_cancelled",
        "from the Magento shop: called off before it was shipped",
        "bram",
        (Item("FW-SHM"), Item("FW-MIM")),
        shipping=ABROAD,
        placed=4.2,
        cancelled="customer",
    ),
    Scene(
        70108,
        "magento_two_parcels_moving",
        "from the Magento shop: two parcels, one of which sets off while you watch",
        "mehmet",
        (Item("FW-NLT-2"), Item("FW-GTS-135"), Item("FW-WIS", 3)),
        (
            Box("delayed_by_weather", ((0, 1),)),
            Box("live", ((1, 1), (2, 3)), carrier="Hermes", starts=timedelta(minutes=3)),
        ),
        (),
        STANDARD,
        note="Bitte beim Nachbarn (Nr. 308) klingeln, falls niemand da ist.",
    ),
)
