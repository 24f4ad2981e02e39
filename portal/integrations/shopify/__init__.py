"""Shopify: what its Admin REST API and its webhooks send, as our records. Pure; only wiring knows this room."""
