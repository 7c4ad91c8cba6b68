"""One kind of vendor's clients by account: built when they are first needed, and kept as long as they are in use."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar
from uuid import UUID

from domain.vendor_accounts import NoAccount, VendorAccount, VendorAccounts, VendorKind

Client = TypeVar("Client")

MOST = 500
"""Clients that are kept; each may have connections of its own."""
FIRST = UUID(int=0)


class Own(Generic[Client]):
    """Which account it is, is asked each time, so that a change holds at once. Only the client is kept: an account never
    changes."""

    def __init__(
        self, kind: VendorKind, accounts: VendorAccounts, build: Callable[[VendorAccount], Client], most: int = MOST
    ) -> None:
        self._kind = kind
        self._accounts = accounts
        self._build = build
        self._most = most
        self._built: OrderedDict[UUID, Client] = OrderedDict()

    async def present(self) -> tuple[VendorAccount, Client] | None:
        """The present business's account; None for one without."""
        account = await self._accounts.present(self._kind)
        return (account, self.client_of(account)) if account is not None else None

    async def named(self, account_id: UUID) -> Client:
        """The account that an id names, whether it still is the present business's or was. Raises NoAccount."""
        account = await self._accounts.find(account_id)
        if account is None or account.vendor.kind is not self._kind:
            raise NoAccount(f"the business has no account {account_id}")
        return self.client_of(account)

    async def former(self) -> list[Client]:
        """The accounts that the present business had before, the last few."""
        return [self.client_of(account) for account in await self._accounts.former(self._kind)]

    async def first_from(self, account_id: UUID) -> tuple[VendorAccount, Client] | None:
        """This account, or the next one that there is, of all businesses that may be seen; None after the last."""
        account = await self._accounts.first_from(self._kind, account_id)
        return (account, self.client_of(account)) if account is not None else None

    def client_of(self, account: VendorAccount) -> Client:
        """Built once, as long as it is among those that were used last."""
        client = self._built.get(account.id)
        if client is None:
            client = self._built[account.id] = self._build(account)
        self._built.move_to_end(account.id)
        if len(self._built) > self._most:
            self._built.popitem(last=False)
        return client
