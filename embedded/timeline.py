"""A booking's timeline in words, for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

WORDS = {
    "held": "The slot is held for the customer.",
    "rules_overridden": "The business sets rules of its own aside: {rules}.",
    "not_held": "Nobody got to it in time: whoever asked was told to come again.",
    "hold_lapsed": "The hold ended, and another took the time.",
    "confirming": "The customer confirms.",
    "payment_opened": "A payment is opened at the vendor.",
    "payment_action_required": "The customer's bank wants to know that it is really them.",
    "payment_authorised": "The money is reserved on the card.",
    "payment_declined": "The card is declined; the hold stays.",
    "back_to_hold": "The booking is held again, and another card can be tried.",
    "claim_secured": "The slot is theirs: the hold no longer ends.",
    "calendar_written": "The appointment stands in the provider's calendar.",
    "payment_captured": "The money is taken.",
    "confirmed": "The booking is confirmed.",
    "notification_sent": "The customer gets a {message} by {channel}.",
    "notification_queued": "A {message} to the customer is on its way by {channel}.",
    "notification_delivered": "The {message} has arrived by {channel}.",
    "notification_undelivered": "The carrier could not deliver the {message} by {channel}.",
    "notification_refused": "The carrier refuses to bring the customer a {message} by {channel}.",
    "trouble": "Trouble with {step}; it is tried again.",
    "expired": "The hold has ended.",
    "failed": "The booking has failed.",
    "cancelled": "The booking is cancelled.",
}


def in_words(entry: Mapping[str, Any]) -> str:
    """One line of the timeline; what has no words here is said by its name."""
    kind = str(entry["kind"])
    words = WORDS.get(kind, kind.replace("_", " ").capitalize() + ".").format_map(_Known(entry["detail"]))
    return f"{datetime.fromisoformat(entry['at']):%H:%M:%S}  {words}"


class _Known(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return name
