"""Parcels, carrier events and the branded tracking page. Status is a fold over events; the page reads one row."""
