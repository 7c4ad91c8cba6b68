"""Opaque cursors: where the next page of a list begins."""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Depends, Request

from api.middleware.heading import say_with_the_answer
from api.problems import Problem, invalid_parameter
from api.schemas.times import read_instant


@dataclass(frozen=True, slots=True)
class Pages:
    """Tells with a page of a list where the next one is, and the first (RFC 8288)."""

    request: Request

    def link(self, next_cursor: str | None) -> str | None:
        """The same cursor, so that it can go into the answer as well."""
        asked = [(name, value) for name, value in self.request.query_params.multi_items() if name != "cursor"]
        links = [self._to("first", asked)]
        if next_cursor is not None:
            links.append(self._to("next", [*asked, ("cursor", next_cursor)]))
        say_with_the_answer(self.request, {"Link": ", ".join(links)})
        return next_cursor

    def _to(self, relation: str, query: list[tuple[str, str]]) -> str:
        address = self.request.url.path + (f"?{urlencode(query)}" if query else "")
        return f'<{address}>; rel="{relation}"'


async def _pages(request: Request) -> Pages:
    return Pages(request)


Paged = Annotated[Pages, Depends(_pages)]


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


def number_in(cursor: str | None) -> int | None:
    """The number that the next page comes after."""
    if cursor is None:
        return None
    try:
        (last,) = _place(cursor)
        number = int(last)
    except ValueError:
        raise _not_ours() from None
    if not 0 <= number < 2**63:
        raise _not_ours()
    return number


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


def describe_pages(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Writes into a list's description that its pages are linked."""
    ok = operation["responses"].get("200", {})
    name = ok.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
    if "next_cursor" in schemas.get(name, {}).get("properties", {}):
        told = "Where the first page is (`first`), and the next one (`next`) unless this is the last."
        ok.setdefault("headers", {})["Link"] = {"schema": {"type": "string"}, "description": told}


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
