"""API keys over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from api.schemas.fields import Answer, Instant, Integer, Name, Request
from domain.people import Permission

LONGEST_OVERLAP = 7 * 24 * 3600


class NewKey(Request):
    """What a key is for, what it may do, and for how long."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "website", "scopes": ["catalogue:read", "bookings:read"], "expires_at": None}]}
    )

    name: Name
    scopes: Annotated[list[Permission], Field(min_length=1, max_length=len(Permission))]
    expires_at: Instant | None = Field(None, description="In the future; without it the key is good until it is revoked.")


class KeyReplacement(Request):
    """For how long both keys are good, and until when the new one is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"overlap_seconds": 86400}]})

    overlap_seconds: Annotated[Integer, Field(ge=0, le=LONGEST_OVERLAP)] = 86400
    lasts_days: Annotated[Integer | None, Field(ge=1, le=3660)] = None


class KeyAnswer(Answer):
    """A key, without its text. `scopes` is null for one that may do everything; `last_used_at` is true to the minute."""

    id: UUID
    name: str
    scopes: list[Permission] | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    replaced_by: UUID | None


class NewKeyAnswer(KeyAnswer):
    """A key that was just made; its text is shown this once."""

    key: str


class KeyList(Answer):
    """All keys, also those that open nothing any more."""

    items: list[KeyAnswer]
    next_cursor: str | None = None
