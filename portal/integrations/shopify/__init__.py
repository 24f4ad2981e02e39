"""Shopify: what its Admin REST API and its webhooks send, turned into our records. Pure. Only wiring knows this room."""
