"""Mails to people about their accounts. What each says depends on whether its address is known, and is decided here: whoever
asked was told nothing of that."""

from __future__ import annotations

from datetime import timedelta
from html import escape
from importlib import resources

import asyncpg
from babel.dates import format_datetime
from temporalio import activity

from domain.errors import MessageRefused
from domain.messages import Email, EmailGateway, MessageAccident
from domain.templates import Language
from domain.tokens import one_time_token
from store.one_time_tokens import MOST_IN_AN_HOUR, DueMail, Purpose, forget_old, note_mailed, note_unsent, take_due_mail

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600))
"""After each accident of the mail server; the last again and again, until the link is too old."""

KNOWN, VERIFY, RESET, INVITE = "account_known", "account_verify", "account_reset", "account_invite"


class PeopleMailActivities:
    """`pages` are the business's own pages by purpose, with {token} in them; where there is none, a mail shows the token."""

    def __init__(
        self, pool: asyncpg.Pool, email: EmailGateway | None, secret: str, pages: dict[Purpose, str | None] | None = None
    ) -> None:
        self._pool = pool
        self._email = email
        self._secret = secret
        self._pages = pages or {}

    @activity.defn
    async def send_people_mails(self, most: int) -> int:
        """Sends what is due, at most so many, and returns how many were looked at. Repeatable: what is sent is noted
        with each mail.

        At least once: a crash between the server's yes and our note of it sends one again, under the same Message-ID.
        """
        for done in range(most):
            if not await self._send_next():
                await forget_old(self._pool)
                return done
        return most

    async def _send_next(self) -> bool:
        async with self._pool.acquire() as connection, connection.transaction():
            mail = await take_due_mail(connection)
            if mail is None:
                return False
            email = self._written(mail)
            if email is None or self._email is None:
                await note_unsent(connection, mail.id, None)
                return True
            try:
                await self._email.send(email)
            except MessageRefused:
                await note_unsent(connection, mail.id, None)
            except MessageAccident:
                await note_unsent(connection, mail.id, PAUSES[min(mail.tries, len(PAUSES) - 1)])
            else:
                await note_mailed(connection, mail.id)
            return True

    def _written(self, mail: DueMail) -> Email | None:
        """None where nothing is to be said: to nobody's address, after too many, or too late."""
        kind = _kind_of(mail)
        if kind is None or mail.is_over or mail.sent_lately >= MOST_IN_AN_HOUR:
            return None
        token = one_time_token(self._secret, mail.id)
        page = self._pages.get(mail.purpose)
        link = page.replace("{token}", token) if page else token
        language = mail.locale.partition("-")[0].lower()
        until = format_datetime(mail.expires_at, "medium", locale=language if language in frozenset(Language) else "en") + " UTC"
        said = {"link": link, "until": until, "business": mail.business_name or ""}
        subject, text = _template(kind, language).format_map(said).split("\n", 1)
        html = "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in text.strip().split("\n\n"))
        return Email(key=f"account:{mail.id}", to=mail.email, subject=subject, text=text.strip(), html=html)


def _kind_of(mail: DueMail) -> str | None:
    """Which mail it is, by what is known of the address by now."""
    if mail.purpose is Purpose.VERIFY:
        return KNOWN if mail.is_known else VERIFY
    if mail.purpose is Purpose.RESET:
        return RESET if mail.is_known else None
    return INVITE


def _template(kind: str, language: str) -> str:
    """The first line is the subject."""
    folder = language if language in frozenset(Language) else "en"
    return resources.files("activities").joinpath("templates", folder, f"{kind}.txt").read_text()
