"""How the API says no: RFC 9457 problem details with a stable type and a pointer at the field."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from api.middleware.heading import REQUEST_ID, request_id

MEDIA_TYPE = "application/problem+json"

# Codes never change once released; titles are for people.
KINDS: Mapping[str, tuple[HTTPStatus, str]] = {
    "malformed-request": (HTTPStatus.BAD_REQUEST, "The request cannot be read"),
    "grant-refused": (HTTPStatus.BAD_REQUEST, "This code is refused"),
    "bad-signature": (HTTPStatus.BAD_REQUEST, "The signature does not match"),
    "unauthorised": (HTTPStatus.UNAUTHORIZED, "A valid credential is needed"),
    "login-refused": (HTTPStatus.UNAUTHORIZED, "This log-in is refused"),
    "second-factor-needed": (HTTPStatus.UNAUTHORIZED, "A code of the second factor is needed"),
    "forbidden": (HTTPStatus.FORBIDDEN, "This is not allowed to whoever asks"),
    "payment-method-unsuitable": (HTTPStatus.UNPROCESSABLE_ENTITY, "This way of paying cannot be used here"),
    "payment-declined": (HTTPStatus.PAYMENT_REQUIRED, "The payment was declined"),
    "not-found": (HTTPStatus.NOT_FOUND, "There is no such thing"),
    "method-not-allowed": (HTTPStatus.METHOD_NOT_ALLOWED, "This address does not take this method"),
    "request-timeout": (HTTPStatus.REQUEST_TIMEOUT, "The request did not come in time"),
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
    "still-to-come": (HTTPStatus.CONFLICT, "The customer has something still to come"),
    "external-id-taken": (HTTPStatus.CONFLICT, "Another one has this external id"),
    "last-owner": (HTTPStatus.CONFLICT, "A business keeps at least one owner"),
    "second-factor-set": (HTTPStatus.CONFLICT, "There is a second factor already"),
    "changed-meanwhile": (HTTPStatus.PRECONDITION_FAILED, "It was changed meanwhile"),
    "if-match-needed": (HTTPStatus.PRECONDITION_REQUIRED, "The version that is meant has to be said"),
    "hold-expired": (HTTPStatus.GONE, "The hold has ended"),
    "booking-over": (HTTPStatus.GONE, "The booking is over"),
    "link-spent": (HTTPStatus.GONE, "The link was used already"),
    "link-expired": (HTTPStatus.GONE, "The link was not used in its time"),
    "body-too-large": (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large"),
    "not-json": (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The body must be JSON"),
    "invalid-request": (HTTPStatus.UNPROCESSABLE_ENTITY, "The request has invalid fields"),
    "slot-not-offered": (HTTPStatus.UNPROCESSABLE_ENTITY, "This time is not offered"),
    "idempotency-key-reused": (HTTPStatus.UNPROCESSABLE_ENTITY, "The Idempotency-Key was used for another request"),
    "too-many-holds": (HTTPStatus.TOO_MANY_REQUESTS, "More is held than may be held at once"),
    "rate-limited": (HTTPStatus.TOO_MANY_REQUESTS, "More is asked for than may be"),
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

    def written(self) -> bytes:
        """The body but for the request that it answers. In ASCII, so that a field name with half a character in it can be named
        back."""
        status, title = KINDS[self.code]
        said = {"title": title, "status": int(status), "code": self.code, "detail": self.detail}
        body: dict[str, Any] = {"type": type_of(self.code), **said}
        if self.errors:
            body["errors"] = [dict(error) for error in self.errors]
        return json.dumps(body | dict(self.more), allow_nan=False, separators=(",", ":")).encode("ascii")

    def response(self) -> Response:
        """The problem as it is sent."""
        body, headers, asked = self.written(), dict(self.headers or {}), request_id()
        if asked is not None:
            body = body[:-1] + f',"request_id":{json.dumps(asked)}}}'.encode()
            headers[REQUEST_ID] = asked  # what breaks outside of every layer is answered there
        return Response(body, self.status, headers, MEDIA_TYPE)


def unauthorised() -> Problem:
    """The same for a missing, malformed, unknown, expired and revoked credential."""
    detail = "send a valid credential as Authorization: Bearer …"
    return Problem("unauthorised", detail, [{"header": "Authorization", "detail": detail}], {"WWW-Authenticate": "Bearer"})


def invalid(pointer: str, detail: str) -> Problem:
    """A field of the body that refers to nothing, or does not fit what it refers to."""
    return Problem("invalid-request", f"{pointer} {detail}", [{"pointer": pointer, "detail": detail}])


def invalid_parameter(name: str, detail: str) -> Problem:
    """The same for a query parameter."""
    return Problem("invalid-request", f"{name} {detail}", [{"parameter": name, "detail": detail}])


def not_found(what: str) -> Problem:
    """Also the answer to another business's ids, which are none of the caller's business."""
    return Problem("not-found", f"there is no such {what}")
