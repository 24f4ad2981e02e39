"""What a merchant's feed recommends: products as the shop publishes them, for the order page."""
