from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.vendor import Vendor
from ..models.vendor_kind import VendorKind
from typing import cast
from uuid import UUID
import datetime






T = TypeVar("T", bound="VendorAccountAnswer")



@_attrs_define
class VendorAccountAnswer:
    """ Whose account a business uses, without anything secret. One that is not its own is the deployment's, if it has any.

        Attributes:
            kind (VendorKind): What vendors do for a business: at most one account of its own for each.
            is_own (bool):
            vendor (None | Vendor): Of its own account.
            id (None | UUID): Another one after each change.
            since (datetime.datetime | None):
            api_key_ends (None | str): The last four letters, to tell one key from another.
            account_sid (None | str):
            from_number (None | str):
            client_email (None | str): With whom Google's calendars have to be shared.
            url (None | str):
            host (None | str):
            port (int | None):
            security (None | str):
            username (None | str):
            mail_from (None | str):
            webhook_url (None | str): Where Stripe's endpoint has to post to.
     """

    kind: VendorKind
    is_own: bool
    vendor: None | Vendor
    id: None | UUID
    since: datetime.datetime | None
    api_key_ends: None | str
    account_sid: None | str
    from_number: None | str
    client_email: None | str
    url: None | str
    host: None | str
    port: int | None
    security: None | str
    username: None | str
    mail_from: None | str
    webhook_url: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)





    def to_dict(self) -> dict[str, Any]:
        kind = self.kind.value

        is_own = self.is_own

        vendor: None | str
        if isinstance(self.vendor, Vendor):
            vendor = self.vendor.value
        else:
            vendor = self.vendor

        id: None | str
        if isinstance(self.id, UUID):
            id = str(self.id)
        else:
            id = self.id

        since: None | str
        if isinstance(self.since, datetime.datetime):
            since = self.since.isoformat()
        else:
            since = self.since

        api_key_ends: None | str
        api_key_ends = self.api_key_ends

        account_sid: None | str
        account_sid = self.account_sid

        from_number: None | str
        from_number = self.from_number

        client_email: None | str
        client_email = self.client_email

        url: None | str
        url = self.url

        host: None | str
        host = self.host

        port: int | None
        port = self.port

        security: None | str
        security = self.security

        username: None | str
        username = self.username

        mail_from: None | str
        mail_from = self.mail_from

        webhook_url: None | str
        webhook_url = self.webhook_url


        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({
            "kind": kind,
            "is_own": is_own,
            "vendor": vendor,
            "id": id,
            "since": since,
            "api_key_ends": api_key_ends,
            "account_sid": account_sid,
            "from_number": from_number,
            "client_email": client_email,
            "url": url,
            "host": host,
            "port": port,
            "security": security,
            "username": username,
            "mail_from": mail_from,
            "webhook_url": webhook_url,
        })

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        kind = VendorKind(d.pop("kind"))




        is_own = d.pop("is_own")

        def _parse_vendor(data: object) -> None | Vendor:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                vendor_type_0 = Vendor(data)



                return vendor_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Vendor, data)

        vendor = _parse_vendor(d.pop("vendor"))


        def _parse_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                id_type_0 = UUID(data)



                return id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        id = _parse_id(d.pop("id"))


        def _parse_since(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                since_type_0 = datetime.datetime.fromisoformat(data)



                return since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        since = _parse_since(d.pop("since"))


        def _parse_api_key_ends(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        api_key_ends = _parse_api_key_ends(d.pop("api_key_ends"))


        def _parse_account_sid(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        account_sid = _parse_account_sid(d.pop("account_sid"))


        def _parse_from_number(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        from_number = _parse_from_number(d.pop("from_number"))


        def _parse_client_email(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        client_email = _parse_client_email(d.pop("client_email"))


        def _parse_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        url = _parse_url(d.pop("url"))


        def _parse_host(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        host = _parse_host(d.pop("host"))


        def _parse_port(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        port = _parse_port(d.pop("port"))


        def _parse_security(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        security = _parse_security(d.pop("security"))


        def _parse_username(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        username = _parse_username(d.pop("username"))


        def _parse_mail_from(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        mail_from = _parse_mail_from(d.pop("mail_from"))


        def _parse_webhook_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        webhook_url = _parse_webhook_url(d.pop("webhook_url"))


        vendor_account_answer = cls(
            kind=kind,
            is_own=is_own,
            vendor=vendor,
            id=id,
            since=since,
            api_key_ends=api_key_ends,
            account_sid=account_sid,
            from_number=from_number,
            client_email=client_email,
            url=url,
            host=host,
            port=port,
            security=security,
            username=username,
            mail_from=mail_from,
            webhook_url=webhook_url,
        )


        vendor_account_answer.additional_properties = d
        return vendor_account_answer

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
