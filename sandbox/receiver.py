"""A stand-in for a business's own system: takes webhooks, checks their signatures and shows what came."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict
from standardwebhooks import Webhook, WebhookVerificationError

from sandbox.state import Row, State

SECRETS = "receiver_secrets"


class Secrets(BaseModel):
    """What an endpoint was given to verify with."""

    model_config = ConfigDict(extra="forbid")

    secrets: list[str]


def operation_of(method: str, path: str) -> str | None:
    """The switchboard's name for a delivery is the receiver's own; being told a secret is nobody's fault."""
    return path.strip("/") if method == "POST" else None


class ReceiverSandbox:
    """`PUT /{name}` tells a receiver its secrets, `POST /{name}` delivers to it. One that declines says 410."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._secrets = state.shelf(SECRETS)
        self._received = state.shelf("received_webhooks")

    def app(self) -> FastAPI:
        app = FastAPI(openapi_url=None)
        app.put("/{name}", status_code=204)(self._learn)
        app.post("/{name}")(self._receive)
        return app

    def webhooks(self) -> list[Row]:
        """For `GET /state`, in the order of their coming; what came twice is there twice."""
        return list(self._received.values())

    async def _learn(self, name: str, told: Secrets) -> None:
        self._secrets[name] = {"secrets": told.secrets}
        self._state.save()

    async def _receive(self, name: str, request: Request) -> Response:
        body = await request.body()
        is_verified = any(_verifies(secret, body, request) for secret in self._secrets.get(name, {}).get("secrets", []))
        event: dict[str, Any] = json.loads(body) if is_verified else {}
        row = {
            "receiver": name,
            "id": request.headers.get("webhook-id", ""),
            "at": datetime.now(UTC).isoformat(),
            "verified": is_verified,
            "type": event.get("type"),
            "sequence": event.get("sequence"),
            "data": event.get("data"),
            "detail": event.get("detail"),
        }
        self._received[str(len(self._received) + 1)] = row
        self._state.save()
        if request.scope.get("sandbox.decline"):
            return Response("gone", 410)
        return Response("taken", 200) if is_verified else Response("the signature does not match", 401)


def _verifies(secret: str, body: bytes, request: Request) -> bool:
    try:
        Webhook(secret).verify(body, dict(request.headers))
    except (WebhookVerificationError, ValueError):
        return False
    return True
