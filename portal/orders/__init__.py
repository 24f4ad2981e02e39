"""Our mirror of a merchant's orders: stored from records, found by a shopper with number and email or postal code."""
