"""A password that was forgotten, and one that is to be another."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Response

from api.auth import LoggedIn
from api.identity.entrances import Entrance, count_mail, password_was_right, try_password
from api.identity.sessions import normalised
from api.openapi import BODY, problems
from api.problems import Problem
from api.requests import JsonOnly
from api.schemas.people import ForgottenPassword, MailAnswer, PasswordChange, PasswordReset
from api.wiring import Wired
from store.one_time_tokens import Purpose, ask, spend_others, use
from store.people import find_credentials, find_person, read_password_hash, set_password

routes = APIRouter(
    prefix="/api/v1/passwords", tags=["people"], dependencies=[JsonOnly], responses=problems("invalid-request", "unavailable")
)

LASTS = timedelta(hours=1)


@routes.post("/forgotten", status_code=202, summary="Ask for a new password", dependencies=[Entrance], responses=problems(*BODY))
async def forget_password(wired: Wired, body: ForgottenPassword) -> MailAnswer:
    """Sends a mail with a link that is good for an hour, where the address has an account; answers the same where it has none."""
    await count_mail(wired, f"forgotten {body.email}")
    secret = wired.settings.token_secret.get_secret_value()
    await ask(wired.door, secret, Purpose.RESET, body.email, LASTS, locale=body.locale)
    return MailAnswer(detail="if this address has an account, a mail is on its way to it")


@routes.post(
    "/reset",
    status_code=204,
    summary="Set a new password",
    dependencies=[Entrance],
    responses=problems(*BODY, "not-found", "link-spent", "link-expired", "overloaded", "unavailable"),
)
async def reset_password(wired: Wired, body: PasswordReset) -> Response:
    """By the link of a mail. Ends every log-in of the person, and makes all other such links worthless."""
    hashed = await wired.passwords.hash(body.password)
    async with wired.door.acquire() as connection, connection.transaction():
        used = await use(connection, body.token, Purpose.RESET)
        await wired.passwords.check_new(body.password, used.email)
        await spend_others(connection, used.email, Purpose.RESET)
        known = await find_credentials(connection, used.email)
        if known is not None:
            await set_password(connection, known.id, hashed)
    return Response(status_code=204)


@routes.put(
    "",
    status_code=204,
    summary="Change my password",
    dependencies=[Entrance],
    responses=problems(*BODY, "unauthorised", "login-refused", "overloaded", "unavailable"),
)
async def change_password(wired: Wired, access: LoggedIn, body: PasswordChange) -> Response:
    """Ends every other log-in of the person."""
    await try_password(wired, access.person_id)
    kept = await read_password_hash(wired.door, access.person_id)
    if not await wired.passwords.is_right(normalised(body.current), kept):
        field = {"pointer": "/current", "detail": "is not right"}
        raise Problem("login-refused", "the present password is not right", [field], {"WWW-Authenticate": "Bearer"})
    await password_was_right(wired, access.person_id)
    person = await find_person(wired.door, access.person_id)
    await wired.passwords.check_new(body.password, *((person.email, person.name) if person else ()))
    hashed = await wired.passwords.hash(body.password)
    async with wired.door.acquire() as connection, connection.transaction():
        await set_password(connection, access.person_id, hashed, keep=access.session_id)
    return Response(status_code=204)
