"""The command line: `slotkeeper up | api | worker | sandbox | migrate | seal | schedules | business | app | doctor`."""

# Each command imports what it needs when it runs: a production image has neither the sandbox nor the engines.
from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn
from uuid import UUID

from domain.accidents import DoesNotAnswer
from settings import BadSettings, Settings, read_settings, read_stand_in_settings, start_log

STATE = Path(".slotkeeper")

Command = Callable[[argparse.Namespace], int]


def program() -> NoReturn:
    """Runs a command as a process of its own.

    The interpreter is not taken down piece by piece: threads of Temporal's SDK may touch it meanwhile, and what then crashes now
    and again says 139 where the command said 1 (https://github.com/temporalio/sdk-python/issues/300).
    """
    code = main()
    logging.shutdown()
    with suppress(BrokenPipeError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit codes: 0 done, 1 failed, 2 wrongly called or configured."""
    chosen = _parser().parse_args(arguments)
    try:
        code: int = chosen.run(chosen)
    except BadSettings as fault:
        return _failed(fault, 2)
    except DoesNotAnswer as fault:
        return _failed(fault, 1)
    return code


def _failed(why: object, code: int) -> int:
    print(why, file=sys.stderr)
    return code


def up(chosen: argparse.Namespace) -> int:
    """Starts the whole system on this machine and keeps it up until Ctrl-C."""
    from embedded.system import Product
    from embedded.up import up as run_up
    from store.migrate import migrate as apply
    from temporal.setup import register

    product = Product((sys.executable, str(Path(__file__).resolve())), apply, register)
    return run_up(product, _open_business, chosen.state, not chosen.no_demo)


def api(_: argparse.Namespace) -> int:
    """Serves the HTTP API."""
    from api.app import check_start
    from api.serving import CannotListen, serve

    settings = _configured()
    asyncio.run(check_start(settings))
    try:
        return 0 if serve(settings) else 1
    except CannotListen as fault:
        return _failed(fault, 1)
    except SystemExit:  # it has said why
        return 1


def worker(_: argparse.Namespace) -> int:
    """Runs the workflows and activities."""
    from worker import run

    asyncio.run(run(_configured()))
    return 0


def sandbox(chosen: argparse.Namespace) -> int:
    """Stands in for the vendors, on this machine only; never in production."""
    from sandbox.app import NotLocal, check_local, serve

    try:
        check_local(chosen.host)
    except NotLocal as refused:
        return _failed(refused, 2)
    settings = read_stand_in_settings()
    start_log(settings.log_level)
    if chosen.webhook_url and settings.stripe_webhook_secret is None:
        return _failed("SLOTKEEPER_STRIPE_WEBHOOK_SECRET is needed because --webhook-url is given", 2)
    secret_text = settings.stripe_webhook_secret.get_secret_value() if settings.stripe_webhook_secret else ""
    serve(chosen.host, chosen.http_port, chosen.smtp_port, chosen.state_file, chosen.webhook_url, secret_text)
    return 0


def migrate(_: argparse.Namespace) -> int:
    """Brings the database to this release's schema."""
    from store.logins import MissingRole
    from store.migrate import migrate as apply

    settings = _configured()
    steward_url, door_url = (
        url.get_secret_value() if url else None for url in (settings.database_steward_url, settings.database_door_url)
    )
    try:
        applied = asyncio.run(apply(settings.owner_url, settings.tenant_url, steward_url, door_url))
    except MissingRole as missing:
        return _failed(missing, 1)
    print("\n".join(f"applied {name}" for name in applied) or "nothing new")
    return 0


def seal(_: argparse.Namespace) -> int:
    """Seals customers' details that are not, and follows a new first key; beside everything that runs, and again at any time."""
    return asyncio.run(_seal(_configured()))


def schedules(_: argparse.Namespace) -> int:
    """Registers search attributes and schedules with Temporal."""
    from temporalio.service import RPCError

    from temporal.setup import register

    settings = _configured()
    try:
        asyncio.run(register(settings))
    except RPCError as refusal:
        return _failed(f"Temporal at {settings.temporal_address} refuses: {refusal}", 1)
    print("registered")
    return 0


def business(chosen: argparse.Namespace) -> int:
    """Opens a business, or finds the one of this name, and prints its id and a new API key."""
    from domain.times import zone_names

    if not chosen.name.strip() or not chosen.name.isprintable() or len(chosen.name) > 200:
        return _failed("name: must have 1 to 200 printable characters", 2)
    if chosen.timezone not in zone_names():
        return _failed(f"--timezone: {chosen.timezone!r} is not an IANA time zone such as Europe/Berlin", 2)
    settings = _configured()
    made = asyncio.run(_new_key(settings, chosen.name, chosen.timezone, chosen.on_calendar_failure))
    if made is None:
        return _failed("the database lacks migrations: run `slotkeeper migrate` first", 1)
    business_id, key = made
    print(f"business {business_id}\nAPI key  {key}\nThe key is shown this once and kept only as a hash.")
    return 0


def app(chosen: argparse.Namespace) -> int:
    """Registers an app of whoever runs the deployment, for customers and all businesses; prints its client id."""
    from domain.oauth import check_redirect_uri

    if not chosen.name.strip() or not chosen.name.isprintable() or len(chosen.name) > 200:
        return _failed("name: must have 1 to 200 printable characters", 2)
    try:
        uris = tuple(dict.fromkeys(check_redirect_uri(uri) for uri in chosen.redirect_uri))
    except ValueError as fault:
        return _failed(f"--redirect-uri: {fault}", 2)
    client_id = asyncio.run(_new_app(_configured(), chosen.name.strip(), uris))
    if client_id is None:
        return _failed("the database lacks migrations: run `slotkeeper migrate` first", 1)
    print(f"client id {client_id}\nIt has no secret; it shows by PKCE that it is the one that asked.")
    return 0


def doctor(chosen: argparse.Namespace) -> int:
    """Says of each part whether it works, and what is wrong in the books; exit code 1 when anything is."""
    from datetime import timedelta

    from doctor import PARTS, Look, examine, sandbox_of, settings_of

    if unknown := set(chosen.skip) - set(PARTS):
        return _failed(f"--skip: there is no part {', '.join(sorted(unknown))}; the parts are {', '.join(PARTS)}", 2)
    if not 0 <= chosen.quiet_for <= 86400:
        return _failed("--quiet-for: must be 0 to 86400 seconds", 2)
    vendors_for = None if chosen.all else timedelta(days=3)
    look = Look(timedelta(seconds=chosen.quiet_for), vendors_for, sandbox_of(chosen.state))
    return 0 if asyncio.run(examine(settings_of(chosen.state), chosen.skip, look, as_data=chosen.json)) else 1


async def _seal(settings: Settings) -> int:
    from store.migrate import missing_migrations
    from store.pool import open_pool
    from store.resealing import count_left, reseal
    from store.sealing import CannotOpen, deployments_vault

    vault, secret = deployments_vault(settings), settings.token_secret.get_secret_value()
    pool = await open_pool(settings.owner_url, 1, vault)
    try:
        if await missing_migrations(pool):
            return _failed("the database lacks migrations: run `slotkeeper migrate` first", 1)
        customers, keys = await count_left(pool, vault)
        print(f"{customers} customers to seal, {keys} keys to wrap anew with {vault.newest}")
        await reseal(pool, vault, secret, _tell_sealed)
    except CannotOpen as fault:
        return _failed(fault, 1)
    finally:
        await pool.close()
    return 0


def _tell_sealed(what: str, done: int) -> None:
    """Every thousandth is enough for a log."""
    if sys.stdout.isatty() or done % 1000 == 0:
        print(f"{done} {what}", flush=True)


async def _new_app(settings: Settings, name: str, uris: tuple[str, ...]) -> UUID | None:
    """None where the database is not migrated."""
    from uuid_utils.compat import uuid7

    from domain.oauth import OAuthClient
    from store.migrate import missing_migrations
    from store.oauth_clients import create_client
    from store.pool import open_pool

    pool = await open_pool(settings.steward_url, 1)
    try:
        if await missing_migrations(pool):
            return None
        made, _ = await create_client(pool, OAuthClient(uuid7(), None, name, uris))
        return made.client_id
    finally:
        await pool.close()


async def _new_key(settings: Settings, name: str, timezone: str, policy: str | None) -> tuple[UUID, str] | None:
    """None where the database is not migrated."""
    from domain.bookings import OnCalendarFailure
    from store.api_keys import create_api_key
    from store.businesses import create_business, find_business, set_calendar_policy
    from store.migrate import missing_migrations
    from store.pool import open_pool

    pool = await open_pool(settings.steward_url, 1)
    try:
        if await missing_migrations(pool):
            return None
        async with pool.acquire() as connection, connection.transaction():
            business_id = await find_business(connection, name) or await create_business(connection, name, timezone)
            if policy is not None:
                await set_calendar_policy(connection, business_id, OnCalendarFailure(policy))
            return business_id, await create_api_key(connection, business_id, "command line")
    finally:
        await pool.close()


async def _open_business(database_url: str, name: str, timezone: str, known_key: str | None) -> str:
    from store.api_keys import create_api_key, find_business_by_key
    from store.businesses import create_business, find_business
    from store.pool import open_pool

    pool = await open_pool(database_url, 1)
    try:
        if known_key is not None and await find_business_by_key(pool, known_key) is not None:
            return known_key
        async with pool.acquire() as connection, connection.transaction():
            found = await find_business(connection, name)
            return await create_api_key(connection, found or await create_business(connection, name, timezone), "demo")
    finally:
        await pool.close()


def _configured() -> Settings:
    settings = read_settings()
    start_log(settings.log_level)
    return settings


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="slotkeeper", description="Takes bookings that cannot go wrong quietly.")
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(run: Command) -> argparse.ArgumentParser:
        added = commands.add_parser(run.__name__, help=run.__doc__, description=run.__doc__)
        added.set_defaults(run=run)
        return added

    starting = command(up)
    starting.add_argument("--state", type=Path, default=STATE, metavar="DIR", help="where data, secrets and logs are kept")
    starting.add_argument("--no-demo", action="store_true", help="load no demo business and book nothing")
    for run in (api, worker, migrate, seal, schedules):
        command(run)
    standing_in = command(sandbox)
    standing_in.add_argument("--host", default="127.0.0.1")
    standing_in.add_argument("--http-port", type=int, default=8100)
    standing_in.add_argument("--smtp-port", type=int, default=8125)
    standing_in.add_argument("--state-file", type=Path, help="keeps the state there; in memory without it")
    standing_in.add_argument("--webhook-url", help="where payments' webhooks are sent")
    opening = command(business)
    opening.add_argument("name")
    opening.add_argument("--timezone", required=True, metavar="ZONE", help="an IANA name such as Europe/Berlin")
    opening.add_argument(
        "--on-calendar-failure",
        choices=("undo", "confirm_anyway"),
        help="whether a booking is undone or confirmed all the same while a provider's calendar cannot be written",
    )
    registering = command(app)
    registering.add_argument("name", help="as people read it when they are asked")
    back = "an exact address to which codes may be sent; may be repeated"
    registering.add_argument("--redirect-uri", action="append", required=True, metavar="ADDRESS", help=back)
    checking = command(doctor)
    checking.add_argument("--state", type=Path, default=STATE, metavar="DIR", help="of a system that `up` has started here")
    checking.add_argument("--skip", action="append", default=[], metavar="PART", help="leave a part out; may be repeated")
    checking.add_argument("--json", action="store_true", help="print everything as JSON")
    checking.add_argument("--all", action="store_true", help="ask the vendors about all bookings, not those of three days only")
    quiet = "what changed within so many seconds is under way, and left for the next time (600)"
    checking.add_argument("--quiet-for", type=float, default=600, metavar="SECONDS", help=quiet)
    return parser


if __name__ == "__main__":
    program()
