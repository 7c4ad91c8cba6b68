"""The HTTP application around one wiring: its routes, its refusals, its description and its docs page."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import fastapi_offline
from fastapi import FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from api import (
    allowed_networks,
    approvals,
    audit_log,
    bookings,
    business,
    busy_calendars,
    cancelling_series,
    changes,
    customers,
    health,
    holidays,
    keys,
    message_settings,
    messages,
    no_shows,
    operations,
    own_bookings,
    paying,
    providers,
    security_events,
    series,
    services,
    slots,
    templates,
    time_off,
    vendor_accounts,
    waitlist,
    webhook_endpoints,
    webhooks,
)
from api.conditions import Tagging
from api.errors import translate_errors
from api.identity import authorising, members, oauth_clients, passwords, people, second_factor, sessions, sso, sso_connections
from api.middleware.auditing import Auditing
from api.middleware.body_limit import BodyLimit
from api.middleware.client_address import ClientAddress
from api.middleware.compressing import Compressing
from api.middleware.draining import Draining, Parting
from api.middleware.heading import Heading
from api.middleware.limiting import Limiting
from api.middleware.origins import Origins
from api.middleware.security_headers import SecurityHeaders, headers_of, policy_of_page
from api.middleware.time_limits import TimeLimits
from api.middleware.watching import RequestMetrics, Watching
from api.openapi import describe
from api.tenants import Anonymous
from api.told import describe_events
from api.wiring import Wiring, longest_answer
from settings import Settings

ASSETS = Path(fastapi_offline.__file__).parent / "static"  # Swagger UI from a wheel: the docs work without the internet

AREAS = (
    slots,  # most asked first
    bookings,
    services,
    providers,
    time_off,
    busy_calendars,
    holidays,
    series,
    cancelling_series,
    paying,
    approvals,
    no_shows,
    changes,
    operations,
    waitlist,
    customers,
    templates,
    message_settings,
    messages,
    business,
    webhook_endpoints,
    webhooks,
    people,
    sessions,
    passwords,
    second_factor,
    members,
    keys,
    allowed_networks,
    audit_log,
    oauth_clients,
    own_bookings,
    security_events,
    sso_connections,
    vendor_accounts,
    health,
)

PAGES = (authorising, sso)
"""For people's eyes, and so no part of the API's description."""


def build_app(
    settings: Settings,
    wiring: Wiring | None = None,
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None,
) -> FastAPI:
    """The app around this wiring, or around the one that `lifespan` puts into `app.state.wiring`."""
    app = FastAPI(
        title="Slotkeeper",
        version="1",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        generate_unique_id_function=lambda route: route.name.removesuffix("_route"),
    )
    metrics = RequestMetrics()
    app.state.metrics = metrics
    app.state.draining = Draining()
    if wiring is not None:
        app.state.wiring = wiring
    for area in (*AREAS, *PAGES):
        app.include_router(area.routes)
    describe_events(app)
    _serve_docs(app)
    translate_errors(app)
    describe(app, settings.public_url)
    app.add_middleware(Auditing)
    app.add_middleware(Anonymous)
    app.add_middleware(Tagging, prefix="/api/")
    app.add_middleware(Compressing)
    app.add_middleware(BodyLimit, most=settings.api_request_bytes)
    app.add_middleware(TimeLimits, body=settings.api_body_seconds, answer=longest_answer(settings))
    app.add_middleware(Limiting, free=settings.unlimited_networks)
    app.add_middleware(ClientAddress, trusted=settings.trusted_proxies)
    app.state.security_headers = headers_of(settings.public_url)
    app.add_middleware(SecurityHeaders, headers=app.state.security_headers)
    app.add_middleware(Parting, draining=app.state.draining)
    app.add_middleware(Origins, wiring=lambda: app.state.wiring)
    app.add_middleware(Heading)
    app.add_middleware(Watching, metrics=metrics)  # the last one added is the outermost
    return app


def _serve_docs(app: FastAPI) -> None:
    app.mount("/docs/assets", StaticFiles(directory=ASSETS), name="docs-assets")
    app.get("/docs", include_in_schema=False)(show_docs)


async def show_docs(request: Request) -> HTMLResponse:
    """Swagger UI."""
    root = request.scope.get("root_path", "")
    page = get_swagger_ui_html(
        openapi_url=f"{root}{request.app.openapi_url}",
        title="Slotkeeper API",
        swagger_js_url=f"{root}/docs/assets/swagger-ui-bundle.js",
        swagger_css_url=f"{root}/docs/assets/swagger-ui.css",
        swagger_favicon_url=f"{root}/docs/assets/favicon.png",
    )
    page.headers["Content-Security-Policy"] = policy_of_page(bytes(page.body).decode())
    return page
