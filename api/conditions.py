"""Changes only of what the caller has seen: ETag, If-None-Match and If-Match (RFC 9110, 8.8.3 and 13), 428 (RFC 6585).

Every answer to a GET has the ETag of its own bytes, and a client that has them already is answered 304. A route that changes
something takes `IfUnchanged` and holds what is there against it, in the transaction of the change.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header
from pydantic import BaseModel
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Problem

TAG = re.compile(r'(?P<weak>W/)?"(?P<opaque>[\x21\x23-\x7e\x80-\xff]*)"')
COMPRESSED = "-gzip"  # stands behind the tag of a compressed answer, whose bytes are others
ANY = "*"
WITH_304 = {b"etag", b"vary", b"cache-control", b"x-request-id", b"link", b"deprecation", b"sunset"}


def etag_of(body: bytes) -> str:
    """The strong tag of these bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def etag_of_answer(answer: BaseModel) -> str:
    """The tag that a GET gives this answer: FastAPI writes it with the same call."""
    return etag_of(answer.model_dump_json(by_alias=True).encode())


def _strong_in(header: str) -> set[str]:
    """The strong tags that a client sent; a weak one never says that a change may be made."""
    return {found["opaque"].removesuffix(COMPRESSED) for found in TAG.finditer(header) if not found["weak"]}


def _all_in(header: str) -> set[str]:
    return {found["opaque"].removesuffix(COMPRESSED) for found in TAG.finditer(header)}


@dataclass(frozen=True, slots=True)
class Condition:
    """What the caller has seen, as they said it in If-Match."""

    if_match: str | None = None
    is_required: bool = False

    def check(self, present: BaseModel | None) -> None:
        """Holds it against what a GET would answer now, None where that would find nothing; asked in the transaction of the
        change, after what is changed was locked. Raises Problem: 428 where nothing was said and something has to be, 412 where
        it is something else by now."""
        if self.if_match is None:
            if self.is_required:
                detail = "say which version is meant: send the ETag of its GET as If-Match, or * for whichever it is"
                raise Problem("if-match-needed", detail, [{"header": "If-Match", "detail": "is needed here"}])
            return
        is_any = self.if_match.strip() == ANY
        if present is None or not (is_any or etag_of_answer(present).strip('"') in _strong_in(self.if_match)):
            raise Problem("changed-meanwhile", "it is not as it was: look at it again, then send its ETag as If-Match")

    @property
    def is_about_one_version(self) -> bool:
        """Whether the change is only meant for what the caller has seen."""
        return self.if_match is not None and self.if_match.strip() != ANY


MEANT = "The ETag of what is to be changed: where it is something else by now, nothing is changed (412). `*`: whichever it is."
LONGEST = 2000
NEEDED = "x-needed"  # in the parameter's schema, until the description is put together


async def if_match(
    sent: Annotated[str | None, Header(alias="If-Match", max_length=LONGEST, description=MEANT)] = None,
) -> Condition:
    """A dependency: the route changes only what the caller has seen, where they say what that is."""
    return Condition(sent)


async def if_match_always(
    sent: Annotated[
        str | None, Header(alias="If-Match", max_length=LONGEST, description=MEANT, json_schema_extra={NEEDED: True})
    ] = None,
) -> Condition:
    """The same where money hangs on it: they have to say."""
    return Condition(sent, is_required=True)


IfUnchanged = Annotated[Condition, Depends(if_match)]
IfUnchangedAlways = Annotated[Condition, Depends(if_match_always)]


class Tagging:
    """Gives each whole answer to a GET under `prefix` its ETag, and 304 to whoever has it. Answers with a tag of their own, and
    those that come in pieces, go by."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(self._prefix):
            await self._app(scope, receive, send)
            return
        start: Message | None = None

        async def tag(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                is_tagged = any(name.lower() == b"etag" for name, _ in message["headers"])
                if message["status"] == 200 and not is_tagged:
                    start = message
                    return
            elif start is not None:
                begun, start = start, None
                if not message.get("more_body"):
                    begun, message = _tagged(scope, begun, message)
                await send(begun)
            await send(message)

        await self._app(scope, receive, tag)


def _tagged(scope: Scope, start: Message, body: Message) -> tuple[Message, Message]:
    tag = etag_of(body.get("body", b""))
    asked = Headers(scope=scope).get("if-none-match")
    MutableHeaders(scope=start)["ETag"] = tag
    if asked is None or (asked.strip() != ANY and tag.strip('"') not in _all_in(asked)):
        return start, body
    return {**start, "status": 304, "headers": list(_kept(start["headers"]))}, {**body, "body": b""}


def _kept(headers: Iterable[tuple[bytes, bytes]]) -> Iterable[tuple[bytes, bytes]]:
    return ((name, value) for name, value in headers if name.lower() in WITH_304)


def describe_conditions(operation: dict[str, Any], method: str, problems: dict[int | str, dict[str, Any]]) -> None:
    """Writes into an operation's description what its tags and conditions mean; `problems` are 412 and 428."""
    sent = {one["name"]: one for one in operation.get("parameters", ()) if one["in"] == "header"}
    if (said := sent.get("If-Match")) is not None:
        said["required"] = bool(said["schema"].pop(NEEDED, False))
        asked = {status: one for status, one in problems.items() if status == 412 or said["required"]}
        operation["responses"] |= {str(status): one for status, one in asked.items()}
    ok = operation["responses"].get("200", {})
    if method == "get" and "application/json" in ok.get("content", {}) and "if-none-match" not in {name.lower() for name in sent}:
        ok.setdefault("headers", {})["ETag"] = {"schema": {"type": "string"}, "description": "Of these very bytes."}
        operation.setdefault("parameters", []).append(IF_NONE_MATCH)
        operation["responses"]["304"] = {"description": "As before: the answer with the ETag in If-None-Match still stands."}


IF_NONE_MATCH: dict[str, Any] = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of an earlier answer to the same question.",
    "schema": {"anyOf": [{"type": "string"}, {"type": "null"}], "title": "If-None-Match"},
}
