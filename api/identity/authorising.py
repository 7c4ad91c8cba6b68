"""The page on which people log in for an app and say what it may do (RFC 6749, 4.1).

Each step is one form: the password, where there is one the second factor, and the yes. What was shown so far travels as a ticket
in the next form (api/identity/forms.py).
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.identity.entrances import has_entered
from api.identity.forms import Forms, Stage
from api.identity.pages import guarded, page, place_of
from api.identity.second_factor import check_second_factor
from api.identity.sessions import check_password, client_id_in, wanted_business
from api.identity.wishes import Refused, SentBack, Wish, read_wish
from api.problems import Problem
from api.wiring import Wired, Wiring
from domain.people import Membership
from store.authorisation_codes import Grant, create_code
from store.memberships import list_memberships
from store.people import Credentials, find_person
from store.sso import find_connection

routes = APIRouter(include_in_schema=False)

MOST_FIELDS = 30
PATH, SSO_PATH = "/oauth/authorize", "/oauth/sso"


@dataclass(frozen=True, slots=True)
class Visit:
    """One browser with one wish of one app."""

    wired: Wiring
    forms: Forms
    mark: str
    wish: Wish

    def page(self, name: str, title: str, problem: Problem | None = None, ticket: str | None = None, **said: Any) -> Response:
        """The next page. A problem is said on it, with its own status."""
        hidden = {**self.wish.fields, "proof": self.forms.proof(self.mark), **({"ticket": ticket} if ticket else {})}
        about = {"app": self.wish.client.name, "back_to": place_of(self.wish.redirect_uri)}
        action = f"{root_of(self.wired)}{PATH}"
        shown = page(
            name,
            problem.status if problem else 200,
            [self.wish.redirect_uri],
            problem.headers if problem else None,
            **{"title": title, "problem": problem and problem.detail, "action": action, "hidden": hidden, **about, **said},
        )
        self.forms.leave(shown, self.mark)
        return shown

    def ticket(self, stage: Stage, known: Credentials, business_id: UUID | None = None) -> str:
        """For whoever has come this far, and was shown that business."""
        return self.forms.ticket(stage, known, self.mark, f"{business_id}\n{self.wish.bound}")

    async def known_in(self, form: Mapping[str, str], stage: Stage, business_id: UUID | None = None) -> Credentials:
        """Who has come this far, and was shown that business. Raises Problem."""
        bound = f"{business_id}\n{self.wish.bound}"
        return await self.forms.known_in(self.wired.door, form.get("ticket", ""), stage, self.mark, bound)


def root_of(wired: Wiring) -> str:
    """What stands before our paths where a proxy serves us under one of its own."""
    return urlsplit(wired.settings.public_url).path.rstrip("/")


@routes.get(PATH)
async def ask_to_log_in(wired: Wired, request: Request) -> Response:
    """Where apps send people."""
    try:
        wish = await read_wish(wired, pairs(request.url.query))
    except Refused as no:
        return refused(str(no), 400)
    except SentBack as back:
        return sent_back(back.address)
    forms = Forms(wired.settings)
    return await _log_in_page(Visit(wired, forms, forms.mark_of(request), wish))


@routes.post(PATH)
async def go_on(wired: Wired, request: Request) -> Response:
    """What people send from our pages."""
    async with request.form(max_files=0, max_fields=MOST_FIELDS) as sent:
        fields = [(name, value) for name, value in sent.multi_items() if isinstance(value, str)]
    return await told(_next_step(wired, request, fields))


async def _next_step(wired: Wiring, request: Request, fields: Sequence[tuple[str, str]]) -> Response:
    wish, form, forms = await read_wish(wired, fields), dict(fields), Forms(wired.settings)
    visit = Visit(wired, forms, forms.check(request, form.get("proof", "")), wish)
    return await STEPS.get(form.get("step", ""), _log_in)(visit, form)


async def told(step: Awaitable[Response]) -> Response:
    """The step's answer, or in its place what people or their app are told where it cannot be."""
    try:
        return await step
    except Refused as no:
        return refused(str(no), 400)
    except SentBack as back:
        return sent_back(back.address)
    except Problem as problem:
        return refused(problem.detail, problem.status)


