"""Translations as gettext reads them (.mo), made from what translators write (.po). Run as a module, it does so."""

from pathlib import Path

FOLDERS = ("locales", "themes")


def stale(root: Path) -> list[Path]:
    """Catalogues (.po) whose compiled file is absent or older."""
    found = (po for folder in FOLDERS for po in sorted((root / folder).glob("**/LC_MESSAGES/*.po")))
    return [po for po in found if not _is_fresh(po)]


def _is_fresh(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime


def compile_stale(root: Path) -> int:
    """Compile what is stale; returns how many. A broken catalogue raises babel's PoFileError with its line."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    catalogues = stale(root)
    for po in catalogues:
        # .../<language>/LC_MESSAGES/<domain>.po
        with po.open("rb") as source:
            catalogue = read_po(source, locale=po.parts[-3], domain=po.stem, abort_invalid=True)
        unfinished = po.with_suffix(".mo.new")
        with unfinished.open("wb") as target:
            write_mo(target, catalogue)
        unfinished.replace(po.with_suffix(".mo"))
    return len(catalogues)


if __name__ == "__main__":
    compile_stale(Path(__file__).parents[2])
