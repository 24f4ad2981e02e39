"""BigCommerce: what its V2 and V3 order APIs and its webhooks send, as our records. Pure."""
