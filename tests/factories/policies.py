"""Policy documents for tests: the ready-made ones, as they ship."""

from typing import Any

from portal.policies.documents import write_document
from portal.policies.ready import ready_document

FIRST_POLICY: dict[str, Any] = write_document(ready_document("fashion"))
