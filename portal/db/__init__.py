"""The database floor: base rows, connections, transactions, migrations, the outbox."""
