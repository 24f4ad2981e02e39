"""Karrio: its words for what happens to parcels, for events that a Karrio server hands over."""
