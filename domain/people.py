"""Who works for a business, and what each role may do."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 128
"""In characters (NIST SP 800-63B asks for no kinds of characters, and neither do we)."""


class Role(StrEnum):
    """Of a person in a business, from the one who may do everything to the one who only looks."""

    OWNER = "owner"
    ADMIN = "admin"
    STAFF = "staff"
    VIEWER = "viewer"


class Permission(StrEnum):
    """What a route asks for; also the scopes that an API key may have."""

    BOOKINGS_READ = "bookings:read"
    BOOKINGS_WRITE = "bookings:write"
    BOOKINGS_OVERRIDE = "bookings:override"
    CUSTOMERS_READ = "customers:read"
    CUSTOMERS_EXPORT = "customers:export"
    CUSTOMERS_ERASE = "customers:erase"
    WAITLIST_READ = "waitlist:read"
    WAITLIST_WRITE = "waitlist:write"
    CATALOGUE_READ = "catalogue:read"
    CATALOGUE_WRITE = "catalogue:write"
    SCHEDULES_READ = "schedules:read"
    SCHEDULES_WRITE = "schedules:write"
    OPERATIONS_READ = "operations:read"
    OPERATIONS_WRITE = "operations:write"
    SETTINGS_READ = "settings:read"
    SETTINGS_WRITE = "settings:write"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"
    MEMBERS_READ = "members:read"
    MEMBERS_WRITE = "members:write"
    AUDIT_READ = "audit:read"
    OWNERS_WRITE = "owners:write"
    KEYS_READ = "keys:read"
    KEYS_WRITE = "keys:write"
    SECURITY_READ = "security:read"


_EVERYBODY = frozenset(Role)
_STAFF = frozenset({Role.OWNER, Role.ADMIN, Role.STAFF})
_ADMINS = frozenset({Role.OWNER, Role.ADMIN})
_OWNERS = frozenset({Role.OWNER})

ROLES: Mapping[Permission, frozenset[Role]] = {
    Permission.BOOKINGS_READ: _EVERYBODY,
    Permission.BOOKINGS_WRITE: _STAFF,
    Permission.BOOKINGS_OVERRIDE: _STAFF,
    Permission.CUSTOMERS_READ: _EVERYBODY,
    Permission.CUSTOMERS_EXPORT: _ADMINS,
    Permission.CUSTOMERS_ERASE: _ADMINS,
    Permission.WAITLIST_READ: _EVERYBODY,
    Permission.WAITLIST_WRITE: _STAFF,
    Permission.CATALOGUE_READ: _EVERYBODY,
    Permission.CATALOGUE_WRITE: _ADMINS,
    Permission.SCHEDULES_READ: _EVERYBODY,
    Permission.SCHEDULES_WRITE: _STAFF,
    Permission.OPERATIONS_READ: _STAFF,
    Permission.OPERATIONS_WRITE: _ADMINS,
    Permission.SETTINGS_READ: _EVERYBODY,
    Permission.SETTINGS_WRITE: _ADMINS,
    Permission.WEBHOOKS_READ: _ADMINS,
    Permission.WEBHOOKS_WRITE: _ADMINS,
    Permission.MEMBERS_READ: _STAFF,
    Permission.MEMBERS_WRITE: _ADMINS,
    Permission.AUDIT_READ: _ADMINS,
    Permission.OWNERS_WRITE: _OWNERS,
    Permission.KEYS_READ: _ADMINS,
    Permission.KEYS_WRITE: _ADMINS,
    Permission.SECURITY_READ: _OWNERS,
}

EVERYTHING = frozenset(Permission)


def permissions_of(role: Role) -> frozenset[Permission]:
    """All that the role may do."""
    return _OF_ROLE[role]


_OF_ROLE = {role: frozenset(permission for permission, roles in ROLES.items() if role in roles) for role in Role}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose address is known to be theirs."""

    id: UUID
    email: str
    name: str
    has_second_factor: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Membership:
    """What a person is in one business."""

    business_id: UUID
    business_name: str
    role: Role


def normal_password(text: str) -> str:
    """The same for every keyboard that writes an é its own way (NIST SP 800-63B, 3.1.1.2).

    Raises ValueError where it is too short or too long, or is no text.
    """
    if any(unicodedata.category(char) == "Cs" for char in text):
        raise ValueError("must not contain characters that do not exist")
    password = unicodedata.normalize("NFC", text)
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise ValueError(f"must have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    return password
