"""Policy documents for tests: the ready-made ones, as they ship."""

import json
from pathlib import Path
from typing import Any

import portal.policies

READY = Path(portal.policies.__file__).parent / "ready"
FIRST_POLICY: dict[str, Any] = json.loads((READY / "fashion.json").read_text())
JEWELLERY_POLICY: dict[str, Any] = json.loads((READY / "jewellery.json").read_text())
