"""What happened to accounts, log-ins, roles and keys, over HTTP."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from api.schemas.fields import Answer


class SecurityEventAnswer(Answer):
    """One thing that happened. `detail` has codes and ids, never what a person typed."""

    id: UUID
    at: datetime
    kind: str = Field(description="A code, such as `logged-in`, `refresh-token-reused` or `role-changed`.")
    person_id: UUID | None
    business_id: UUID | None
    detail: dict[str, str]


class SecurityEventList(Answer):
    """One page, the latest first; `next_cursor` is null on the last."""

    items: list[SecurityEventAnswer]
    next_cursor: str | None
