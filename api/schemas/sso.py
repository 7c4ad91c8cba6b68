"""A business's identity provider over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from api.schemas.fields import Answer, Name, Request

Issuer = Annotated[
    str,
    Field(
        min_length=1,
        max_length=500,
        pattern=r"^https?://[\x21-\x7e]+$",
        description="Letter by letter as the provider names itself.",
        examples=["https://login.salon.example"],
    ),
]
Plain = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[\x20-\x7e]+$")]


class NewSsoConnection(Request):
    """A provider that speaks OpenID Connect, and how we are registered there. Register `redirect_uri` of the answer with it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Salon directory",
                    "issuer": "https://login.salon.example",
                    "client_id": "slotkeeper",
                    "client_secret": "a secret of the provider",
                }
            ]
        }
    )

    name: Name = Field(description="What the business's people call it.")
    issuer: Issuer
    client_id: Plain
    client_secret: Plain = Field(description="Kept encrypted, and never shown.")


class SsoConnectionAnswer(Answer):
    """The provider as it stands, without its secret."""

    name: str
    issuer: str
    client_id: str
    redirect_uri: str = Field(description="Where the provider sends people back to us.")
    changed_at: datetime
