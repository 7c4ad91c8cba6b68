"""Second factors over HTTP."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from api.schemas.fields import Answer, Request


class SecondFactorCode(Request):
    """A code of the authenticator app, or where that is possible a recovery code."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "492039"}]})

    code: Annotated[str, Field(min_length=6, max_length=40)]


class NewSecondFactorAnswer(Answer):
    """For the app: as text, and as the address that a QR code holds."""

    secret: str
    uri: str


class RecoveryCodesAnswer(Answer):
    """Each is good once, instead of a code of the app. They are not shown again."""

    recovery_codes: list[str]
