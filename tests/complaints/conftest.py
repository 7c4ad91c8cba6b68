"""The application as its own tests have it: on a real database, with the commands faked."""

from tests.api.conftest import app, client, commands, database_url, nine_in_a_week, settings, shop

__all__ = ["app", "client", "commands", "database_url", "nine_in_a_week", "settings", "shop"]
