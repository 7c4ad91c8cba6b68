"""The audit log, for those who may look into it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.auth import requires
from api.cursors import Paged, cursor_of, number_in
from api.openapi import problems
from api.schemas.audit import AuditLineAnswer, AuditLog, AuditQuery
from api.wiring import Wired
from domain.people import Permission
from store.audit import AuditFilter, list_lines

routes = APIRouter(
    prefix="/api/v1/audit-log",
    tags=["audit log"],
    responses=problems("unauthorised", "forbidden", "invalid-request", "unavailable"),
)

Reads = Annotated[UUID, requires(Permission.AUDIT_READ)]


@routes.get("", summary="Read the audit log")
async def read_audit_log(wired: Wired, business_id: Reads, query: Annotated[AuditQuery, Query()], pages: Paged) -> AuditLog:
    """Every call of staff, the latest first: who, when, from which address, for which ids. This one is in it as well."""
    wanted = AuditFilter(query.who, query.from_, query.to)
    found = await list_lines(wired.pool, business_id, wanted, number_in(query.cursor), query.limit + 1)
    page = found[: query.limit]
    more = cursor_of(str(page[-1].seq)) if len(found) > query.limit else None
    return AuditLog(items=[AuditLineAnswer.of(line) for line in page], next_cursor=pages.link(more))