async def _log_in(visit: Visit, form: Mapping[str, str]) -> Response:
    try:
        known = await check_password(visit.wired, form.get("email", ""), form.get("password", ""))
    except Problem as problem:
        return await _log_in_page(visit, problem)
    return await after_log_in(visit, known)


async def after_log_in(visit: Visit, known: Credentials) -> Response:
    """The second factor, where there is one; then what the app may do."""
    if known.has_second_factor:
        return _factor_page(visit, known)
    return await _consent_page(visit, known)


async def _show_factor(visit: Visit, form: Mapping[str, str]) -> Response:
    known = await visit.known_in(form, Stage.FACTOR)
    try:
        await check_second_factor(visit.wired, known, form.get("otp"))
    except Problem as problem:
        return _factor_page(visit, known, problem)
    return await _consent_page(visit, known)


async def _decide(visit: Visit, form: Mapping[str, str]) -> Response:
    if form.get("decision") != "allow":
        raise visit.wish.refusal("access_denied", "the person said no")
    business_id = client_id_in(form.get("business"))
    known = await visit.known_in(form, Stage.CONSENT, business_id)
    wish = visit.wish
    grant = Grant(wish.client.client_id, known.id, business_id, wish.redirect_uri, wish.code_challenge)
    return sent_back(wish.answer(code=await create_code(visit.wired.door, grant)))


async def _membership(visit: Visit, person_id: UUID) -> Membership | None:
    """As what the app would work; None as a customer. Raises SentBack where they do not work for the business that is meant."""
    try:
        business_id = await wanted_business(visit.wired, person_id, visit.wish.wanted_scope)
    except Problem:
        raise visit.wish.refusal("access_denied", "the person does not work for this business") from None
    memberships = await list_memberships(visit.wired.door, person_id) if business_id else []
    return next((one for one in memberships if one.business_id == business_id), None)


STEPS = {"login": _log_in, "factor": _show_factor, "consent": _decide}


async def _log_in_page(visit: Visit, problem: Problem | None = None) -> Response:
    business_id = visit.wish.business_id
    known = await find_connection(visit.wired.door, business_id) if business_id and visit.wired.sso else None
    query = urlencode(visit.wish.fields)
    providers = [(f"Log in with {known.name}", f"{root_of(visit.wired)}{SSO_PATH}?{query}")] if known else []
    return visit.page("log_in", "Log in", problem, providers=providers)


def _factor_page(visit: Visit, known: Credentials, problem: Problem | None = None) -> Response:
    said = problem
    if problem and problem.code == "second-factor-needed":
        said = Problem(problem.code, "This code is not right. After five wrong ones none is taken for five minutes.")
    return visit.page("factor", "Your second factor", said, visit.ticket(Stage.FACTOR, known))


async def _consent_page(visit: Visit, known: Credentials) -> Response:
    person, membership = await find_person(visit.wired.door, known.id), await _membership(visit, known.id)
    if person is None:
        raise Refused("This account is gone.")
    await has_entered(visit.wired, person.email)
    business_id = membership.business_id if membership else None
    ticket = visit.ticket(Stage.CONSENT, known, business_id)
    title = f"Let {visit.wish.client.name}?"
    return visit.page("consent", title, ticket=ticket, email=person.email, membership=membership)


def refused(detail: str, status: int) -> HTMLResponse:
    """The page for whom nothing more can be done."""
    return page("refused", status, title="This did not work", problem=detail)


def sent_back(address: str) -> Response:
    """303, so that a browser does not send the form along (RFC 9700, 4.12)."""
    return RedirectResponse(address, 303, guarded([address]))


def pairs(query: str) -> Sequence[tuple[str, str]]:
    """The parameters of a query; none of one that has too many."""
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return ()
