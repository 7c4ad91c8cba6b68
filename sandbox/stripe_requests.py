"""How Stripe is asked, and how it says no: keys, form parameters and errors in its own shapes.

https://docs.stripe.com/api/errors
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from fastapi import Request
from fastapi.responses import JSONResponse

from sandbox.state import Row

LARGEST_AMOUNT_DIGITS = 8  # https://docs.stripe.com/api/payment_intents/create
DECLINABLE = ("authorise", "capture", "refund")

OPERATIONS = {
    "confirm": "authorise",
    "capture": "capture",
    "cancel": "void",
    "refunds": "refund",
    "payment_intents": "create",
    "customers": "customer",
}


class Refused(Exception):
    """A no from before anything began, as to a wrong parameter."""

    def __init__(
        self, status: int, code: str | None, message: str, *, kind: str = "invalid_request_error", **more: str | None
    ) -> None:
        super().__init__(code)
        self.status = status
        self.error: Row = {"type": kind, "message": message, **({"code": code} if code else {}), **more}


class Failed(Refused):
    """A no that came out of trying, as a decline. Stripe remembers it for the request's idempotency key."""


async def refusal(_: Request, refused: Exception) -> JSONResponse:
    """The error as Stripe sends it."""
    if not isinstance(refused, Refused):
        raise refused
    return JSONResponse({"error": refused.error}, refused.status)


def operation_of(method: str, path: str) -> str | None:
    """The switchboard's name for a call; None for the bank's pages, which are not Stripe's."""
    parts = path.rstrip("/").split("/")
    if "bank" in parts:
        return None
    if method == "GET":
        return "look"
    return OPERATIONS.get(parts[-1], "update")


def check_key(request: Request) -> None:
    """Takes test keys only, so that nobody's live key is tried here. A planned decline of what cannot be declined says that
    the key may not do this."""
    if not request.headers.get("authorization", "").startswith("Bearer sk_test_"):
        raise Refused(401, None, "Invalid API Key provided: the sandbox takes sk_test_… only")
    if is_declined(request) and operation_of(request.method, request.url.path) not in DECLINABLE:
        raise Refused(403, "more_permissions_required_for_application", "This key may not do that.")


def account_of(request: Request) -> str:
    """Whose a key is: `sk_test_1_of_salon` and `sk_test_2_of_salon` are of one account, and all without a name of another."""
    return request.headers.get("authorization", "").partition("_of_")[2]


def is_declined(request: Request) -> bool:
    """Whether the switchboard wants this call declined."""
    return bool(request.scope.get("sandbox.decline"))


async def params_of(request: Request) -> dict[str, Any]:
    """The parameters of a form body; of a method whose owner is told by its name, as `pm_card_visa-…`, the method itself."""
    params = nested(parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True))
    if "payment_method" in params:
        params["payment_method"] = method_in(params["payment_method"])
    return params


def method_in(name: str) -> str:
    """At Stripe each customer's method has an id of its own. Here what follows a dash tells whose it is, and changes nothing."""
    return name.partition("-")[0]


def nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """`metadata[booking_id]=…` and `expand[0]=…` as Stripe's form encoding means them, one level deep."""
    params: dict[str, Any] = {}
    for name, value in pairs:
        outer, _, inner = name.partition("[")
        if not inner:
            params[outer] = value
        elif isinstance(params.setdefault(outer, {}), dict):
            params[outer][inner.rstrip("]")] = value
    return params


def check_names(params: dict[str, Any], known: set[str]) -> None:
    """Refuses what the stand-in does not know, so that no parameter is ever ignored in silence."""
    for name in params.keys() - known - {"expand"}:
        raise Refused(400, "parameter_unknown", f"Received unknown parameter: {name}", param=name)
    if not isinstance(params.get("metadata", {}), dict):
        raise Refused(400, "parameter_invalid_hash", "Invalid hash", param="metadata")
    if params.get("capture_method", "manual") not in ("automatic", "automatic_async", "manual"):
        raise Refused(400, None, "Invalid capture_method", param="capture_method")


def expanded(params: dict[str, Any]) -> set[str]:
    """What the caller wants to see whole."""
    asked = params.get("expand", {})
    names = set(asked.values()) if isinstance(asked, dict) else {asked}
    if unknown := names - {"latest_charge", "data.latest_charge"}:
        raise Refused(400, None, f"This property cannot be expanded ({unknown.pop()}).", param="expand")
    return names


def listed(rows: list[Row], params: dict[str, Any]) -> Row:
    """One page of a list whose newest come first. https://docs.stripe.com/api/pagination"""
    check_names(params, {"customer", "payment_intent", "created", "limit", "starting_after"})
    since, until = int(params.get("created", {}).get("gte", 0)), float(params.get("created", {}).get("lt", "inf"))
    found = [row for row in rows if since <= row["created"] < until]
    if after := params.get("starting_after"):
        found = found[[row["id"] for row in found].index(after) + 1 :]
    limit = int(params.get("limit", 10))
    if not 1 <= limit <= 100:
        raise Refused(400, "parameter_invalid_integer", "limit must be between 1 and 100", param="limit")
    return {"object": "list", "data": found[:limit], "has_more": len(found) > limit}


def amount_in(params: dict[str, Any]) -> int:
    """The positive number of minor units asked for."""
    text = str(params.get("amount", ""))
    if not text.isdecimal() or set(text) == {"0"}:
        raise Refused(400, "parameter_invalid_integer", "amount must be a positive integer", param="amount")
    if len(text) > LARGEST_AMOUNT_DIGITS:
        raise Refused(400, "amount_too_large", f"amount must have at most {LARGEST_AMOUNT_DIGITS} digits", param="amount")
    return int(text)
