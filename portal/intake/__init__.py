"""Orders coming in, from whatever door: one transaction keeps the order, its parcels and its page."""
