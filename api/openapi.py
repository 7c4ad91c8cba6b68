"""The API's own description: OpenAPI 3.1 with the problems each call may answer."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.problems import KINDS, MEDIA_TYPE, type_of
from domain.rules import Rule

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "What is wrong, after RFC 9457. `code` and `type` never change; `errors` names each field.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "enum": sorted(KINDS)},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer into the body."},
                    "parameter": {"type": "string"},
                    "header": {"type": "string"},
                    "detail": {"type": "string"},
                    "rule": {"type": "string", "enum": [rule.value for rule in Rule]},
                    "source": {"type": "string", "description": "The entry or setting behind the rule."},
                },
            },
        },
    },
}

DESCRIPTION = """
Bookings that cannot go wrong quietly: no slot sold twice, no money taken without a slot.

Hold a slot with `POST /api/v1/bookings`, then confirm it before `hold_expires_at`. Amounts are in minor units; every time has
an offset and every answer names its zone. Whatever is refused is a problem document (RFC 9457) that points at the field.
"""


ASK_AGAIN = ("overloaded", "unavailable")
RETRY_AFTER = {"description": "Seconds until the same request may be sent again.", "schema": {"type": "integer", "minimum": 1}}


def problems(*codes: str) -> dict[int | str, dict[str, Any]]:
    """The refusals of a call, for its description."""
    found: dict[int | str, dict[str, Any]] = {}
    for code in codes:
        status, title = KINDS[code]
        entry = found.setdefault(
            int(status),
            {"description": title, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {}}}},
        )
        entry["description"] = " · ".join(dict.fromkeys([*entry["description"].split(" · "), title]))
        example = {"type": type_of(code), "title": title, "status": int(status), "code": code, "detail": title}
        entry["content"][MEDIA_TYPE]["examples"][code] = {"value": example}
        if code in ASK_AGAIN:
            entry["headers"] = {"Retry-After": RETRY_AFTER}
    return found


def describe(app: FastAPI) -> None:
    """Lets the app publish its description with the problem documents in it."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(
                title=app.title,
                version=app.version,
                openapi_version=app.openapi_version,
                description=DESCRIPTION,
                routes=app.routes,
                webhooks=app.webhooks.routes,
                tags=app.openapi_tags,
            )
            schemas = schema["components"]["schemas"]
            schemas["Problem"] = PROBLEM
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way to extend the description
