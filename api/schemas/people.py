"""People's accounts over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from api.schemas.fields import Answer, Email, Name, Request, shown_as
from api.schemas.message_settings import OurLocale
from domain.people import (
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    Membership,
    Permission,
    Person,
    Role,
    normal_password,
    permissions_of,
)

SIZE = {"minLength": SHORTEST_PASSWORD, "maxLength": LONGEST_PASSWORD}
Password = Annotated[str, AfterValidator(normal_password), shown_as("password", **SIZE)]
TOKEN = "ot_Ys0mF3q8xkq5xkq5xkq5xkq5xkq5xkq5xkq5xkq5xkq"  # noqa: S105 (made up)
LinkToken = Annotated[str, Field(pattern="^ot_[A-Za-z0-9_-]{43}$", description="From the mail.", examples=[TOKEN])]


class NewPerson(Request):
    """Somebody who wants an account."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"email": "ada@example.com", "locale": "en"}]})

    email: Email
    locale: OurLocale = Field("en", description="In which language to write to them.")


class Verification(Request):
    """The link of a mail, and who follows it. Name and password are said here and not before: whoever asked for the mail may have
    been somebody else, whose password must open nothing."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"token": TOKEN, "name": "Ada Byron", "password": "an engine of analysis"}]}
    )

    token: LinkToken
    name: Name
    password: Password


class ForgottenPassword(Request):
    """Whose password is forgotten."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"email": "ada@example.com"}]})

    email: Email
    locale: OurLocale = "en"


class PasswordReset(Request):
    """The link of a mail, and what the password is to be."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"token": TOKEN, "password": "a difference engine"}]})

    token: LinkToken
    password: Password


class PasswordChange(Request):
    """Both passwords."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"current": "an engine of analysis", "password": "a difference engine"}]}
    )

    current: Annotated[str, Field(max_length=1000)]
    password: Password


class MailAnswer(Answer):
    """The same whether the address is known or not."""

    detail: str


class MembershipAnswer(Answer):
    """What the person is in one business."""

    business_id: UUID
    business_name: str
    role: Role
    permissions: list[Permission]

    @classmethod
    def of(cls, membership: Membership) -> Self:
        """For HTTP."""
        permissions = sorted(permissions_of(membership.role))
        return cls(
            business_id=membership.business_id,
            business_name=membership.business_name,
            role=membership.role,
            permissions=permissions,
        )


class PersonAnswer(Answer):
    """A person's account."""

    id: UUID
    email: str
    name: str
    has_second_factor: bool
    created_at: datetime

    @classmethod
    def of(cls, person: Person) -> Self:
        """For HTTP."""
        return cls.model_validate(person, from_attributes=True)


class MeAnswer(PersonAnswer):
    """The person who asks, with the businesses they work for. `business_id` is the one they have logged in to."""

    business_id: UUID | None = None
    memberships: list[MembershipAnswer]


class TokenRequest(BaseModel):
    """A form as OAuth 2.0 has it (RFC 6749, 4.1.3, 4.3 and 6), with `otp` beside it; what it does not know it ignores."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [{"grant_type": "password", "username": "ada@example.com", "password": "an engine of analysis"}]
        },
    )

    grant_type: Annotated[str, Field(pattern="^(password|refresh_token|authorization_code)$")] = "password"
    username: Annotated[str | None, Field(max_length=254, description="The person's address.")] = None
    password: Annotated[str | None, Field(max_length=1000)] = None
    refresh_token: Annotated[str | None, Field(max_length=200)] = None
    scope: Annotated[
        str,
        Field(
            max_length=200,
            description="`business:{id}`; not needed by who works for one business only. `customer` sees one's own bookings.",
        ),
    ] = ""
    otp: Annotated[
        str | None, Field(max_length=40, description="Where there is a second factor: its code, or a recovery code.")
    ] = None
    code: Annotated[str | None, Field(max_length=200, description="From `/oauth/authorize`; good once, for a minute.")] = None
    redirect_uri: Annotated[str | None, Field(max_length=500, description="The same as there.")] = None
    code_verifier: Annotated[str | None, Field(max_length=200, description="What `code_challenge` was made of.")] = None
    client_id: Annotated[str | None, Field(max_length=200, description="Of the app, where one asks.")] = None
    client_secret: Annotated[str | None, Field(max_length=200)] = None


class TokenAnswer(Answer):
    """As OAuth 2.0 has it (RFC 6749, 5.1)."""

    access_token: str
    token_type: str = "bearer"  # noqa: S105 (no secret)
    expires_in: int = Field(description="Seconds.")
    refresh_token: str = Field(description="Good once; using it again ends the session.")
    scope: str


class SessionAnswer(Answer):
    """A log-in that goes on."""

    id: UUID
    business_id: UUID | None
    created_at: datetime
    expires_at: datetime
    is_current: bool
    app: str | None = Field(description="The app that was let; null for one's own.")


class SessionList(Answer):
    """The person's log-ins."""

    items: list[SessionAnswer]
    next_cursor: str | None = None
