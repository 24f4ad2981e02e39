"""The parcels of the demo's orders, as the carriers know them."""

from datetime import datetime

from portal.demo.brands import Brand
from portal.demo.journeys import Shipment
from portal.demo.numbers import tracking_number
from portal.demo.people import PEOPLE
from portal.demo.places import route
from portal.demo.scenes import Box, Scene


def shipments(brand: Brand, today: datetime) -> list[Shipment]:
    """Every parcel of a brand that a carrier reports on; cancelled labels are silent."""
    return [
        shipment(brand, scene, position, today)
        for scene in brand.scenes
        for position, box in enumerate(scene.boxes)
        if not box.cancelled
    ]


def shipment(brand: Brand, scene: Scene, position: int, today: datetime) -> Shipment:
    """One parcel of a scene, by its position."""
    box: Box = scene.boxes[position]
    person = PEOPLE[scene.who]
    carrier = box.carrier or brand.carrier
    return Shipment(
        slug=brand.slug,
        carrier=carrier,
        tracking_number=box.number or tracking_number(carrier, scene.number * 100 + position + 1),
        story=box.story,
        origin=brand.origin,
        stops=route(brand.origin, person.city, person.country, person.postal_code, person.province),
        zone=brand.zone,
        anchor=today,
        days=box.days,
        starts=box.starts,
        signer=box.signer,
    )
