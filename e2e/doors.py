"""Prints the secrets of the demo carrier's doors as JSON. A process of its own: a test process has its own database."""

import asyncio
import json

from portal.commands.installation import ready_with_database
from portal.demo.simulator import find_doors

if __name__ == "__main__":
    with ready_with_database() as settings:
        doors = asyncio.run(find_doors(settings))
    print(json.dumps({slug: door.secret for slug, door in doors.items()}))
