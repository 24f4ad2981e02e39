"""Doorstep: the post-purchase portal. One room per feature; the map is in README.md."""
