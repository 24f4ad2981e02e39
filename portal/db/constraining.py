"""What the migration tool does not make: checks, keys that stay within a merchant, a column of another type."""

from collections.abc import Iterable
from typing import Any

from tortoise.migrations.operations import AlterField


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


class BecomesText(AlterField):
    """A column that is text from now on: the tool refuses to change a type, PostgreSQL does not."""

    def __init__(self, table: str, model_name: str, name: str, field: Any) -> None:
        super().__init__(model_name, name, field)
        self.table = table

    async def database_forward(self, app_label: str, old_state: Any, new_state: Any, state_editor: Any = None) -> None:
        """Runs the statement; the state has been told already."""
        if state_editor:
            await state_editor.client.execute_script(
                f'ALTER TABLE {self.table} ALTER COLUMN "{self.name}" TYPE text USING "{self.name}"::text'
            )
