"""Accounts of businesses' own, as they were kept after they were tried."""

from __future__ import annotations

from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from domain.vendor_accounts import Credentials, SmtpCredentials, StripeCredentials, TwilioCredentials, Vendor, VendorAccount
from store.vendor_accounts import put_account

SECRETS = ("sk_test_1_of_salon", "whsec_of_the_salon", "token-of-the-salon", "password-of-the-salon")
STRIPE = StripeCredentials(*SECRETS[:2])
TWILIO = TwilioCredentials("AC" + "1" * 32, SECRETS[2], "+4930901820")
MAIL = SmtpCredentials("mail.salon.example", 587, "starttls", "salon", SECRETS[3], "Salon <hello@salon.example>")


async def keep(pool: asyncpg.Pool, business_id: UUID, vendor: Vendor, credentials: Credentials) -> VendorAccount:
    """From now on the business has this account."""
    account = VendorAccount(business_id, uuid7(), vendor, credentials)
    async with pool.acquire() as connection, connection.transaction():
        await put_account(connection, account, "tests")
    return account
