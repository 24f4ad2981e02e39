"""Orders that Aurelle took in its BigCommerce store, beside those of the other one: the scenario table."""

from datetime import timedelta

from portal.demo.jewels.scenes import INSURED, OVERNIGHT, SALON, WORLD
from portal.demo.scenes import Box, Given, Item, Scene

COUNTER = ("Collect at the salon on 47th Street", "0.00")

SCENES: tuple[Scene, ...] = (
    Scene(
        48101,
        "bigcommerce_in_transit",
        "from the BigCommerce store, under way across the country",
        "wei",
        (Item("AU-VER-6"), Item("AU-TRV-N")),
        (Box("in_transit"),),
        (),
        INSURED,
    ),
    Scene(
        48102,
        "bigcommerce_refunded_line",
        "from the BigCommerce store: delivered, one line came back and was refunded",
        "marisol",
        (Item("AU-LUN"), Item("AU-AUR-WG")),
        (Box("delivered", days=9),),
        (),
        INSURED,
        refunds=(Given(((1, 1),), "return", 2, "Too large"),),
    ),
    Scene(
        48103,
        "bigcommerce_two_parcels",
        "from the BigCommerce store: one parcel there, the other one delayed",
        "deshawn",
        (Item("AU-RIV-70"), Item("AU-MER-38"), Item("AU-CLO")),
        (Box("delivered", ((0, 1),), days=1, signer="D. CARTER"), Box("delayed", ((1, 1), (2, 1)), carrier="FedEx")),
        (),
        OVERNIGHT,
    ),
    Scene(
        48104,
        "bigcommerce_engraving",
        "from the BigCommerce store: a ring that is being engraved, nothing shipped yet",
        "hank",
        (Item("AU-SOL-WG-7", properties=(("Engraving", "I. & H. 14·02"),)),),
        shipping=INSURED,
        placed=2.4,
    ),
    Scene(
        48105,
        "bigcommerce_customs",
        "from the BigCommerce store: held at customs in London until duties are paid",
        "rosalind",
        (Item("AU-COR-24"), Item("AU-OLI")),
        (Box("customs_duties"),),
        (),
        WORLD,
    ),
    Scene(
        48106,
        "bigcommerce_cancelled",
        "from the BigCommerce store: called off and paid back before it was shipped",
        "noor",
        (Item("AU-ETE-RG-6"),),
        shipping=INSURED,
        placed=5.3,
        cancelled="customer",
        refunds=(Given(((0, 1),), "cancel", 4, "Cancelled by the customer"),),
    ),
    Scene(
        48107,
        "bigcommerce_pickup",
        "from the BigCommerce store: to be collected at the salon",
        "gus",
        (Item("AU-LIE-SS"), Item("AU-CLO")),
        shipping=COUNTER,
        placed=1.1,
    ),
    Scene(
        48108,
        "bigcommerce_moving",
        "from the BigCommerce store: moves while you watch; 10 % off with a code",
        "priya",
        (Item("AU-CAS"), Item("AU-PAR")),
        (Box("live", starts=timedelta(minutes=2), signer="P. RAGHUNATHAN"),),
        (SALON,),
        INSURED,
    ),
)
