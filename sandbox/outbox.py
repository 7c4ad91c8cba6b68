"""The outbox page: what customers and vendors would have got, for people to look at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from html import escape
from zoneinfo import ZoneInfo

from domain.money import Money
from domain.times import zone_names
from sandbox.state import Row

STYLE = """
:root{color-scheme:light dark;--line:#8884;--soft:#8881}
body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:1200px;padding:0 1.5rem 3rem}
.banner{background:repeating-linear-gradient(45deg,#f5b301,#f5b301 14px,#e09f00 14px,#e09f00 28px);color:#221a00;
 font-weight:700;padding:.5rem 1rem;margin:0 -1.5rem 1rem}
main{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(340px,100%),1fr));gap:1.5rem}
h1{font-size:1.4rem;margin:.5rem 0}h2{font-size:1.05rem;border-bottom:1px solid var(--line);padding-bottom:.3rem}
article{border:1px solid var(--line);border-radius:10px;padding:.7rem .9rem;margin:.7rem 0;background:var(--soft);
 overflow-wrap:anywhere}
.sms{border-radius:16px 16px 16px 3px;background:#2f7de11f}
small{opacity:.7}pre{white-space:pre-wrap;font:inherit;margin:.4rem 0 0}
.tag{border-radius:99px;padding:.1rem .6rem;font-size:.8rem;font-weight:600;background:#8883}
.good{background:#1a9c5c55}.held{background:#2f7de155}.gone{background:#d23f3f55}
"""

LOOKS = {"succeeded": ("captured", "good"), "requires_capture": ("authorised", "held"), "canceled": ("voided", "gone"),
         "refunded": ("refunded", "gone"),
         "confirmed": ("in the calendar", "good"), "cancelled": ("deleted", "gone")}  # fmt: skip

# Where Stripe's units are not ISO 4217's: https://docs.stripe.com/currencies#special-cases
STRIPES_DECIMALS = {"ISK": 2, "UGX": 2, "MGA": 0}


def page(payments: list[Row], calendar_events: list[Row], messages: list[Row], webhooks: Sequence[Row] = ()) -> str:
    """The whole page; every value is escaped, nothing is loaded from elsewhere, and it renews itself."""
    columns = [
        ("Messages", [_message(row) for row in sorted(messages, key=lambda row: str(row["at"]), reverse=True)]),
        ("Calendar events", [_event(row) for row in reversed(calendar_events)]),
        ("Payments", [_payment(row) for row in reversed(payments)]),
        ("Webhooks", [_webhook(row) for row in reversed(webhooks)]),
    ]
    body = "".join(
        f"<section><h2>{title} <small>({len(items)})</small></h2>{''.join(items) or '<p>nothing yet</p>'}</section>"
        for title, items in columns
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="5">'
        f'<meta name="viewport" content="width=device-width"><title>Sandbox outbox</title><style>{STYLE}</style></head><body>'
        f'<div class="banner">SANDBOX – no money moves and no message is delivered</div><h1>Outbox</h1><main>{body}</main>'
        "</body></html>"
    )


def _message(row: Row) -> str:
    kind = "sms" if row["channel"] == "sms" else "email"
    head = f"<b>{_text(row['subject'])}</b><br>" if row.get("subject") else ""
    attached = ' <span class="tag">calendar file</span>' if row.get("ics") else ""
    return (
        f'<article class="{kind}"><small>{_text(row["channel"])} to {_text(row["to"])} · {_moment(row["at"], None)}</small>'
        f"{attached}<br>{head}<pre>{_text(row['text'])}</pre></article>"
    )


def _event(row: Row) -> str:
    return (
        f"<article>{_tag(row['status'])} <b>{_text(row['summary'])}</b><br>{_moment(row['starts_at'], row['timezone'])} –<br>"
        f"{_moment(row['ends_at'], row['timezone'])}<br><small>{_text(row['calendar_id'])}</small></article>"
    )


def _payment(row: Row) -> str:
    refunded = int(row["refunded"])
    state = "refunded" if refunded and refunded == row["amount"] else str(row["state"])
    given_back = f" · {_money(refunded, row['currency'])} given back" if refunded else ""
    return (
        f"<article>{_tag(state)} <b>{_money(row['amount'], row['currency'])}</b>{given_back}<br>"
        f"<small>{_text(row['id'])}<br>booking {_text(row['booking_id'])}</small></article>"
    )


def _webhook(row: Row) -> str:
    data = row["data"] or {}
    mark = '<span class="tag good">signature verified</span>' if row["verified"] else '<span class="tag gone">not verified</span>'
    booking = f" · booking {_text(data['id'])}, {_text(data['status'])}" if "status" in data else ""
    return (
        f"<article>{mark} <b>{_text(row['type'] or 'unknown')}</b><br>"
        f"<small>to {_text(row['receiver'])} · {_moment(row['at'], None)}{booking}<br>{_text(row['id'])}</small></article>"
    )


def _money(amount: int, currency: str) -> str:
    """As Stripe counts it, with the currency's own decimals; what is no currency is shown as it came."""
    code = currency.upper()
    try:
        decimals = STRIPES_DECIMALS.get(code, Money(int(amount), code).decimals)
    except ValueError:
        return _text(f"{amount} {currency}")
    return f"{Decimal(amount).scaleb(-decimals):,f} {code}"


def _moment(at: str, zone: str | None) -> str:
    """On the clock of its zone, which is named; in UTC where none is known."""
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return _text(at)
    known: tzinfo = ZoneInfo(zone) if zone in zone_names() else UTC
    local = moment.astimezone(known) if moment.tzinfo else moment.replace(tzinfo=known)
    return _text(
        f"{local:%a %d %b %Y, %H:%M} {local.tzname()} ({zone})" if known is not UTC else f"{local:%a %d %b %Y, %H:%M} UTC"
    )


def _text(value: object) -> str:
    return escape(str(value))


def _tag(state: str) -> str:
    text, look = LOOKS.get(state, (state.replace("_", " "), ""))
    return f'<span class="tag {look}">{escape(text)}</span>'
