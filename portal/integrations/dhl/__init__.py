"""DHL: its words for what happens to parcels, and its unified tracking API, for every DHL business."""
