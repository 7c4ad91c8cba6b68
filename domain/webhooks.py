"""What businesses' own systems are told of their bookings: the public names, the deliveries, and who carries them."""

from __future__ import annotations

import ipaddress
import secrets
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import UUID

# By kind of timeline entry. What is missing here is our own business (claims, troubles, calendars) and told to nobody.
PUBLIC_NAMES: Mapping[str, str] = {
    "held": "booking.held",
    "confirming": "booking.confirming",
    "back_to_hold": "booking.held_again",
    "confirmed": "booking.confirmed",
    "cancelled": "booking.cancelled",
    "rescheduled": "booking.rescheduled",
    "completed": "booking.completed",
    "no_show": "booking.no_show",
    "expired": "booking.expired",
    "failed": "booking.failed",
    "payment_authorised": "payment.authorised",
    "payment_action_required": "payment.action_required",
    "payment_captured": "payment.captured",
    "payment_declined": "payment.declined",
    "payment_voided": "payment.voided",
    "payment_renewed": "payment.renewed",
    "payment_renewal_declined": "payment.renewal_declined",
    "payment_refunded": "payment.refunded",
    "refund_requested": "payment.refund_requested",
    "refund_failed": "payment.refund_failed",
    "charge_captured": "payment.charged",
    "charge_declined": "payment.charge_declined",
    "charge_undone": "payment.charge_undone",
    "approval_requested": "booking.approval_requested",
    "approved": "booking.approved",
    "declined": "booking.declined",
    "series_created": "series.created",
    "series_confirmed": "series.confirmed",
    "waitlist_offered": "waitlist.offered",
    "waitlist_accepted": "waitlist.accepted",
    "waitlist_lapsed": "waitlist.lapsed",
    "notification_sent": "message.sent",
    "notification_delivered": "message.delivered",
    "notification_undelivered": "message.failed",
    "notification_refused": "message.failed",
}
# What people did at the vendor or in another way, and then told us: by kind of step and by what they did.
BY_HAND: Mapping[tuple[str, str], str] = {
    ("refund", "refunded"): "payment.refunded",
    ("charge", "charged"): "payment.charged",
    ("void-payment", "voided"): "payment.voided",
    ("void-payment", "refunded"): "payment.refunded",
    ("undo-charge", "voided"): "payment.charge_undone",
    ("undo-charge", "refunded"): "payment.charge_undone",
}
REMINDED = "reminder.sent"
TEST = "webhook_endpoint.test"
JOINED, LEFT = "waitlist.joined", "waitlist.left"
OF_WAITLIST: Sequence[str] = (JOINED, LEFT)
"""What is told of an entry that has no booking yet."""
EVENT_TYPES: Sequence[str] = tuple(sorted({*PUBLIC_NAMES.values(), REMINDED, *OF_WAITLIST}))
"""All that an endpoint may choose from; a test is sent only when it is asked for."""

# Seconds after each failure, as https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
# proposes: three days and a bit.
RETRY_SECONDS: Sequence[float] = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)

NEVER = (
    ipaddress.ip_network("168.63.129.16/32"),  # looks public, and is what each machine at Azure asks about itself
    ipaddress.ip_network("192.0.0.0/24"),  # Oracle's, among others
    ipaddress.ip_network("100.64.0.0/10"),  # Alibaba's, and carriers' own
    ipaddress.ip_network("64:ff9b:1::/48"),  # leads to IPv4 addresses of somebody's own
    ipaddress.ip_network("5f00::/16"),
    ipaddress.ip_network("3fff::/20"),
)
"""What versions of Python call public, or may come to, and is none of a business's own machines."""

AT_ONCE = 20
"""How many deliveries one endpoint is worked at with, so that a slow one leaves room for the others."""

KEPT_FOR = timedelta(days=30)


def public_name(kind: str, detail: Mapping[str, Any]) -> str | None:
    """What a timeline entry is called outside; None where it is told to nobody."""
    if kind == "settled_by_hand":
        return BY_HAND.get((str(detail.get("step")).partition(":")[0], str(detail.get("done"))))
    name = PUBLIC_NAMES.get(kind)
    is_reminder = name == "message.sent" and str(detail.get("message", "")).startswith("reminder")
    return REMINDED if is_reminder else name


class DeliveryState(StrEnum):
    """How a delivery stands. `skipped`: its endpoint was disabled first; `replaced`: a replay took its place."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    SKIPPED = "skipped"
    REPLACED = "replaced"


class DisabledReason(StrEnum):
    """Why we send nothing more: the receiver answered 410, or failed for days."""

    GONE = "gone"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one endpoint, tried so often already. Carries nothing personal and no secret."""

    business_id: UUID
    id: UUID
    event_id: UUID
    endpoint_id: UUID
    round: int = 0
    tries: int = 0

    @property
    def workflow_id(self) -> str:
        """One for each round, so whoever starts it twice starts it once."""
        again = f"-{self.round}" if self.round else ""
        return f"webhook-{self.event_id}-{self.endpoint_id}{again}"


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is posted: where to, signed with each of these secrets. `id` is the same for every try, so that a receiver knows
    a repeat; `body` is the same, too."""

    id: str
    url: str
    body: str
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came back: a status with the beginning of the answer, or a code that says why there is none."""

    at: datetime
    status: int | None = None
    answer: str = ""
    error: str | None = None

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def says_gone(self) -> bool:
        return self.status == 410


class WebhookGateway(Protocol):
    """Posts to addresses that businesses gave us, and reaches nothing inside."""

    async def post(self, parcel: Parcel) -> Receipt:
        """One try; never raises for what the other side does or fails to do."""


def new_secret() -> str:
    """256 random bits, as Standard Webhooks writes them."""
    return f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"


def queue_of(task_queue: str) -> str:
    """The task queue on which deliveries wait for slow receivers, apart from everything else."""
    return f"{task_queue}-webhooks"


def check_url(url: str, *, may_be_local: bool) -> None:
    """Raises ValueError, in words for the business, for an address that we would not post to.

    What a name leads to is looked at again whenever we connect.
    """
    parts = urlsplit(url)
    if not url.isascii() or any(char <= " " or char in '\\"<>^`{|}\x7f' for char in url) or not parts.hostname:
        raise ValueError("must be an address such as https://example.com/webhooks")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise ValueError("must have no user, password or fragment")
    if parts.port == 0:  # and what is no port at all raises by itself
        raise ValueError("must have a port from 1 to 65535")
    is_local = may_be_local and _is_loopback(parts.hostname)
    if parts.scheme != "https" and not (is_local and parts.scheme == "http"):
        raise ValueError("must begin with https://")
    literal = _address(parts.hostname)
    is_outside = literal is not None and may_connect(literal, may_be_local=may_be_local)
    if not is_outside and not is_local and (literal is not None or parts.hostname == "localhost"):
        raise ValueError("must be an address on the internet")


def may_connect(address: ipaddress.IPv4Address | ipaddress.IPv6Address, *, may_be_local: bool) -> bool:
    """Whether an address is on the public internet, or on this machine where that is wanted. An IPv6 address that carries an
    IPv4 address inside (mapped, NAT64, 6to4, Teredo) is judged by that."""
    inner = _inside(address)
    if inner is not None:
        return may_connect(inner, may_be_local=may_be_local)
    if address.is_loopback:
        return may_be_local
    if any(address.version == network.version and address in network for network in NEVER):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _inside(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in ipaddress.ip_network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    literal = _address(host)
    return host == "localhost" if literal is None else literal.is_loopback
