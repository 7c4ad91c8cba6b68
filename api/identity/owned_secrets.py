"""Secrets that are kept to be used again: encrypted under the deployment's key for one purpose, and bound to whose they are."""

from __future__ import annotations

import hmac
import os
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from settings import Settings

NONCE_BYTES = 12


def seal_for(settings: Settings, purpose: bytes, owner: UUID, secret: str) -> bytes:
    """Encrypted for this owner: in another's row it opens nothing."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _cipher(settings, purpose).encrypt(nonce, secret.encode(), owner.bytes)


def open_for(settings: Settings, purpose: bytes, owner: UUID, kept: bytes) -> str:
    """Raises InvalidTag where it was sealed for another owner or purpose, or with another secret of the deployment."""
    return _cipher(settings, purpose).decrypt(kept[:NONCE_BYTES], kept[NONCE_BYTES:], owner.bytes).decode()


def _cipher(settings: Settings, purpose: bytes) -> AESGCM:
    return AESGCM(hmac.digest(settings.token_secret.get_secret_value().encode(), purpose, "sha256"))
