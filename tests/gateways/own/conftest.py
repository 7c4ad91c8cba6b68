"""What accounts of businesses' own are tried against."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from gateways.own.building import Builder
from settings import Settings
from tests.gateways.calendars.radicale import radicale


@pytest.fixture(scope="module")
def dav(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A CalDAV server's address."""
    with radicale(tmp_path_factory.mktemp("radicale")) as url:
        yield url


def builder(**changes: Any) -> Builder:
    known = {"database_url": "postgresql://x", "token_secret": "t" * 32, "webhook_may_be_local": True}
    return Builder(Settings.model_validate(known | changes))
