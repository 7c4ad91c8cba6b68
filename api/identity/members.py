"""Who works for a business: invite, join, change a role, remove."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from api.auth import Caller, Calling, LoggedIn, requires, unauthorised
from api.conditions import IfUnchanged
from api.cursors import Paged, cursor_of, start_and_id_in
from api.identity.entrances import Entrance, count_mail
from api.openapi import BODY, problems
from api.problems import not_found
from api.requests import JsonOnly
from api.schemas.members import InvitationAnswer, Joining, MemberAnswer, MemberList, MemberRole, NewMember
from api.schemas.people import MailAnswer, MembershipAnswer
from api.schemas.queries import LongPage
from api.wiring import Wired
from domain.people import Permission, Role
from store.conditions import alone_with
from store.memberships import Member, change_role, find_member, join, list_members, list_memberships, remove
from store.one_time_tokens import Invitation, Purpose, ask, list_invitations, use
from store.people import find_person
from store.pool import Database

routes = APIRouter(
    prefix="/api/v1/members",
    tags=["people"],
    dependencies=[JsonOnly],
    responses=problems("unauthorised", "forbidden", "invalid-request", "unavailable"),
)

LASTS = timedelta(days=7)
Reads = Annotated[UUID, requires(Permission.MEMBERS_READ)]
Writer = Annotated[Caller, Depends(Calling(Permission.MEMBERS_WRITE))]


@routes.get("", summary="List the members")
async def show_members(wired: Wired, business_id: Reads, page: Annotated[LongPage, Query()], pages: Paged) -> MemberList:
    """Everybody who works for the business, and, on each page, whoever was invited."""
    found = await list_members(wired.pool, business_id, start_and_id_in(page.cursor), page.limit + 1)
    items = [_answer(member) for member in found[: page.limit]]
    more = cursor_of(items[-1].since.isoformat(), str(items[-1].person_id)) if len(found) > page.limit else None
    invited = [
        InvitationAnswer(id=one, email=email, role=Role(role), expires_at=until)
        for one, email, role, until in await list_invitations(wired.pool, business_id)
    ]
    return MemberList(items=items, invited=invited, next_cursor=pages.link(more))


@routes.post("", status_code=202, summary="Invite a member", responses=problems(*BODY))
async def invite_member(wired: Wired, caller: Writer, body: NewMember) -> MailAnswer:
    """Sends a mail with a link that is good for a week. Answers the same whether the address has an account or not. Only owners
    make owners."""
    _check_owner(caller, body.role)
    await count_mail(wired, f"invite {caller.business_id} {body.email}")
    secret, asked = wired.settings.token_secret.get_secret_value(), Invitation(caller.business_id, body.role)
    await ask(wired.pool, secret, Purpose.INVITE, body.email, LASTS, locale=body.locale, invitation=asked)
    return MailAnswer(detail="a mail is on its way to this address")


@routes.post(
    "/join",
    summary="Accept an invitation",
    dependencies=[Entrance],
    responses=problems(*BODY, "not-found", "link-spent", "link-expired"),
)
async def join_business(wired: Wired, access: LoggedIn, body: Joining) -> MembershipAnswer:
    """By the link of the mail, for the person with its address. Then log in to the business: `scope=business:{id}`."""
    person = await find_person(wired.door, access.person_id)
    if person is None:
        raise unauthorised()
    async with wired.door.acquire() as connection, connection.transaction():
        used = await use(connection, body.token, Purpose.INVITE)
        if used.invitation is None or used.email.lower() != person.email.lower():
            raise not_found("link")  # nothing is used up: it may be another's
        await join(connection, used.invitation.business_id, person.id, used.invitation.role, f"person:{person.id}")
        mine = await list_memberships(connection, person.id)
    return MembershipAnswer.of(next(one for one in mine if one.business_id == used.invitation.business_id))


@routes.get("/{person_id:uuid}", summary="Show a member", responses=problems("not-found"))
async def show_member(wired: Wired, business_id: Reads, person_id: UUID) -> MemberAnswer:
    """One who works for the business."""
    return _answer(await _known(wired.pool, business_id, person_id))


# Only ids, so that PATCH /members/join is no member but a method that is not taken there.
@routes.patch("/{person_id:uuid}", summary="Change a member's role", responses=problems(*BODY, "not-found", "last-owner"))
async def change_member_role(wired: Wired, caller: Writer, person_id: UUID, body: MemberRole, seen: IfUnchanged) -> MemberAnswer:
    """Holds from their next call on. Only owners make owners, or change one; the last one stays."""
    async with alone_with(wired.pool, caller.business_id, "members", person_id) as connection:
        member = await _known(connection, caller.business_id, person_id)
        _check_owner(caller, body.role, Role(member.role))
        seen.check(_answer(member))
        await change_role(connection, caller.business_id, person_id, body.role, caller.name)
        return _answer(await _known(connection, caller.business_id, person_id))


@routes.delete("/{person_id:uuid}", status_code=204, summary="Remove a member", responses=problems("not-found", "last-owner"))
async def remove_member(wired: Wired, caller: Writer, person_id: UUID, seen: IfUnchanged) -> Response:
    """They may do nothing for the business any more; their account stays theirs. The last owner stays."""
    async with alone_with(wired.pool, caller.business_id, "members", person_id) as connection:
        member = await _known(connection, caller.business_id, person_id)
        _check_owner(caller, Role(member.role))
        seen.check(_answer(member))
        await remove(connection, caller.business_id, person_id, caller.name)
    return Response(status_code=204)


def _check_owner(caller: Caller, *roles: Role) -> None:
    """Raises Problem where an owner is concerned and the caller is none."""
    if Role.OWNER in roles:
        caller.check(Permission.OWNERS_WRITE)


async def _known(database: Database, business_id: UUID, person_id: UUID) -> Member:
    member = await find_member(database, business_id, person_id)
    if member is None:
        raise not_found("member")
    return member


def _answer(member: Member) -> MemberAnswer:
    return MemberAnswer.model_validate(member, from_attributes=True)
