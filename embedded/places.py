"""Where the parts of one system listen, and the settings that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from embedded.logins import logins
from embedded.ports import HOST, free_port, free_port_from
from settings import PREFIX

PREFERRED = {"api": 8000, "temporal": 7233, "temporal_ui": 8233, "sandbox": 8100, "smtp": 8125}


USUAL = {"unlimited_networks": "127.0.0.0/8,::1"}
"""Unless whoever starts the system says otherwise: all its customers come from this machine."""


@dataclass(frozen=True, slots=True)
class Places:
    """The ports of one run, all on 127.0.0.1."""

    api: int
    temporal: int
    temporal_ui: int
    sandbox: int
    smtp: int
    temporal_metrics: int | None = None

    @classmethod
    def choose(cls) -> Places:
        """The usual ports, or the next free ones."""
        chosen: dict[str, int] = {}
        for part, preferred in PREFERRED.items():
            chosen[part] = free_port_from(preferred, frozenset(chosen.values()))
        return cls(**chosen)

    @classmethod
    def aside(cls) -> Places:
        """Any free ports, the server's metrics among them: for a run that nobody else has to find."""
        ports: set[int] = set()
        while len(ports) < len(PREFERRED) + 1:
            ports.add(free_port())
        return cls(*ports)

    def moved(self) -> list[str]:
        """Which parts are not where they usually are, in words."""
        now = {part: getattr(self, part) for part in PREFERRED}
        return [f"port {PREFERRED[part]} is in use: {part} is on {port}" for part, port in now.items() if port != PREFERRED[part]]

    @property
    def api_url(self) -> str:
        return f"http://{HOST}:{self.api}"

    @property
    def sandbox_url(self) -> str:
        return f"http://{HOST}:{self.sandbox}"

    @property
    def temporal_ui_url(self) -> str:
        return f"http://{HOST}:{self.temporal_ui}"

    def settings(self, secrets: Mapping[str, str], database_url: str) -> dict[str, str]:
        """The settings of all programs, on the database of this owner. The vendors are the sandbox's, the credentials made up."""
        return {
            **logins(database_url),
            "temporal_address": f"{HOST}:{self.temporal}",
            "temporal_namespace": "default",
            "payload_key": secrets["payload_key"],
            "token_secret": secrets["token_secret"],
            "public_url": self.api_url,
            "api_host": HOST,
            "api_port": str(self.api),
            "api_drain_seconds": "0",  # nobody sends requests elsewhere
            "webhook_may_be_local": "true",
            **vendors(self.sandbox_url, secrets["stripe_webhook_secret"], self.smtp),
        }


def vendors(sandbox_url: str, webhook_secret: str, smtp: int = 25) -> dict[str, str]:
    """All vendors are the sandbox's, the credentials made up. Who sends no mail need not know its port."""
    return {
        "payments": "stripe",
        "stripe_api_key": "sk_test_sandbox",
        "stripe_webhook_secret": webhook_secret,
        "stripe_api_base": f"{sandbox_url}/stripe",
        "calendar": "google",
        "google_api_base": f"{sandbox_url}/google",
        "sms": "twilio",
        "twilio_account_sid": "AC" + 32 * "0",
        "twilio_auth_token": "sandbox",
        "twilio_from": "+15005550006",  # Twilio's own magic number for tests
        "twilio_api_base": f"{sandbox_url}/twilio",
        "email": "smtp",
        "smtp_host": HOST,
        "smtp_port": str(smtp),
        "smtp_security": "none",
        "mail_from": "bookings@slotkeeper.example",
    }


def as_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The settings under the names that the programs read."""
    return {PREFIX + name.upper(): value for name, value in settings.items()}


def without_proxies(environment: Mapping[str, str]) -> dict[str, str]:
    """All parts are on this machine, which the proxy that leads out of it cannot reach."""
    return {name: value for name, value in environment.items() if not name.lower().endswith("_proxy")}
