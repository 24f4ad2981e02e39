"""`doorstep import`, `doorstep export`: names, options, help; what they do: `importing`, `exporting`, `products`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

imports = typer.Typer(help="Bring orders, pictures and product feeds in from files.", no_args_is_help=True)
exports = typer.Typer(help="Take a merchant's data out.", no_args_is_help=True)

Merchant = Annotated[str, typer.Option("--merchant", help="The merchant's slug.")]
SOME_REFUSED = 3
"""Exit code when the work was done, but some records or files were refused."""
OUT = Console()


@imports.command("orders")
def import_orders(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="JSON or JSON lines.")],
    merchant: Merchant,
    source: Annotated[str, typer.Option(help="shopify, magento, bigcommerce, doorstep or csv.")] = "shopify",
    report: Annotated[Path | None, typer.Option(help="Write every refusal here, as JSON lines.")] = None,
    mapping: Annotated[Path | None, typer.Option(help="For csv: a TOML file that says which column is what.")] = None,
) -> None:
    """Import orders from a file. Run it again after a stop: what is unchanged is skipped.

    Exit codes: 0 all were taken; 2 nothing could be read (an empty file, no text, every record refused); 3 some were
    refused; 1 something else has to be put right first.
    """
    from portal.commands import importing

    found = importing.import_orders(
        file, source=source, merchant=merchant, report_path=report, console=OUT, mapping=mapping
    )
    raise typer.Exit(importing.exit_code(found))


@exports.command("orders")
def export_orders(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="Written anew; complete or not at all.")],
    merchant: Merchant,
    form: Annotated[str, typer.Option("--format", help="jsonl or csv.")] = "jsonl",
) -> None:
    """Write every order of a merchant; `import orders --source doorstep` (or csv) reads it again."""
    from portal.commands import exporting

    exporting.export_orders(file, merchant=merchant, form=form, console=OUT)


@imports.command("images")
def import_images(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Pictures named by SKU.")],
    merchant: Merchant,
) -> None:
    """Import product pictures. Exit code 3 says that some were refused."""
    from portal.commands import importing

    raise typer.Exit(SOME_REFUSED if importing.import_images(folder, merchant=merchant, console=OUT) else 0)


@imports.command("products")
def import_products(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A Google product feed: XML, TSV or CSV.")],
    merchant: Merchant,
    language: Annotated[str, typer.Option(help="The language it is written in; left out, it is for all.")] = "",
) -> None:
    """Let this be the feed that order pages recommend from. Exit code 3 says that some products were refused."""
    from portal.commands import products

    refused = products.import_products(file, merchant=merchant, language=language, console=OUT)
    raise typer.Exit(SOME_REFUSED if refused else 0)
