from enum import StrEnum


class Permission(StrEnum):
    AUDITREAD = "audit:read"
    BOOKINGSOVERRIDE = "bookings:override"
    BOOKINGSREAD = "bookings:read"
    BOOKINGSWRITE = "bookings:write"
    CATALOGUEREAD = "catalogue:read"
    CATALOGUEWRITE = "catalogue:write"
    CUSTOMERSERASE = "customers:erase"
    CUSTOMERSEXPORT = "customers:export"
    CUSTOMERSREAD = "customers:read"
    KEYSREAD = "keys:read"
    KEYSWRITE = "keys:write"
    MEMBERSREAD = "members:read"
    MEMBERSWRITE = "members:write"
    OPERATIONSREAD = "operations:read"
    OPERATIONSWRITE = "operations:write"
    OWNERSWRITE = "owners:write"
    SCHEDULESREAD = "schedules:read"
    SCHEDULESWRITE = "schedules:write"
    SECURITYREAD = "security:read"
    SETTINGSREAD = "settings:read"
    SETTINGSWRITE = "settings:write"
    WAITLISTREAD = "waitlist:read"
    WAITLISTWRITE = "waitlist:write"
    WEBHOOKSREAD = "webhooks:read"
    WEBHOOKSWRITE = "webhooks:write"

    @classmethod
    def _missing_(cls, value: object) -> "Permission":
        """A word of a later release, which is neither of these."""
        if not isinstance(value, str):
            raise ValueError(f"{value!r} is no word")
        word = str.__new__(cls, value)
        word._name_ = word._value_ = value
        return word

    def __str__(self) -> str:
        return str(self.value)
