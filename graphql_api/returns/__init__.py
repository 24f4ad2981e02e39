"""Returns as the admin API tells them, and the doors to ask for one, approve it, decline it."""
