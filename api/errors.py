"""The one translation of answers, accidents and mistakes into HTTP."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Sequence
from http import HTTPStatus
from typing import Any

import asyncpg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.commands.outcomes import BookingIsOver, Unavailable
from api.middleware.heading import request_id
from api.problems import KINDS, FieldError, Problem
from domain.errors import Answer

ACCIDENTS = (
    Unavailable,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InternalClientError,
    OSError,
)
"""Temporal, a worker or the database is away: the same request may be sent again."""

BY_STATUS = {
    400: "malformed-request",
    404: "not-found",
    405: "method-not-allowed",
    408: "request-timeout",
    413: "body-too-large",
}

DETAILS = {408: "the body did not come in time", 413: "the body is larger than this API reads"}
log = logging.getLogger("slotkeeper.api")

Handler = Callable[[Request, Any], Coroutine[Any, Any, Response]]


def translate_errors(app: FastAPI) -> None:
    """Makes every refusal of this app a problem document."""
    handlers: dict[type[Exception], Handler] = {
        Problem: _problem,
        Answer: _answer,
        BookingIsOver: _over,
        RequestValidationError: _invalid,
        HTTPException: _http,
        Exception: _bug,
        **dict.fromkeys(ACCIDENTS, _accident),
        asyncpg.InterfaceError: _at_the_database,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


def problem_of(answer: Answer) -> Problem:
    """The domain's answer in HTTP's words. What is wrong with money or a calendar inside the saga is never the caller's."""
    code = answer.code if answer.code in KINDS else "not-allowed-now"
    facts = {"booking_status" if name == "status" else name: fact for name, fact in answer.facts.items()}
    wait = facts.pop("retry_after", None)
    return Problem(code, answer.detail, headers={"Retry-After": str(wait)} if wait is not None else None, more=facts)


async def _problem(_: Request, problem: Problem) -> Response:
    return problem.response()


async def _answer(_: Request, answer: Answer) -> Response:
    return problem_of(answer).response()


async def _over(_: Request, __: BookingIsOver) -> Response:
    return Problem("not-allowed-now", "the booking is over").response()


async def _accident(_: Request, __: Exception) -> Response:
    return Problem("unavailable", "please send the same request again", headers={"Retry-After": "2"}).response()


async def _at_the_database(request: Request, fault: Exception) -> Response:
    """What asyncpg says of a connection that was just lost, and, where it is a ValueError too, of a value of ours."""
    if isinstance(fault, ValueError):
        raise fault
    return await _accident(request, fault)


async def _bug(request: Request, _: Exception) -> Response:
    """Answered outside of everything else, so that it has to bring what others are given."""
    log.error("request %s found a mistake of ours; its traceback follows", request_id())
    response = Problem("internal-error", "this is our mistake, and it is in our log").response()
    response.headers.update(request.app.state.security_headers)
    return response


async def _http(request: Request, fault: HTTPException) -> Response:
    code = BY_STATUS.get(fault.status_code, "malformed-request")
    detail = DETAILS.get(fault.status_code, str(fault.detail))
    return Problem(code, detail, headers={**(fault.headers or {}), **_allow(request, fault)}).response()


def _allow(request: Request, fault: HTTPException) -> dict[str, str]:
    """All methods that the address takes (RFC 9110, 10.2.1); the router names only those of the first route it meets."""
    path = getattr(request.scope.get("route"), "path_format", None)  # without the kinds of its parameters
    methods = request.app.openapi()["paths"].get(path) if fault.status_code == HTTPStatus.METHOD_NOT_ALLOWED else None
    return {"Allow": ", ".join(sorted(method.upper() for method in methods))} if methods else {}


async def _invalid(_: Request, fault: RequestValidationError) -> Response:
    faults = fault.errors()
    if any(error["type"] == "json_invalid" for error in faults):
        return Problem("malformed-request", "the body is not JSON", [{"pointer": "", "detail": "is not JSON"}]).response()
    errors = [_field_error(error["loc"], error["msg"]) for error in faults[:50]]
    place = next(iter(errors[0].values())) or "the body"
    return Problem("invalid-request", f"{place} {errors[0]['detail']}", errors).response()


def _field_error(loc: Sequence[str | int], message: str) -> FieldError:
    """Names the place as a JSON pointer into the body, or as the parameter or header it is."""
    detail = message.removeprefix("Value error, ").removeprefix("Input ")
    where, *path = loc
    if where == "body":
        return {"pointer": "".join(f"/{_escaped(part)}" for part in path), "detail": detail}
    name = str(path[0]) if path else str(where)
    return {"header" if where == "header" else "parameter": name, "detail": detail}


def _escaped(part: str | int) -> str:
    """RFC 6901; a long name made up by the caller is cut."""
    return str(part)[:100].replace("~", "~0").replace("/", "~1")
