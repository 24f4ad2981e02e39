"""Mail into a folder instead of out into the world: for the demo and for development."""
