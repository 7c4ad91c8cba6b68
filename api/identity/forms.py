"""What makes sure that a form was on our page, in this browser, and after the page before it.

A browser gets a mark (a cookie) and each form a proof of it, which no other site can read or make. A ticket says in a form who
has logged in so far: it is signed, good for five minutes, and bound to the mark and to what the app asked for. There is no other
session on these pages, so that nothing is ever done in the name of somebody who only has the page open somewhere.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

import jwt
from starlette.requests import Request
from starlette.responses import Response

from api.problems import Problem
from settings import Settings
from store.people import Credentials, find_known
from store.pool import Database

LASTS = timedelta(minutes=5)
MARK = re.compile(r"[A-Za-z0-9_-]{43}")


class Stage(StrEnum):
    """What a ticket's holder has still to do."""

    FACTOR = "factor"
    CONSENT = "consent"


class Forms:
    """For one deployment, under its secret."""

    def __init__(self, settings: Settings) -> None:
        self._key = hmac.digest(settings.token_secret.get_secret_value().encode(), b"forms", "sha256")
        self._is_secure = settings.public_url.startswith("https://")
        self.cookie = "__Host-slotkeeper-form" if self._is_secure else "slotkeeper-form"

    def mark_of(self, request: Request) -> str:
        """This browser's, or a new one."""
        return self._sent(request) or secrets.token_urlsafe(32)

    def leave(self, response: Response, mark: str) -> None:
        """Lets the browser keep it. Lax: it comes with whoever is led here from elsewhere, and with no form from elsewhere."""
        response.set_cookie(self.cookie, mark, path="/", secure=self._is_secure, httponly=True, samesite="lax")

    def proof(self, mark: str) -> str:
        """For the forms of a page that this browser gets."""
        return hmac.digest(self._key, b"proof:" + mark.encode(), "sha256").hex()

    def check(self, request: Request, proof: str) -> str:
        """The mark of the browser whose page this form was on. Raises Problem."""
        mark = self._sent(request)
        is_ours = request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
        if mark is None or not is_ours or not hmac.compare_digest(self.proof(mark).encode(), proof.encode()):
            raise Problem("forbidden", "This form is not ours, or your browser keeps no cookies.")
        return mark

    def ticket(self, stage: Stage, known: Credentials, mark: str, bound: str) -> str:
        """Says who has come this far."""
        said = {"sub": str(known.id), "password": _digest(mark, known.password_hash), "bound": _digest(mark, bound)}
        return jwt.encode({**said, "aud": stage.value, "exp": datetime.now(UTC) + LASTS}, self._key, "HS256")

    async def known_in(self, door: Database, ticket: str, stage: Stage, mark: str, bound: str) -> Credentials:
        """Who has come this far. Raises Problem for a ticket that is too old, of another stage, browser or wish, or whose person
        has another password by now."""
        required = ["sub", "aud", "exp", "bound", "password"]
        try:
            said = jwt.decode(ticket, self._key, ["HS256"], audience=stage.value, options={"require": required})
        except jwt.InvalidTokenError:
            said = {}
        is_bound = hmac.compare_digest(str(said.get("bound")).encode(), _digest(mark, bound).encode())
        known = await find_known(door, UUID(said["sub"])) if is_bound else None
        if known is None or said["password"] != _digest(mark, known.password_hash):
            raise Problem("forbidden", "This took too long, or was begun elsewhere.")
        return known

    def _sent(self, request: Request) -> str | None:
        mark = request.cookies.get(self.cookie, "")
        return mark if MARK.fullmatch(mark) else None


def _digest(mark: str, bound: str) -> str:
    return hashlib.sha256(f"{mark}\n{bound}".encode()).hexdigest()
