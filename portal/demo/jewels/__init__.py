"""Aurelle, the jeweller of the demo: its pieces, drawings and orders."""
