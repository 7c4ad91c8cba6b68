"""What the routes read from a request beside their fields."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Annotated

from fastapi import Depends, Header, Request
from pydantic import BaseModel, Field

from api.problems import Problem
from settings import Settings

LONGEST_KEY = 200
KEY = r"^[\x21-\x7e]+$"

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=LONGEST_KEY,
        pattern=KEY,
        description="Sent again with the same body, the first answer comes again; with another body it is refused.",
    ),
]

PageSize = Annotated[int, Field(ge=1, le=200, description="How many to list at once.")]
Cursor = Annotated[str | None, Field(max_length=500, description="`next_cursor` of the page before.")]


async def _json_only(request: Request) -> None:
    """A body that is not declared as JSON is not read as JSON."""
    sent = request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent and kind != "application/json":
        raise Problem(
            "not-json",
            "send the body as Content-Type: application/json",
            [{"header": "Content-Type", "detail": "must be application/json"}],
        )


JsonOnly = Depends(_json_only)


def request_hash(path: str, body: BaseModel) -> bytes:
    """Equal for equal requests. Only what was sent counts, so a new optional field in a later release changes no hash."""
    sent = json.dumps(body.model_dump(mode="json", exclude_unset=True), sort_keys=True)
    return hashlib.sha256(f"{path}\n{sent}".encode()).digest()


def personal_hash(settings: Settings, path: str, body: BaseModel) -> bytes:
    """The same for a request that names a person: nobody without the deployment's secret can try names against it."""
    bare = request_hash(path, body)
    return _keyed(settings, bare) if settings.seal_customers else bare


def is_same_request(kept: bytes, settings: Settings, path: str, body: BaseModel) -> bool:
    """Whether this is the request that was kept, also by a release that did not key its hash."""
    bare = request_hash(path, body)
    return kept in (_keyed(settings, bare), bare)


def _keyed(settings: Settings, bare: bytes) -> bytes:
    return hmac.digest(settings.token_secret.get_secret_value().encode(), b"request:" + bare, "sha256")
