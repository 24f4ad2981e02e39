"""Front-end files of others: installed by npm from the lock, then copied to where pages find them. Never committed."""

import json
import shutil
from pathlib import Path

INSTALLED = ".locks/node_modules"
SERVED = "portal/static/vendor"


class VendorError(Exception):
    """The list of front-end files does not fit what npm installed. The text names the file."""


def wanted(root: Path) -> dict[str, str]:
    """Target under portal/static/vendor -> source under .locks/node_modules, as .locks/package.json lists them."""
    manifest = root / ".locks" / "package.json"
    if not manifest.exists():
        return {}
    return json.loads(manifest.read_text("utf-8")).get("doorstep", {}).get("vendor", {})


def missing(root: Path) -> list[str]:
    """Targets that are not there."""
    return [target for target in wanted(root) if not (root / SERVED / target).exists()]


def copy(root: Path) -> None:
    """Put every listed file in place and remove what is no longer listed. Raises VendorError."""
    served = (root / SERVED).resolve()
    shutil.rmtree(served, ignore_errors=True)
    for target, source in wanted(root).items():
        origin, place = (root / INSTALLED / source).resolve(), (served / target).resolve()
        if not place.is_relative_to(served) or not origin.is_relative_to((root / INSTALLED).resolve()):
            raise VendorError(f".locks/package.json: {target}: {source} leads out of its folder")
        if not origin.exists():
            raise VendorError(f".locks/package.json: {source} is not among the files that npm installed")
        place.parent.mkdir(parents=True, exist_ok=True)
        if origin.is_dir():
            shutil.copytree(origin, place)
        else:
            shutil.copyfile(origin, place)
