"""Whose rows a request may see: of the business whose credential or service it names, and of nobody before that is known."""

from __future__ import annotations

from collections import OrderedDict
from uuid import UUID

from starlette.types import ASGIApp, Receive, Scope, Send

from api.middleware.limiting import count_business
from store.pool import Database
from store.services import find_business_of_service
from store.tenants import enter_business, of_business

MOST = 20_000  # of some hundred bytes each


class KnownServices:
    """Whose each service is that was asked for lately; it never changes, so it is looked up once."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: OrderedDict[UUID, UUID] = OrderedDict()

    async def enter_business(self, database: Database, service_id: UUID) -> UUID | None:
        """From here on the request is about the service's business, which is returned; None where there is no such service.
        Raises Problem where strangers ask too much of that business."""
        found = self._known.get(service_id) or await find_business_of_service(database, service_id)
        if found is None:
            return None
        self._known[service_id] = found
        self._known.move_to_end(service_id)
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        enter_business(found)
        await count_business(found, is_known=False)
        return found


class Anonymous:
    """Each request begins as nobody's, whatever the one before it on this task was about."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with of_business(None):
            await self._app(scope, receive, send)
