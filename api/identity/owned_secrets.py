"""Secrets that are kept to be used again: encrypted under the deployment's key for one purpose, and bound to whose they are."""

from __future__ import annotations

import hmac
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from settings import Settings
from store.sealing import seal, unseal


def seal_for(settings: Settings, purpose: bytes, owner: UUID, secret: str) -> bytes:
    """Encrypted for this owner: in another's row it opens nothing."""
    return seal(_cipher(settings, purpose), secret.encode(), owner.bytes)


def open_for(settings: Settings, purpose: bytes, owner: UUID, kept: bytes) -> str:
    """Raises InvalidTag where it was sealed for another owner or purpose, or with another secret of the deployment."""
    return unseal(_cipher(settings, purpose), kept, owner.bytes).decode()


def _cipher(settings: Settings, purpose: bytes) -> AESGCM:
    return AESGCM(hmac.digest(settings.token_secret.get_secret_value().encode(), purpose, "sha256"))
