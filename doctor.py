"""Says of each part of a running system whether it works, one line a part."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from temporalio.service import RPCError, RPCStatusCode

from api.commands.through_temporal import TemporalCommands
from checker.checking import Ground, Report, Scope, check
from checker.telling import as_json, summary, table
from domain.vendor_accounts import VendorKind
from gateways.chosen import choose, with_own
from settings import PREFIX, Settings, read_settings
from store import audit
from store.logins import Part, WrongLogin, check_login
from store.migrate import migrations, missing_migrations
from store.pool import open_pool
from store.resealing import count_left, find_unknown
from store.sealing import deployments_vault
from store.stuck import count_stuck
from store.vendor_accounts import StoredAccounts, list_businesses_with
from temporal import schedules
from temporal.client import connect

PATIENCE = 15.0
STUCK_AFTER = timedelta(minutes=10)
LOOK_AGAIN_AFTER = timedelta(seconds=2)

Check = Callable[[Settings], Awaitable[str]]


class Noted(Exception):
    """The part works, and somebody should look at what it holds."""


class Ill(Exception):
    """The part answers, and not as it should."""


@dataclass(frozen=True, slots=True)
class Look:
    """How the books are looked at: what changed within `quiet_for` is under way; vendors are asked about as much as changed
    within `vendors_for`, or about all."""

    quiet_for: timedelta = STUCK_AFTER
    vendors_for: timedelta | None = timedelta(days=3)
    sandbox_url: str | None = None


@dataclass(slots=True)
class Outcome:
    """What was said of one part: ok, note or FAIL. Of the books with all that was found."""

    part: str
    verdict: str
    said: str
    report: Report | None = None


def settings_of(state: Path) -> Settings:
    """Those of the environment or, where it names no database, those of the system that `up` has started. Raises BadSettings."""
    up_file = state / "up.json"
    if f"{PREFIX}DATABASE_URL" in os.environ or not up_file.exists():
        return read_settings()
    known = json.loads(up_file.read_text())
    secrets = json.loads((state / "secrets.json").read_text())
    from embedded.logins import logins  # only where `up` has been: a production image has no embedded parts

    chosen = {}
    if (sandbox_url := known.get("sandbox_url")) is not None:
        from embedded.places import vendors

        chosen = vendors(sandbox_url, secrets["stripe_webhook_secret"])
    return read_settings(
        **logins(known["database_url"]),
        temporal_address=known["temporal_address"],
        public_url=known["api_url"],
        token_secret=secrets["token_secret"],
        payload_key=secrets["payload_key"],
        **chosen,
    )


def sandbox_of(state: Path) -> str | None:
    """Where the vendors' stand-ins of the system answer that `up` has started; None where the environment names another."""
    up_file = state / "up.json"
    if f"{PREFIX}DATABASE_URL" in os.environ or not up_file.exists():
        return None
    found: str | None = json.loads(up_file.read_text()).get("sandbox_url")
    return found


async def examine(settings: Settings, skip: Collection[str], look: Look = Look(), *, as_data: bool = False) -> bool:
    """Prints one line a part, in the order in which they need each other, and what is wrong in the books; with `as_data` all as
    JSON. True when all are well; what is stuck is only noted."""
    outcomes = []
    for part in [part for part in PARTS if part not in skip]:
        outcomes.append(outcome := await _outcome(part, settings, look))
        if not as_data:
            print(f"{outcome.verdict:<4}  {outcome.part:<10}  {outcome.said}")
    reports = [outcome.report for outcome in outcomes if outcome.report is not None]
    if as_data:
        parts = [{"part": one.part, "verdict": one.verdict, "said": one.said} for one in outcomes]
        print(json.dumps({"parts": parts, "books": as_json(reports[0]) if reports else None}, indent=2))
    else:
        print(
            *(line for report in reports for line in table(report)),
            sep="\n",
            end="\n" if any(r.findings for r in reports) else "",
        )
    return all(outcome.verdict != "FAIL" for outcome in outcomes)


async def _outcome(part: str, settings: Settings, look: Look) -> Outcome:
    try:
        if part == AUDIT:
            return Outcome(part, "ok", await _audit(settings))
        if part == BOOKS:
            report = await _books(settings, look)
            return Outcome(part, "FAIL" if report.faults else "ok", summary(report), report)
        said = await asyncio.wait_for(CHECKS[part](settings), PATIENCE)
    except TimeoutError:
        return Outcome(part, "FAIL", f"does not answer within {PATIENCE:g} s")
    except Noted as finding:
        return Outcome(part, "note", str(finding))
    except Exception as fault:  # whatever it is, it is the finding
        return Outcome(part, "FAIL", str(fault) or type(fault).__name__)
    return Outcome(part, "ok", said)


async def _books(settings: Settings, look: Look) -> Report:
    """All rules, of all bookings; takes as long as it takes, and tells how far it is."""
    pool = await open_pool(settings.steward_url, 4, deployments_vault(settings))
    try:
        mailbox = None
        if look.sandbox_url is not None:
            from sandbox.mailbox import SandboxMailbox

            mailbox = SandboxMailbox(look.sandbox_url)
        deployments = choose(settings)
        vendors = with_own(settings, deployments, StoredAccounts(pool)).all
        only = {
            kind.value: await list_businesses_with(pool, kind) for kind in VendorKind if getattr(deployments, kind.value) is None
        }
        ground = Ground(pool, await connect(settings), settings.task_queue, vendors, mailbox, only)
        since = datetime.now(UTC) - look.vendors_for if look.vendors_for is not None else None
        return await check(ground, Scope(None, since, look.quiet_for, LOOK_AGAIN_AFTER), _tell_progress)
    finally:
        await pool.close()


