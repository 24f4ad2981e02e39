"""Migrations, made by `tortoise makemigrations`. Checks, composite keys and partial indexes go in by RunSQL."""
