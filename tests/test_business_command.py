"""`slotkeeper business`: how a business and its first API key come to be."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from embedded.logins import logins
from embedded.places import as_environment
from store.api_keys import find_business_by_key

CLI = Path(__file__).parent.parent / "cli.py"


def run(database_url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = as_environment({**logins(database_url), "token_secret": "t" * 32})
    return subprocess.run(
        [sys.executable, str(CLI), "business", *arguments], env=environment, capture_output=True, text=True, check=False
    )


def key_in(output: str) -> str:
    found = re.search(r"slk_\w+", output)
    assert found
    return found.group()


async def test_it_opens_the_business_once_and_makes_a_new_key_each_time(database_url: str, pool: asyncpg.Pool) -> None:
    first = run(database_url, "Salon Ada", "--timezone", "Europe/London")
    again = run(database_url, "Salon Ada", "--timezone", "Europe/London", "--on-calendar-failure", "confirm_anyway")
    assert (0, "", 0, "") == (first.returncode, first.stderr, again.returncode, again.stderr)
    (row,) = await pool.fetch("SELECT business_id, timezone, on_calendar_failure FROM businesses")
    assert ("Europe/London", "confirm_anyway") == (row["timezone"], row["on_calendar_failure"])
    for output in (first.stdout, again.stdout):
        assert row["business_id"] == await find_business_by_key(pool, key_in(output))
    assert key_in(first.stdout) != key_in(again.stdout)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("Salon Ada", "--timezone", "Europe/Berlim"), "--timezone"),
        (("\n", "--timezone", "Europe/Berlin"), "name"),
        (("x" * 201, "--timezone", "Europe/Berlin"), "name"),
        (("Salon Ada",), "--timezone"),
        (("Salon Ada", "--timezone", "UTC", "--on-calendar-failure", "shrug"), "--on-calendar-failure"),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_is_written(
    database_url: str, pool: asyncpg.Pool, arguments: tuple[str, ...], named: str
) -> None:
    done = run(database_url, *arguments)
    assert 2 == done.returncode
    assert named in done.stderr
    assert "Traceback" not in done.stderr
    assert 0 == await pool.fetchval("SELECT count(*) FROM businesses")
