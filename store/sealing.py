"""Seals what is personal: each customer of a business has a key of their own, wrapped by a key of the deployment.

AES-256-GCM with a fresh nonce each time, bound to the business, the customer and the place: what is copied into another row does
not open. A pool carries the deployment's keys (`store.pool`), and each of its rows and connections with it.
"""

from __future__ import annotations

import base64
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

import asyncpg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.sealed import SEALED_TEXT
from settings import Settings

KEY_BYTES, NONCE_BYTES = 32, 12
MOST_LOOK_UPS = 20_000


class CannotOpen(Exception):
    """It was sealed with a key that this deployment does not have, or was changed or moved since."""


def seal(cipher: AESGCM, plain: bytes, bound_to: bytes) -> bytes:
    """Under a fresh nonce, which stands before it."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plain, bound_to)


def unseal(cipher: AESGCM, sealed: bytes, bound_to: bytes) -> bytes:
    """Raises InvalidTag, and ValueError for what is too short to have been sealed at all."""
    return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A key under the deployment's key of this name."""

    key: bytes
    by: str


class DataKey:
    """The key of one customer of one business."""

    __slots__ = ("_cipher", "_owner", "id")

    def __init__(self, business_id: UUID, key_id: UUID, raw: bytes) -> None:
        self.id = key_id
        self._owner = business_id.bytes + key_id.bytes
        self._cipher = AESGCM(raw)

    def seal(self, plain: bytes, place: bytes) -> bytes:
        """Opens for the same customer and place only."""
        return seal(self._cipher, plain, self._owner + place)

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """Raises CannotOpen."""
        try:
            return unseal(self._cipher, sealed, self._owner + place)
        except (InvalidTag, ValueError):  # ValueError: too short to have been sealed at all
            raise CannotOpen("a customer's details were changed or moved") from None

    def seal_text(self, text: str) -> str:
        """Words about the customer, as text."""
        return SEALED_TEXT + base64.urlsafe_b64encode(self.seal(text.encode(), b"words")).decode()

    def open_text(self, text: str) -> str:
        """Words that were sealed, or never were. Raises CannotOpen."""
        if not text.startswith(SEALED_TEXT):
            return text
        try:
            sealed = base64.urlsafe_b64decode(text.removeprefix(SEALED_TEXT))
        except ValueError:  # binascii.Error is one
            return text  # somebody wrote words that only begin like ours
        return self.open(sealed, b"words").decode()


class Vault:
    """The deployment's keys by their names: the first wraps, all of them open. By the key for `accounts` a customer is found with
    every business. One that does not seal leaves new customers as they are, for a release that cannot read what is sealed."""

    def __init__(self, keys: Mapping[str, bytes], accounts: bytes, *, seals: bool = True) -> None:
        self.seals, self.accounts = seals, accounts
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}
        self.newest = next(iter(keys))
        self.look_ups: dict[UUID, bytes] = {}
        """The businesses' keys for look-ups, as they were read lately; they never change."""

    @property
    def names(self) -> list[str]:
        return list(self._ciphers)

    def make(self, business_id: UUID, its_id: UUID) -> tuple[bytes, Wrapped]:
        """A new key, bare and wrapped."""
        raw = os.urandom(KEY_BYTES)
        return raw, self.wrap(business_id, its_id, raw)

    def wrap(self, business_id: UUID, its_id: UUID, raw: bytes) -> Wrapped:
        """Under the newest key."""
        return Wrapped(seal(self._ciphers[self.newest], raw, _place(business_id, its_id, self.newest)), self.newest)

    def unwrap(self, business_id: UUID, its_id: UUID, wrapped: Wrapped) -> bytes:
        """The bare key. Raises CannotOpen."""
        cipher = self._ciphers.get(wrapped.by)
        if cipher is None:
            raise CannotOpen(f"this deployment has no key named {wrapped.by} to open customers' keys with")
        try:
            return unseal(cipher, wrapped.key, _place(business_id, its_id, wrapped.by))
        except (InvalidTag, ValueError):
            raise CannotOpen(f"a customer's key does not open with the key named {wrapped.by}") from None

    def data_key(self, business_id: UUID, key_id: UUID, wrapped: Wrapped) -> DataKey:
        """The customer's key, ready for use. Raises CannotOpen."""
        return DataKey(business_id, key_id, self.unwrap(business_id, key_id, wrapped))

    def keep_look_up(self, business_id: UUID, key: bytes) -> None:
        """Remembers it for this process."""
        if len(self.look_ups) >= MOST_LOOK_UPS:
            self.look_ups.clear()
        self.look_ups[business_id] = key


def deployments_vault(settings: Settings) -> Vault:
    """What this deployment seals with."""
    return Vault(settings.customer_keys, settings.account_key, seals=settings.seal_customers)


class Row(asyncpg.Record):
    """A row that can open what is sealed in it."""

    __slots__ = ()
    vault: ClassVar[Vault | None] = None


def keyed(key: bytes, purpose: str, text: str) -> bytes:
    """A hash by which equal texts are found, and which nobody without the key can try texts against."""
    return hmac.digest(key, f"{purpose}:{text}".encode(), "sha256")


def _place(business_id: UUID, its_id: UUID, name: str) -> bytes:
    return b"wrap:" + business_id.bytes + its_id.bytes + name.encode()
