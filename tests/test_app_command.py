"""`slotkeeper app`: how an app of the whole deployment comes to be."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from embedded.logins import logins
from embedded.places import as_environment

CLI = Path(__file__).parent.parent / "cli.py"
HOME = "https://app.example/callback"


def run(database_url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = as_environment({**logins(database_url), "token_secret": "t" * 32})
    return subprocess.run(
        [sys.executable, str(CLI), "app", *arguments], env=environment, capture_output=True, text=True, check=False
    )


async def test_it_registers_an_app_of_no_business(database_url: str, pool: asyncpg.Pool) -> None:
    done = run(database_url, "Our app", "--redirect-uri", HOME, "--redirect-uri", "com.example.app:/back")
    assert (0, "") == (done.returncode, done.stderr)
    (row,) = await pool.fetch("SELECT client_id, business_id, name, redirect_uris FROM oauth_clients")
    (named,) = re.findall(r"client id (\S+)", done.stdout)
    assert named == str(row["client_id"])
    assert (None, "Our app", [HOME, "com.example.app:/back"]) == (row["business_id"], row["name"], row["redirect_uris"])


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("Our app", "--redirect-uri", "http://app.example/"), "--redirect-uri"),
        (("\n", "--redirect-uri", HOME), "name"),
        (("Our app",), "--redirect-uri"),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_is_written(
    database_url: str, pool: asyncpg.Pool, arguments: tuple[str, ...], named: str
) -> None:
    done = run(database_url, *arguments)
    assert 2 == done.returncode and named in done.stderr and "Traceback" not in done.stderr
    assert 0 == await pool.fetchval("SELECT count(*) FROM oauth_clients")
