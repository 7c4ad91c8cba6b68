"""People's accounts: register, show that the address is theirs, look at oneself."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter

from api.auth import Recognised, unauthorised
from api.identity.entrances import Entrance, count_mail
from api.openapi import BODY, problems
from api.problems import Problem
from api.requests import JsonOnly
from api.schemas.people import MailAnswer, MeAnswer, MembershipAnswer, NewPerson, PersonAnswer, Verification
from api.wiring import Wired
from store.memberships import list_memberships
from store.one_time_tokens import Purpose, ask, use
from store.people import create_person, find_person

routes = APIRouter(
    prefix="/api/v1", tags=["people"], dependencies=[JsonOnly], responses=problems("invalid-request", "unavailable")
)

LASTS = timedelta(days=1)


@routes.post("/people", status_code=202, summary="Register", dependencies=[Entrance], responses=problems(*BODY))
async def register_person(wired: Wired, body: NewPerson) -> MailAnswer:
    """Sends a mail with a link that is good for a day; the account is there when it was followed. Where the address has an
    account already, the mail says so instead, and this answers the same."""
    await count_mail(wired, f"register {body.email}")
    secret = wired.settings.token_secret.get_secret_value()
    await ask(wired.door, secret, Purpose.VERIFY, body.email, LASTS, locale=body.locale)
    return MailAnswer(detail="a mail is on its way to this address")


@routes.post(
    "/people/verify",
    status_code=201,
    summary="Confirm an address",
    dependencies=[Entrance],
    responses=problems(*BODY, "not-found", "link-spent", "link-expired", "overloaded", "unavailable"),
)
async def verify_person(wired: Wired, body: Verification) -> PersonAnswer:
    """Opens the account for whoever holds the mail, with their name and password. Then log in."""
    hashed = await wired.passwords.hash(body.password)
    async with wired.door.acquire() as connection, connection.transaction():
        used = await use(connection, body.token, Purpose.VERIFY)
        await wired.passwords.check_new(body.password, used.email, body.name)
        person_id = await create_person(connection, used.email, body.name, hashed)
        person = await find_person(connection, person_id) if person_id else None
    if person is None:  # another mail to the same address was first
        raise Problem("link-spent", "this address was confirmed already")
    return PersonAnswer.of(person)


@routes.get("/me", summary="Show who I am", responses=problems("unauthorised"))
async def show_me(wired: Wired, access: Recognised) -> MeAnswer:
    """The person who has logged in, and what they are in which business. An app is told of the one that it works for."""
    person = await find_person(wired.door, access.person_id)
    if person is None:
        raise unauthorised()
    known = await list_memberships(wired.door, person.id)
    memberships = [MembershipAnswer.of(one) for one in known if access.client_id is None or one.business_id == access.business_id]
    said = PersonAnswer.of(person).model_dump()
    return MeAnswer(**said, business_id=access.business_id, memberships=memberships)
