"""Whether this program lives, whether it can do its work, and its numbers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from api.openapi import problems
from api.problems import Problem
from api.schemas.fields import Answer
from api.wiring import Wired, Wiring
from store.migrate import missing_migrations

routes = APIRouter(tags=["operations"])

PATIENCE = 3.0

Outcome = TypeVar("Outcome")


class Alive(Answer):
    """The program answers."""

    status: str = "alive"


class Ready(Answer):
    """Every part answers; `checks` names them."""

    status: str = "ready"
    checks: dict[str, str]


@routes.get("/health/live", summary="Is the program alive?")
async def live() -> Alive:
    """Looks at nothing else, so that a database in trouble does not restart the API."""
    return Alive()


@routes.get("/health/ready", summary="Can bookings be taken?", responses=problems("not-ready"))
async def ready(request: Request, wired: Wired) -> Ready:
    """The database is reachable and migrated, Temporal answers, a worker is polling, and nobody has told us to stop."""
    if request.app.state.draining.has_begun:
        raise Problem("not-ready", "the API stops", more={"checks": {"api": "stops"}})
    (database, migrations), (temporal, worker) = await asyncio.gather(_database(wired), _temporal(wired))
    checks = {"database": database, "migrations": migrations, "temporal": temporal, "worker": worker}
    failing = [f"{name}: {state}" for name, state in checks.items() if state != "ok"]
    if failing:
        raise Problem("not-ready", "; ".join(failing), more={"checks": checks})
    return Ready(checks=checks)


@routes.get("/metrics", summary="Numbers for Prometheus", response_class=Response)
async def metrics(wired: Wired, request: Request) -> Response:
    """How many requests there were and how long they took, by route and status; how many were turned away, and the limit now."""
    return Response(request.app.state.metrics.text(wired.admission.numbers.registry), media_type=CONTENT_TYPE_LATEST)


async def _database(wired: Wiring) -> tuple[str, str]:
    missing = await _within(missing_migrations(wired.pool))
    if missing is None:
        return "does not answer", "unknown"
    return "ok", "ok" if not missing else f"missing: {', '.join(missing)}"


async def _temporal(wired: Wiring) -> tuple[str, str]:
    is_polling = await _within(wired.commands.worker_is_polling())
    if is_polling is None:
        return "does not answer", "unknown"
    return "ok", "ok" if is_polling else "nobody polls"


async def _within(question: Awaitable[Outcome]) -> Outcome | None:
    """The answer, or None when there was none in time or none at all: that is what is being asked here."""
    try:
        return await asyncio.wait_for(question, PATIENCE)
    except Exception:
        return None
