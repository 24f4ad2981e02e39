"""Two shops to look at: their goods, people and orders as files, a carrier that moves parcels, and one command for all.

`supervisor` runs it; the product never imports this room.
"""
