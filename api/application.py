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
    approvals,
    bookings,
    busy_calendars,
    cancelling_series,
    changes,
    health,
    holidays,
    message_settings,
    messages,
    no_shows,
    operations,
    paying,
    providers,
    series,
    services,
    slots,
    templates,
    time_off,
    waitlist,
    webhook_endpoints,
    webhooks,
)
from api.body_limit import BodyLimit
from api.draining import Draining, Parting
from api.errors import translate_errors
from api.openapi import describe
from api.told import describe_events
from api.watching import RequestMetrics, Watching
from api.wiring import Wiring
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
    templates,
    message_settings,
    messages,
    webhook_endpoints,
    webhooks,
    health,
)


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
    for area in AREAS:
        app.include_router(area.routes)
    describe_events(app)
    _serve_docs(app)
    translate_errors(app)
    describe(app)
    app.add_middleware(BodyLimit, most=settings.api_request_bytes)
    app.add_middleware(Parting, draining=app.state.draining)
    app.add_middleware(Watching, metrics=metrics)  # the last one added is the outermost
    return app


def _serve_docs(app: FastAPI) -> None:
    app.mount("/docs/assets", StaticFiles(directory=ASSETS), name="docs-assets")

    @app.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> HTMLResponse:
        root = request.scope.get("root_path", "")
        return get_swagger_ui_html(
            openapi_url=f"{root}{app.openapi_url}",
            title="Slotkeeper API",
            swagger_js_url=f"{root}/docs/assets/swagger-ui-bundle.js",
            swagger_css_url=f"{root}/docs/assets/swagger-ui.css",
            swagger_favicon_url=f"{root}/docs/assets/favicon.png",
        )
