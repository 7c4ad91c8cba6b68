"""The API's own description: OpenAPI 3.1 with the problems each call may answer."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.conditions import describe_conditions
from api.cursors import describe_pages
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
        "request_id": {"type": "string", "description": "As in X-Request-Id: by it we find the request in our log."},
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

Whoever asks too often is answered 429 `rate-limited`, with the `limit` that it was and `Retry-After`; each answer says by
`RateLimit` how much is left.
Reads carry an ETag: send it as If-None-Match to be told that nothing has changed, and as If-Match to change only what you have
seen. Lists come in pages; `Link` and `next_cursor` say where the next one is. Every answer names its request in X-Request-Id,
yours if you send one. Long answers to reads come compressed to whoever takes gzip. Web pages may ask from origins that the
business has listed.
"""


BODY = ("malformed-request", "body-too-large", "not-json")
"""How a body may be wrong before anybody reads what it says."""
ASK_AGAIN = ("overloaded", "rate-limited", "unavailable")
SCOPES = {"customer": "See and manage one's own bookings", "business:{id}": "Work for the business of this id"}

RETRY_AFTER = {"description": "Seconds until the same request may be sent again.", "schema": {"type": "integer", "minimum": 1}}


STANDING = {
    "RateLimit-Policy": {
        "description": "Each limit that the request counted for: how many (`q`) in so many seconds (`w`).",
        "schema": {"type": "string", "examples": ['"address";q=3000;w=60']},
    },
    "RateLimit": {
        "description": "What is left of each (`r`), for so many seconds at least (`t`).",
        "schema": {"type": "string", "examples": ['"address";r=0;t=1']},
    },
}


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


def describe(app: FastAPI, public_url: str) -> None:
    """Lets the app publish its description with the problem documents in it, and where people log in."""

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
            _tell_who_is_refused(schema)
            _tell_how_much(schema)
            _tell_of_versions(schema)
            _tell_where_to_log_in(schema, public_url)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way to extend the description


def _tell_who_is_refused(schema: dict[str, Any]) -> None:
    """Whatever a business's people and keys may call asks for a permission, and what a person does for themselves is no app's;
    both say so alike."""
    refused = {str(status): answer for status, answer in problems("unauthorised", "forbidden").items()}
    for operations in schema["paths"].values():
        for operation in operations.values():
            if operation.get("security"):
                operation["responses"] = refused | operation["responses"]


def _tell_how_much(schema: dict[str, Any]) -> None:
    """Everything is limited, and every answer may say how much of it is left."""
    (refused,) = problems("rate-limited").values()
    for operations in schema["paths"].values():
        for operation in operations.values():
            said = operation["responses"]
            found = said.setdefault("429", {**refused, "headers": refused["headers"]})
            found["headers"] = {**found.get("headers", {}), "Retry-After": RETRY_AFTER, **STANDING}


def _tell_of_versions(schema: dict[str, Any]) -> None:
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            if path.startswith("/api/"):
                describe_conditions(operation, method, problems("changed-meanwhile", "if-match-needed"))
                describe_pages(operation, schema["components"]["schemas"])


def _tell_where_to_log_in(schema: dict[str, Any], public_url: str) -> None:
    """OpenAPI 3.1 wants whole addresses here."""
    flows, root = schema["components"]["securitySchemes"]["person"]["flows"], public_url.rstrip("/")
    flow = flows["password"]
    flow["tokenUrl"] = flow["refreshUrl"] = f"{root}/{flow['tokenUrl']}"
    flows["authorizationCode"] = {**flow, "authorizationUrl": f"{root}/oauth/authorize", "scopes": SCOPES}
