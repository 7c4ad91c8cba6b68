"""The logins of the embedded database: each part of the product its own, with passwords that follow from the owner's."""

from __future__ import annotations

import hmac
from urllib.parse import quote, unquote, urlsplit

TENANT, STEWARD, DOOR = "slotkeeper_tenant", "slotkeeper_steward", "slotkeeper_doorkeeper"


def logins(owner_url: str) -> dict[str, str]:
    """The settings that name the database: for one business at a time, for all of them, for people's accounts, and
    for its owner."""
    return {
        "database_url": _as(TENANT, owner_url),
        "database_steward_url": _as(STEWARD, owner_url),
        "database_door_url": _as(DOOR, owner_url),
        "database_owner_url": owner_url,
    }


def _as(login: str, owner_url: str) -> str:
    parts = urlsplit(owner_url)
    password = hmac.digest(unquote(parts.password or "").encode(), login.encode(), "sha256").hex()
    place = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{quote(login)}:{password}@{place}").geturl()
