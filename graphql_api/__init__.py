"""The admin API: a thin door over the rooms of portal. See README.md here for its manners."""
