"""How the API says no: RFC 9457 problem details with a stable type and a pointer at the field."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse, Response

MEDIA_TYPE = "application/problem+json"

# Codes never change once released; titles are for people.
KINDS: Mapping[str, tuple[HTTPStatus, str]] = {
    "malformed-request": (HTTPStatus.BAD_REQUEST, "The request cannot be read"),
    "bad-signature": (HTTPStatus.BAD_REQUEST, "The signature does not match"),
    "unauthorised": (HTTPStatus.UNAUTHORIZED, "A valid credential is needed"),
    "payment-method-unsuitable": (HTTPStatus.UNPROCESSABLE_ENTITY, "This way of paying cannot be used here"),
    "payment-declined": (HTTPStatus.PAYMENT_REQUIRED, "The payment was declined"),
    "not-found": (HTTPStatus.NOT_FOUND, "There is no such thing"),
    "method-not-allowed": (HTTPStatus.METHOD_NOT_ALLOWED, "This address does not take this method"),
    "slot-taken": (HTTPStatus.CONFLICT, "This time is taken"),
    "occurrences-refused": (HTTPStatus.CONFLICT, "The occurrences of this series cannot be held"),
    "not-allowed-now": (HTTPStatus.CONFLICT, "The booking's status does not allow this"),
    "change-under-way": (HTTPStatus.CONFLICT, "Another change of the booking is under way"),
    "older-reading": (HTTPStatus.CONFLICT, "A later reading of this calendar is known"),
    "step-not-under-way": (HTTPStatus.CONFLICT, "There is no such step to do anything about"),
    "step-not-skippable": (HTTPStatus.CONFLICT, "This step is never left out"),
    "booking-failed": (HTTPStatus.CONFLICT, "The booking could not be completed, and everything was undone"),
    "too-late-to-reschedule": (HTTPStatus.CONFLICT, "It is too late to move this booking"),
    "too-many-reschedules": (HTTPStatus.CONFLICT, "The booking was moved as often as it may be"),
    "hold-expired": (HTTPStatus.GONE, "The hold has ended"),
    "booking-over": (HTTPStatus.GONE, "The booking is over"),
    "link-spent": (HTTPStatus.GONE, "The link was used already"),
    "link-expired": (HTTPStatus.GONE, "The link was not used in its time"),
    "body-too-large": (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large"),
    "not-json": (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The body must be JSON"),
    "invalid-request": (HTTPStatus.UNPROCESSABLE_ENTITY, "The request has invalid fields"),
    "slot-not-offered": (HTTPStatus.UNPROCESSABLE_ENTITY, "This time is not offered"),
    "idempotency-key-reused": (HTTPStatus.UNPROCESSABLE_ENTITY, "The Idempotency-Key was used for another request"),
    "internal-error": (HTTPStatus.INTERNAL_SERVER_ERROR, "Something is broken here"),
    "unavailable": (HTTPStatus.SERVICE_UNAVAILABLE, "A part of the system does not answer"),
    "overloaded": (HTTPStatus.SERVICE_UNAVAILABLE, "More is asked for than can be done just now"),
    "not-ready": (HTTPStatus.SERVICE_UNAVAILABLE, "Not ready"),
}

type_of = "urn:slotkeeper:problem:{}".format
FieldError = Mapping[str, str]


class Problem(Exception):
    """A refusal on its way to the caller. `more` are members beside the standard ones."""

    def __init__(
        self,
        code: str,
        detail: str,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.errors = errors
        self.headers = headers
        self.more = more or {}

    @property
    def status(self) -> int:
        """As HTTP numbers it."""
        return int(KINDS[self.code][0])

    def response(self) -> Response:
        """The problem as it is sent."""
        status, title = KINDS[self.code]
        body = {"type": type_of(self.code), "title": title, "status": int(status), "code": self.code, "detail": self.detail}
        if self.errors:
            body["errors"] = [dict(error) for error in self.errors]
        return AsciiJSON(body | dict(self.more), int(status), dict(self.headers or {}), MEDIA_TYPE)


class AsciiJSON(JSONResponse):
    """JSON in ASCII, so that a field name with half a character in it can be named back."""

    def render(self, content: Any) -> bytes:
        """Escapes whatever is not ASCII."""
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode("ascii")


def invalid(pointer: str, detail: str) -> Problem:
    """A field of the body that refers to nothing, or does not fit what it refers to."""
    return Problem("invalid-request", f"{pointer} {detail}", [{"pointer": pointer, "detail": detail}])


def invalid_parameter(name: str, detail: str) -> Problem:
    """The same for a query parameter."""
    return Problem("invalid-request", f"{name} {detail}", [{"parameter": name, "detail": detail}])


def not_found(what: str) -> Problem:
    """Also the answer to another business's ids, which are none of the caller's business."""
    return Problem("not-found", f"there is no such {what}")
