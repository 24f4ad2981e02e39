"""The SQL behind a migration's lists: what the table maker does not make (checks, keys that stay within a merchant)."""

from collections.abc import Iterable


def constraints(
    parents: Iterable[str] = (),
    children: Iterable[tuple[str, str, str]] = (),
    checks: Iterable[tuple[str, str, str]] = (),
    indexes: Iterable[str] = (),
) -> list[str]:
    """Statements in the order they have to run.

    `parents` are tables whose rows others belong to; `children` are (table, column, parent): the row goes with its
    parent and can only point inside its merchant; `checks` are (table, name, rule); `indexes` are whole statements.
    """
    return [
        *(f"ALTER TABLE {table} ADD CONSTRAINT {table}_of_merchant UNIQUE (merchant_id, id)" for table in parents),
        *(
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_of_merchant FOREIGN KEY (merchant_id, {column}) "
            f"REFERENCES {parent} (merchant_id, id) ON DELETE CASCADE"
            for table, column, parent in children
        ),
        *(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({rule})" for table, name, rule in checks),
        *indexes,
    ]
