"""UPS: its words for what happens to parcels, and its Track API."""
