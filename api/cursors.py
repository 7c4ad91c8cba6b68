"""Opaque cursors: where the next page of a list begins."""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from uuid import UUID

from api.problems import Problem, invalid_parameter
from api.schemas.times import read_instant


def cursor_of(*place: str) -> str:
    """A cursor for this place."""
    return urlsafe_b64encode(json.dumps(place).encode()).rstrip(b"=").decode()


def id_in(cursor: str | None) -> UUID | None:
    """The id that the next page comes after."""
    if cursor is None:
        return None
    try:
        (last,) = _place(cursor)
        return UUID(last)
    except ValueError:
        raise _not_ours() from None


def start_and_id_in(cursor: str | None) -> tuple[datetime, UUID] | None:
    """The start and id that the next page comes after."""
    if cursor is None:
        return None
    try:
        starts_at, last = _place(cursor)
        return read_instant(starts_at), UUID(last)
    except ValueError:
        raise _not_ours() from None


def since_id_and_name_in(cursor: str | None) -> tuple[datetime, UUID, str] | None:
    """The instant, id and name that the next page comes after."""
    if cursor is None:
        return None
    try:
        since, last, name = _place(cursor)
        return read_instant(since), UUID(last), _storable(name)
    except ValueError:
        raise _not_ours() from None


def _storable(name: str) -> str:
    """Raises ValueError for what no name of ours can be."""
    if not name.isascii() or not name.isprintable():
        raise ValueError
    return name


def _place(cursor: str) -> list[str]:
    try:
        place = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, UnicodeError, json.JSONDecodeError, RecursionError):
        raise ValueError from None
    if not isinstance(place, list) or not all(isinstance(part, str) for part in place):
        raise ValueError
    return place


def _not_ours() -> Problem:
    return invalid_parameter("cursor", "is not a cursor of this list")
