"""EasyPost: its words for what happens to parcels, and its webhooks."""
