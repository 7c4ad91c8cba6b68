"""The folder in which `slotkeeper up` keeps what must survive: data, generated secrets, logs."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from embedded import unprivileged
from embedded.failures import PartFailed

ROOTS_DATA = Path("/var/lib/slotkeeper")
PRIVATE = 0o600


class StateFolder:
    """One installation. Only its owner can read it; as root, PostgreSQL's user may pass through to its own data folder."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.logs = self.path / "logs"
        self.up_file = self.path / "up.json"
        self._secrets_file = self.path / "secrets.json"

    def create(self) -> None:
        for folder in (self.path, self.logs):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.chmod(0o711 if unprivileged.is_root() else 0o700)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One system a folder: a second one is refused. The lock goes with the process, however it ends."""
        handle = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, PRIVATE)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.read(handle, 20).decode() or "unknown"
            os.close(handle)
            raise PartFailed(
                f"Slotkeeper already runs in {self.path} (process {owner}). Stop it first, or choose another folder with --state."
            ) from None
        os.truncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
        try:
            yield
        finally:
            os.truncate(handle, 0)
            os.close(handle)

    def secrets(self) -> dict[str, str]:
        """The generated secrets, the same at every start; what an older release did not know yet is added."""
        known: dict[str, str] = json.loads(self._secrets_file.read_text()) if self._secrets_file.exists() else {}
        wanted = {
            "token_secret": secrets.token_urlsafe(48),
            "payload_key": base64.b64encode(secrets.token_bytes(32)).decode(),
            "stripe_webhook_secret": f"whsec_{secrets.token_hex(24)}",
            "data_id": secrets.token_hex(8),
        }
        if wanted.keys() - known.keys():
            known = wanted | known
            self.keep_secrets(known)
        return known

    def keep_secrets(self, values: Mapping[str, str]) -> None:
        _write_private(self._secrets_file, values)

    def postgres_data(self) -> Path:
        """Where PostgreSQL's data lies: here, unless root's PostgreSQL user cannot come in (as below /root)."""
        if unprivileged.can_enter(self.path):
            return self.path / "postgres"
        elsewhere = ROOTS_DATA / self.secrets()["data_id"]
        elsewhere.mkdir(mode=0o711, parents=True, exist_ok=True)
        return elsewhere / "postgres"

    def write_up_file(self, values: Mapping[str, Any]) -> None:
        """Tells other programs how to reach the running system."""
        _write_private(self.up_file, values)

    def remove_up_file(self) -> None:
        self.up_file.unlink(missing_ok=True)


def _write_private(file: Path, values: Mapping[str, Any]) -> None:
    """Whole or not at all, and never readable by others."""
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    with os.fdopen(handle, "w") as opened:
        json.dump(values, opened, indent=2)
        opened.write("\n")
    fresh.replace(file)
