"""Our own format of orders: what the export writes and any system can write, as JSON lines or as a table."""
