"""A business's own accounts with vendors: its own Stripe, mail server, Twilio and calendars in the place of the deployment's."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response
from uuid_utils.compat import uuid7

from api.auth import Caller, Calling, requires
from api.conditions import IfUnchanged
from api.openapi import BODY, problems
from api.problems import Problem, invalid, not_found
from api.requests import JsonOnly
from api.schemas.vendor_accounts import MAIL_PORTS, NewVendorAccount, VendorAccountAnswer, VendorAccountsAnswer
from api.wiring import Wired, Wiring
from domain.people import Permission
from domain.vendor_accounts import (
    AccountAccident,
    AccountRefused,
    CalDavCredentials,
    Credentials,
    SmtpCredentials,
    VendorAccount,
    VendorKind,
)
from domain.webhooks import check_url
from store.conditions import alone_with
from store.pool import Database
from store.vendor_accounts import put_account, retire_account, show_accounts

routes = APIRouter(
    prefix="/api/v1/vendor-accounts",
    tags=["business"],
    dependencies=[JsonOnly],
    responses=problems("unauthorised", "invalid-request", "unavailable"),
)

Reads = Annotated[UUID, requires(Permission.SETTINGS_READ)]
Owner = Annotated[Caller, Depends(Calling(Permission.OWNERS_WRITE))]
Kind = Annotated[VendorKind, Path(description="What the vendor does for the business.")]


@routes.get("", summary="List the vendors' accounts")
async def list_vendor_accounts(wired: Wired, business_id: Reads) -> VendorAccountsAnswer:
    """Whose account the business uses for each kind of vendor. What is secret is never shown."""
    own = await show_accounts(wired.pool, business_id)
    address = _webhook_url(wired, business_id)
    return VendorAccountsAnswer(items=[VendorAccountAnswer.of(kind, own.get(kind), address) for kind in VendorKind])


@routes.get("/{account_kind}", summary="Show a vendor's account")
async def show_vendor_account(wired: Wired, business_id: Reads, account_kind: Kind) -> VendorAccountAnswer:
    """The same of one kind."""
    return await _shown(wired, wired.pool, business_id, account_kind)


@routes.put(
    "/{account_kind}",
    summary="Use an account of the business's own",
    responses=problems(*BODY),
)
async def put_vendor_account(
    wired: Wired, caller: Owner, account_kind: Kind, body: NewVendorAccount, seen: IfUnchanged
) -> VendorAccountAnswer:
    """It is tried first, by one call of the vendor that changes nothing: what the vendor refuses is 422 and names the field, one
    that does not answer is 503, and nothing is kept then. From now on what is begun uses it; what was paid with the account
    before is looked at, taken and given back there."""
    seen.check(await _shown(wired, wired.pool, caller.business_id, account_kind))
    credentials = body.credentials(account_kind)
    _check_address(wired, credentials)
    account = VendorAccount(caller.business_id, uuid7(), body.vendor, credentials)
    await _try_out(wired, account)
    async with alone_with(wired.pool, caller.business_id, "vendor-accounts", account_kind) as connection:
        seen.check(await _shown(wired, connection, caller.business_id, account_kind))
        await put_account(connection, account, caller.name)
        return await _shown(wired, connection, caller.business_id, account_kind)


@routes.delete("/{account_kind}", status_code=204, summary="Use the deployment's account again", responses=problems("not-found"))
async def delete_vendor_account(wired: Wired, caller: Owner, account_kind: Kind, seen: IfUnchanged) -> Response:
    """For what is begun from now on. What was paid with the business's own is still looked at, taken and given back there: leave
    its key good until then."""
    async with alone_with(wired.pool, caller.business_id, "vendor-accounts", account_kind) as connection:
        present = await _shown(wired, connection, caller.business_id, account_kind)
        seen.check(present)
        if not present.is_own:
            raise not_found("account of the business's own")
        await retire_account(connection, caller.business_id, account_kind, caller.name)
    return Response(status_code=204)


async def _try_out(wired: Wiring, account: VendorAccount) -> None:
    """Outside of any transaction: a vendor may take its time."""
    if wired.own is None:
        raise Problem("unavailable", "no vendor can be asked here")
    try:
        await wired.own.trial.try_out(account)
    except AccountRefused as no:
        raise invalid(f"/{no.field}", no.detail) from None
    except AccountAccident as accident:
        detail = f"{accident}; nothing was changed, please try again"
        raise Problem("unavailable", detail, headers={"Retry-After": "10"}) from None


def _check_address(wired: Wiring, credentials: Credentials) -> None:
    """What can be said of an address before it is resolved. Raises Problem."""
    may_be_local = wired.settings.webhook_may_be_local
    if isinstance(credentials, CalDavCredentials):
        try:
            check_url(credentials.url, may_be_local=may_be_local)
        except ValueError as fault:
            raise invalid("/url", str(fault)) from None
    elif isinstance(credentials, SmtpCredentials) and credentials.port not in MAIL_PORTS and not may_be_local:
        raise invalid("/port", f"must be one of {', '.join(map(str, MAIL_PORTS))}, where mail servers are")


def _webhook_url(wired: Wiring, business_id: UUID) -> str:
    return f"{wired.settings.public_url.rstrip('/')}/webhooks/stripe/{business_id}"


async def _shown(wired: Wiring, database: Database, business_id: UUID, kind: VendorKind) -> VendorAccountAnswer:
    own = await show_accounts(database, business_id)
    return VendorAccountAnswer.of(kind, own.get(kind), _webhook_url(wired, business_id))
