"""Orders with their lines and parcels, as the admin API tells them."""
