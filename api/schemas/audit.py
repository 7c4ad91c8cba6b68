"""The audit log over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from api.requests import Cursor, PageSize
from api.schemas.fields import Answer, Instant, Request
from store.audit import AuditLine


class AuditQuery(Request):
    """Which lines to list; whatever is left out does not restrict. `from ≤ at < to`."""

    limit: PageSize = 50
    cursor: Cursor = None
    who: Annotated[str | None, Field(max_length=100, pattern=r"^(key|person|link):[0-9a-z-]+$")] = None
    from_: Instant | None = Field(None, alias="from")
    to: Instant | None = None


class AuditLineAnswer(Answer):
    """Who has asked for what. `who` is a key or a person by their id, `named` the ids in the address.

    `hash` takes in that of the line before; kept elsewhere, it shows that nothing before it was changed."""

    seq: int
    at: datetime
    who: str
    route: str
    named: dict[str, str]
    address: str | None
    hash: str

    @classmethod
    def of(cls, line: AuditLine) -> Self:
        """This line for HTTP."""
        said = {"seq": line.seq, "at": line.at, "who": line.who, "route": line.route, "address": line.address}
        return cls.model_validate(said | {"named": dict(line.named), "hash": line.hash.hex()})


class AuditLog(Answer):
    """One page, the latest first; `next_cursor` is null on the last."""

    items: list[AuditLineAnswer]
    next_cursor: str | None
