"""What an operator's wish may get wrong, and what it is told then."""

from __future__ import annotations

import re

from domain.errors import MalformedOperation, NotSettledThatWay
from domain.messages import Recipient
from domain.operations import RefundBooking, ResendMessage, Wish
from domain.outside_steps import ByHand, step_of
from domain.sealed import is_sealed

OPERATOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:_-]{0,79}")
OPERATION_ID = re.compile(r"[\x21-\x7e]{1,200}")
LONGEST_REASON = 500
EMAIL, PHONE = re.compile(r"[^\s@]{1,64}@[^\s@]+\.[^\s@]{2,}"), re.compile(r"\+[1-9]\d{5,14}")


def check_wish(wish: Wish, operation_id: str) -> None:
    """What a Web UI's hand-written JSON may get wrong. Raises MalformedOperation, which names the field."""
    if not OPERATOR.fullmatch(wish.operator):
        raise MalformedOperation("operator: must be a name of letters, digits and . : _ -", field="operator")
    if not OPERATION_ID.fullmatch(operation_id):
        raise MalformedOperation("operation_id: must be 1 to 200 printable characters without spaces", field="operation_id")
    reason = getattr(wish, "reason", None)
    if reason is not None and not is_sealed(reason) and not (0 < len(reason.strip()) <= LONGEST_REASON):
        raise MalformedOperation(f"reason: must have 1 to {LONGEST_REASON} characters", field="reason")
    if isinstance(wish, RefundBooking) and wish.amount is not None and wish.amount <= 0:
        raise MalformedOperation("amount: must be more than nothing, in minor units", field="amount")
    if isinstance(wish, ResendMessage):
        _check_address(wish)


def _check_address(wish: ResendMessage) -> None:
    if wish.recipient is not Recipient.CUSTOMER and (wish.email or wish.phone):
        raise MalformedOperation("recipient: only a customer's address is corrected here", field="recipient")
    if wish.email is not None and not is_sealed(wish.email) and not EMAIL.fullmatch(wish.email):
        raise MalformedOperation("email: must be an address such as grace@example.com", field="email")
    if wish.phone is not None and not is_sealed(wish.phone) and not PHONE.fullmatch(wish.phone):
        raise MalformedOperation("phone: must be a number such as +4930901820", field="phone")


def check_settled(step: str, done: ByHand) -> None:
    """Raises MalformedOperation for a name that is no step's, NotSettledThatWay for what is never done by hand so."""
    known = step_of(step)
    if known is None:
        raise MalformedOperation("step: there is no step of this name", field="step")
    if done not in known.settled_by:
        ways = ", ".join(sorted(way.value for way in known.settled_by)) or "nothing"
        raise NotSettledThatWay(f"what may be done by hand of this step: {ways}", field="done")