def _tell_progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\rlooked at {done} of {total} bookings", end="\n" if done >= total else "", file=sys.stderr, flush=True)


async def _tenants(settings: Settings) -> str:
    for url, part, name in (
        (settings.tenant_url, Part.TENANT, "SLOTKEEPER_DATABASE_URL"),
        (settings.steward_url, Part.STEWARD, "SLOTKEEPER_DATABASE_STEWARD_URL"),
        *([(settings.door_url, Part.DOORKEEPER, "SLOTKEEPER_DATABASE_DOOR_URL")] if settings.database_door_url else ()),
    ):
        pool = await open_pool(url, 1)
        try:
            await check_login(pool, part)
        except WrongLogin as wrong:
            raise Ill(f"{name}: {wrong}") from None
        finally:
            await pool.close()
    return "each business sees its own rows only"


async def _database(settings: Settings) -> str:
    pool = await open_pool(settings.tenant_url, 1)
    try:
        return f"PostgreSQL {await pool.fetchval('SHOW server_version')} answers"
    finally:
        await pool.close()


async def _migrations(settings: Settings) -> str:
    pool = await open_pool(settings.tenant_url, 1)
    try:
        missing = await missing_migrations(pool)
    finally:
        await pool.close()
    if missing:
        raise Ill(f"missing {', '.join(missing)}: run `slotkeeper migrate`")
    return f"up to {migrations()[-1][0]}"


async def _temporal(settings: Settings) -> str:
    await connect(settings)
    return f"{settings.temporal_address} answers for the namespace {settings.temporal_namespace}"


async def _schedules(settings: Settings) -> str:
    client = await connect(settings)
    said = []
    for schedule_id in schedules.all_of(settings.task_queue):
        try:
            present = (await client.get_schedule_handle(schedule_id).describe()).schedule
        except RPCError as fault:
            if fault.status is not RPCStatusCode.NOT_FOUND:
                raise
            raise Ill(f"{schedule_id} is missing: run `slotkeeper schedules`") from None
        if present.state.paused:
            why = present.state.note or "nobody noted why"
            raise Ill(f"{schedule_id} is paused ({why}): unpause it in the Temporal Web UI")
        said.append(f"{schedule_id} runs")
    return ", ".join(said)


async def _worker(settings: Settings) -> str:
    if not await TemporalCommands(await connect(settings), settings).worker_is_polling():
        raise Ill(f"nobody polls the task queue {settings.task_queue}: start `slotkeeper worker`")
    return f"polls the task queue {settings.task_queue}"


async def _api(settings: Settings) -> str:
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
        try:
            answer = await client.get(f"{settings.public_url}/health/ready")
        except httpx.TransportError as fault:
            raise Ill(f"{settings.public_url} does not answer ({fault}): start `slotkeeper api`") from None
    if answer.status_code != httpx.codes.OK:
        raise Ill(f"{settings.public_url} is not ready: {_detail(answer)}")
    return f"{settings.public_url} is ready"


async def _stuck(settings: Settings) -> str:
    pool = await open_pool(settings.steward_url, 1)
    try:
        found = await count_stuck(pool, STUCK_AFTER)
    finally:
        await pool.close()
    if found:
        said = ", ".join(f"{one.count} {one.thing} (the oldest since {one.oldest:%Y-%m-%d %H:%M} UTC)" for one in found)
        raise Noted(f"{said}: see docs/runbooks/ and GET /api/v1/operations/stuck")
    return f"nothing for longer than {STUCK_AFTER // timedelta(minutes=1)} minutes"


async def _keys(settings: Settings) -> str:
    """Whether all customers' keys open with those of this deployment, and whether anything is left to seal."""
    vault = deployments_vault(settings)
    pool = await open_pool(settings.steward_url, 1, vault)
    try:
        unknown, (customers, keys) = await find_unknown(pool, vault), await count_left(pool, vault)
    finally:
        await pool.close()
    if unknown:
        raise Ill(f"customers' keys are wrapped by {', '.join(unknown)}, which this deployment does not have")
    if customers or keys:
        raise Noted(f"{customers} customers are not sealed, {keys} keys are under an older key: run `slotkeeper seal`")
    return f"customers' keys open with {', '.join(vault.names)}"


async def _audit(settings: Settings) -> str:
    """All lines of all businesses; takes as long as it takes."""
    pool = await open_pool(settings.steward_url, 1, deployments_vault(settings))
    try:
        found = {business_id: await audit.check(pool, business_id) for business_id in await audit.list_businesses(pool)}
    finally:
        await pool.close()
    if wrong := [f"line {one.wrong} of business {name}" for name, one in found.items() if one.wrong is not None]:
        raise Ill(f"changed, removed or added by somebody else: {', '.join(wrong)}")
    return f"{sum(one.lines for one in found.values())} lines of {len(found)} businesses are as they were written"


def _detail(answer: httpx.Response) -> str:
    """What the problem document says; behind a proxy it may be anything."""
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"it answers {answer.status_code}"


CHECKS: dict[str, Check] = {
    "database": _database,
    "migrations": _migrations,
    "tenants": _tenants,
    "keys": _keys,
    "temporal": _temporal,
    "schedules": _schedules,
    "worker": _worker,
    "api": _api,
    "stuck": _stuck,
}
AUDIT, BOOKS = "audit", "books"
PARTS = (*CHECKS, AUDIT, BOOKS)
