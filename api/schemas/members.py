"""A business's people over HTTP."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict, Field

from api.schemas.fields import Answer, Email, Request
from api.schemas.message_settings import OurLocale
from api.schemas.people import TOKEN, LinkToken
from domain.people import Role


class NewMember(Request):
    """Who is to work for the business, and as what."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"email": "grace@example.com", "role": "staff"}]})

    email: Email
    role: Role
    locale: OurLocale = Field("en", description="In which language to write to them.")


class MemberRole(Request):
    """What a member is to be."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"role": "admin"}]})

    role: Role


class Joining(Request):
    """The link of an invitation."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"token": TOKEN}]})

    token: LinkToken


class MemberAnswer(Answer):
    """One person of the business."""

    person_id: UUID
    email: str
    name: str
    role: Role
    has_second_factor: bool
    since: datetime


class InvitationAnswer(Answer):
    """Somebody who was invited and has not come yet."""

    id: UUID
    email: str
    role: Role
    expires_at: datetime


class MemberList(Answer):
    """Everybody of the business, and who was invited."""

    items: list[MemberAnswer]
    next_cursor: str | None = None
    invited: list[InvitationAnswer]
