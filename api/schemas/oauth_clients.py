"""Apps that people let work for them, over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from api.schemas.fields import Answer, Name, Request, shown_as
from domain.oauth import OAuthClient, check_redirect_uri

LONGEST_URI = 500
RedirectUri = Annotated[
    str,
    Field(max_length=LONGEST_URI),
    AfterValidator(check_redirect_uri),
    shown_as(maxLength=LONGEST_URI, examples=["https://salon.example/callback"]),
]


class NewOAuthClient(Request):
    """An app, and the exact addresses to which its codes may be sent."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Salon app", "redirect_uris": ["https://salon.example/callback"]}]}
    )

    name: Name = Field(description="As people read it when they are asked.")
    redirect_uris: Annotated[list[RedirectUri], Field(min_length=1, max_length=10)]

    @field_validator("redirect_uris")
    @classmethod
    def _each_once(cls, uris: list[str]) -> list[str]:
        if len(set(uris)) != len(uris):
            raise ValueError("must not name the same address twice")
        return uris


class OAuthClientAnswer(Answer):
    """An app. It has no secret: it shows by PKCE that it is the one that asked."""

    client_id: UUID
    name: str
    redirect_uris: list[str]
    created_at: datetime

    @classmethod
    def of(cls, client: OAuthClient, created_at: datetime) -> Self:
        """For HTTP."""
        uris = list(client.redirect_uris)
        return cls(client_id=client.client_id, name=client.name, redirect_uris=uris, created_at=created_at)


class OAuthClientList(Answer):
    """One page of the business's own apps; `next_cursor` is null on the last."""

    items: list[OAuthClientAnswer]
    next_cursor: str | None


class AuthorisationServer(BaseModel):
    """Where and how apps ask (RFC 8414, 2)."""

    model_config = ConfigDict(frozen=True)

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    response_types_supported: list[str] = ["code"]
    response_modes_supported: list[str] = ["query"]
    grant_types_supported: list[str] = ["authorization_code", "refresh_token", "password"]
    code_challenge_methods_supported: list[str] = ["S256"]
    token_endpoint_auth_methods_supported: list[str] = ["none"]
    authorization_response_iss_parameter_supported: bool = True
    scopes_supported: list[str] = ["customer", "business:{id}"]
