"""Keys that sign access tokens are replaced while tokens of the one before are still good."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
from uuid import uuid4

import pytest

from api.identity.access_tokens import Access, access_tokens
from api.identity.hashing import MOST_WAITING, Passwords
from api.problems import Problem
from settings import BadSettings, Settings

OLD, NEW = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))
WHO = Access(uuid4(), uuid4(), uuid4())


def settings(file: Path | None = None, **keys: str) -> Settings:
    if file is not None:
        file.write_text(json.dumps(keys))
    return Settings(database_url="postgresql://unused", token_secret="s" * 32, token_keys_file=file)


def test_a_token_says_who_asks(tmp_path: Path) -> None:
    tokens = access_tokens(settings())
    nowhere = Access(WHO.person_id, WHO.session_id, None)
    assert [WHO, nowhere] == [tokens.read(tokens.sign(who)) for who in (WHO, nowhere)]


def test_the_first_key_signs_and_all_of_them_are_taken(tmp_path: Path) -> None:
    before = access_tokens(settings(tmp_path / "keys", old=OLD))
    while_both = access_tokens(settings(tmp_path / "keys", new=NEW, old=OLD))
    after = access_tokens(settings(tmp_path / "keys", new=NEW))
    first, second = before.sign(WHO), while_both.sign(WHO)
    assert [WHO, None, None] == [before.read(first), before.read(second), after.read(first)]
    assert [WHO, WHO, WHO] == [while_both.read(first), while_both.read(second), after.read(second)]


def test_another_deployments_token_is_none() -> None:
    other = Settings(database_url="postgresql://unused", token_secret="o" * 32)
    assert access_tokens(settings()).read(access_tokens(other).sign(WHO)) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"a": 1}', '{"a": "short"}', json.dumps({"a": OLD[:8]})])
def test_a_file_that_holds_no_keys_is_refused_by_name(tmp_path: Path, text: str) -> None:
    file = tmp_path / "keys"
    file.write_text(text)
    with pytest.raises(BadSettings, match="SLOTKEEPER_TOKEN_KEYS_FILE"):
        access_tokens(settings().model_copy(update={"token_keys_file": file}))


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="SLOTKEEPER_TOKEN_KEYS_FILE"):
        access_tokens(settings().model_copy(update={"token_keys_file": tmp_path / "none"}))


async def test_whoever_would_wait_long_for_a_hash_is_asked_to_come_again() -> None:
    passwords = Passwords()
    tries = await asyncio.gather(*(passwords.hash("a" * 12) for _ in range(MOST_WAITING + 2)), return_exceptions=True)
    refused = [one for one in tries if isinstance(one, Problem)]
    assert ["overloaded"] * 2 == [one.code for one in refused]
    assert MOST_WAITING == len({one for one in tries if isinstance(one, str)})
