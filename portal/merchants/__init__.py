"""Merchants (tenants): who they are, the hosts they answer on, their API keys and counters."""
