"""Settings under which a test may ask as often as it likes; those of limits choose their own."""

from __future__ import annotations

UNLIMITED = {
    "unlimited_networks": "127.0.0.0/8",
    **dict.fromkeys(("limit_log_in", "limit_account", "limit_mails"), "off"),
    **dict.fromkeys(("holds_per_customer", "holds_per_address"), 0),
}
