"""The outbox page: what customers and vendors would have got, for people to look at."""

from __future__ import annotations

from html import escape

from sandbox.state import Row

STYLE = """
:root{color-scheme:light dark;--line:#8884;--soft:#8881}
body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:1200px;padding:0 1.5rem 3rem}
.banner{background:repeating-linear-gradient(45deg,#f5b301,#f5b301 14px,#e09f00 14px,#e09f00 28px);color:#221a00;
 font-weight:700;padding:.5rem 1rem;margin:0 -1.5rem 1rem}
main{display:grid;grid-template-columns:repeat(auto-fit,minmax(340px,1fr));gap:1.5rem}
h1{font-size:1.4rem;margin:.5rem 0}h2{font-size:1.05rem;border-bottom:1px solid var(--line);padding-bottom:.3rem}
article{border:1px solid var(--line);border-radius:10px;padding:.7rem .9rem;margin:.7rem 0;background:var(--soft)}
.sms{border-radius:16px 16px 16px 3px;background:#2f7de11f}
small{opacity:.7}pre{white-space:pre-wrap;font:inherit;margin:.4rem 0 0}
.tag{border-radius:99px;padding:.1rem .6rem;font-size:.8rem;font-weight:600;background:#8883}
.good{background:#1a9c5c33;color:#1a9c5c}.held{background:#2f7de133;color:#2f7de1}.gone{background:#d23f3f33;color:#d23f3f}
"""

LOOKS = {"succeeded": ("captured", "good"), "requires_capture": ("authorised", "held"), "canceled": ("voided", "gone"),
         "confirmed": ("in the calendar", "good"), "cancelled": ("deleted", "gone")}  # fmt: skip


def page(payments: list[Row], calendar_events: list[Row], messages: list[Row]) -> str:
    """The whole page; every value is escaped, nothing is loaded from elsewhere, and it renews itself."""
    columns = [
        ("Messages", [_message(row) for row in sorted(messages, key=lambda row: str(row["at"]), reverse=True)]),
        ("Calendar events", [_event(row) for row in reversed(calendar_events)]),
        ("Payments", [_payment(row) for row in reversed(payments)]),
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
    head = f"<b>{escape(row['subject'])}</b><br>" if row.get("subject") else ""
    attached = ' <span class="tag">calendar file</span>' if row.get("ics") else ""
    return (
        f'<article class="{kind}"><small>{escape(str(row["channel"]))} to {escape(str(row["to"]))}</small>{attached}<br>{head}'
        f"<pre>{escape(str(row['text']))}</pre></article>"
    )


def _event(row: Row) -> str:
    return (
        f"<article>{_tag(row['status'])} <b>{escape(str(row['summary']))}</b><br>{escape(str(row['starts_at']))} – "
        f"{escape(str(row['ends_at']))}<br><small>{escape(str(row['calendar_id']))}</small></article>"
    )


def _payment(row: Row) -> str:
    state = "refunded" if row["refunded"] else str(row["state"])
    return (
        f"<article>{_tag(state)} <b>{int(row['amount']) / 100:.2f} {escape(str(row['currency'])).upper()}</b><br>"
        f"<small>{escape(str(row['id']))}<br>booking {escape(str(row['booking_id']))}</small></article>"
    )


def _tag(state: str) -> str:
    text, look = LOOKS.get(state, (state, "gone" if state == "refunded" else ""))
    return f'<span class="tag {look}">{escape(text)}</span>'
