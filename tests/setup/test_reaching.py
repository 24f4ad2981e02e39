"""What a person is told of a server that does not answer, and what the logs of a process say of it."""

import json
import subprocess
import sys

from portal.commands.reaching import server_problems
from portal.embedded.servers import Servers

PROGRAM = """
from portal.commands.serving import tell_missing_servers
from portal.settings import read_settings
tell_missing_servers(read_settings())
"""
NOWHERE = {"DATABASE_URL": "postgresql://u:s3cret@127.0.0.1:1/x", "REDIS_URL": "redis://127.0.0.1:1/0"}


async def test_each_server_that_is_away_has_a_sentence_with_its_variable() -> None:
    database, redis = await server_problems(NOWHERE["DATABASE_URL"], NOWHERE["REDIS_URL"])
    assert database.endswith("nothing answers at 127.0.0.1:1. Start it, or correct DATABASE_URL.")
    assert redis.endswith("nothing answers at 127.0.0.1:1. Start it, or correct REDIS_URL.")


async def test_an_address_that_was_left_out_is_not_asked() -> None:
    assert await server_problems(None, None) == []


async def test_servers_that_answer_have_none(servers: Servers, database_url: str) -> None:
    assert await server_problems(database_url, servers.redis_url) == []


def test_a_process_writes_one_line_for_each() -> None:
    environment = {"DOORSTEP_ENV": "production", "DOORSTEP_SECRET_KEY": "k" * 48, **NOWHERE}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["level"] for line in lines] == ["error", "error"]
    assert "s3cret" not in done.stderr
