"""Routes that will go: each answer says since when, until when, and what to use instead (RFC 9745, RFC 8594)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from fastapi import Depends, Request

from api.middleware.heading import say_with_the_answer


@dataclass(frozen=True, slots=True)
class Deprecated:
    """A dependency of a route that should not be used any more since this time; from `sunset` on it may be gone. `instead` is a
    page that says what to do.

    Times are in UTC, and a route is gone no sooner than it is deprecated.
    """

    since: datetime
    sunset: datetime | None = None
    instead: str | None = None

    def __post_init__(self) -> None:
        if self.sunset is not None and self.sunset < self.since:
            raise ValueError("the sunset must not come before the deprecation")

    async def __call__(self, request: Request) -> None:
        say_with_the_answer(request, self.headers())

    def headers(self) -> dict[str, str]:
        """As they are sent."""
        said = {"Deprecation": f"@{int(self.since.timestamp())}"}
        if self.sunset is not None:
            said["Sunset"] = format_datetime(self.sunset, usegmt=True)
        if self.instead is not None:
            said["Link"] = f'<{self.instead}>; rel="deprecation"; type="text/html"'
        return said

    @property
    def route(self) -> dict[str, Any]:
        """Arguments of a route that carries it: `@routes.get("/old", **OLD.route)`. The description says so as well."""
        return {"deprecated": True, "dependencies": [Depends(self)]}
