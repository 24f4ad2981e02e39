"""Fernweh, the outdoor brand of the demo: its goods, drawings and orders."""
