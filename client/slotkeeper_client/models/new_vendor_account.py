from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.security import Security
from ..models.vendor import Vendor
from ..types import UNSET, Unset
from typing import cast






T = TypeVar("T", bound="NewVendorAccount")



@_attrs_define
class NewVendorAccount:
    """ An account of the business's own. Each vendor takes fields of its own; what is not asked for is refused.

        Attributes:
            vendor (Vendor):
            api_key (None | str | Unset): Of Stripe: a secret or a restricted key.
            webhook_secret (None | str | Unset): Of Stripe's endpoint that posts to /webhooks/stripe/{business_id}.
            account_sid (None | str | Unset):
            auth_token (None | str | Unset):
            from_number (None | str | Unset): A number in E.164, or the name that texts come from.
            service_account_key (None | str | Unset): The JSON key file of Google's service account, as text.
            url (None | str | Unset): Of the CalDAV server.
            host (None | str | Unset): Of the mail server.
            port (int | None | Unset):
            security (None | Security | Unset):
            username (None | str | Unset):
            password (None | str | Unset):
            mail_from (None | str | Unset): Whom mail comes from.
     """

    vendor: Vendor
    api_key: None | str | Unset = UNSET
    webhook_secret: None | str | Unset = UNSET
    account_sid: None | str | Unset = UNSET
    auth_token: None | str | Unset = UNSET
    from_number: None | str | Unset = UNSET
    service_account_key: None | str | Unset = UNSET
    url: None | str | Unset = UNSET
    host: None | str | Unset = UNSET
    port: int | None | Unset = UNSET
    security: None | Security | Unset = UNSET
    username: None | str | Unset = UNSET
    password: None | str | Unset = UNSET
    mail_from: None | str | Unset = UNSET





    def to_dict(self) -> dict[str, Any]:
        vendor = self.vendor.value

        api_key: None | str | Unset
        if isinstance(self.api_key, Unset):
            api_key = UNSET
        else:
            api_key = self.api_key

        webhook_secret: None | str | Unset
        if isinstance(self.webhook_secret, Unset):
            webhook_secret = UNSET
        else:
            webhook_secret = self.webhook_secret

        account_sid: None | str | Unset
        if isinstance(self.account_sid, Unset):
            account_sid = UNSET
        else:
            account_sid = self.account_sid

        auth_token: None | str | Unset
        if isinstance(self.auth_token, Unset):
            auth_token = UNSET
        else:
            auth_token = self.auth_token

        from_number: None | str | Unset
        if isinstance(self.from_number, Unset):
            from_number = UNSET
        else:
            from_number = self.from_number

        service_account_key: None | str | Unset
        if isinstance(self.service_account_key, Unset):
            service_account_key = UNSET
        else:
            service_account_key = self.service_account_key

        url: None | str | Unset
        if isinstance(self.url, Unset):
            url = UNSET
        else:
            url = self.url

        host: None | str | Unset
        if isinstance(self.host, Unset):
            host = UNSET
        else:
            host = self.host

        port: int | None | Unset
        if isinstance(self.port, Unset):
            port = UNSET
        else:
            port = self.port

        security: None | str | Unset
        if isinstance(self.security, Unset):
            security = UNSET
        elif isinstance(self.security, Security):
            security = self.security.value
        else:
            security = self.security

        username: None | str | Unset
        if isinstance(self.username, Unset):
            username = UNSET
        else:
            username = self.username

        password: None | str | Unset
        if isinstance(self.password, Unset):
            password = UNSET
        else:
            password = self.password

        mail_from: None | str | Unset
        if isinstance(self.mail_from, Unset):
            mail_from = UNSET
        else:
            mail_from = self.mail_from


        field_dict: dict[str, Any] = {}

        field_dict.update({
            "vendor": vendor,
        })
        if api_key is not UNSET:
            field_dict["api_key"] = api_key
        if webhook_secret is not UNSET:
            field_dict["webhook_secret"] = webhook_secret
        if account_sid is not UNSET:
            field_dict["account_sid"] = account_sid
        if auth_token is not UNSET:
            field_dict["auth_token"] = auth_token
        if from_number is not UNSET:
            field_dict["from_number"] = from_number
        if service_account_key is not UNSET:
            field_dict["service_account_key"] = service_account_key
        if url is not UNSET:
            field_dict["url"] = url
        if host is not UNSET:
            field_dict["host"] = host
        if port is not UNSET:
            field_dict["port"] = port
        if security is not UNSET:
            field_dict["security"] = security
        if username is not UNSET:
            field_dict["username"] = username
        if password is not UNSET:
            field_dict["password"] = password
        if mail_from is not UNSET:
            field_dict["mail_from"] = mail_from

        return field_dict



    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        vendor = Vendor(d.pop("vendor"))




        def _parse_api_key(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        api_key = _parse_api_key(d.pop("api_key", UNSET))


        def _parse_webhook_secret(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        webhook_secret = _parse_webhook_secret(d.pop("webhook_secret", UNSET))


        def _parse_account_sid(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        account_sid = _parse_account_sid(d.pop("account_sid", UNSET))


        def _parse_auth_token(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        auth_token = _parse_auth_token(d.pop("auth_token", UNSET))


        def _parse_from_number(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        from_number = _parse_from_number(d.pop("from_number", UNSET))


        def _parse_service_account_key(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        service_account_key = _parse_service_account_key(d.pop("service_account_key", UNSET))


        def _parse_url(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        url = _parse_url(d.pop("url", UNSET))


        def _parse_host(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        host = _parse_host(d.pop("host", UNSET))


        def _parse_port(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        port = _parse_port(d.pop("port", UNSET))


        def _parse_security(data: object) -> None | Security | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                security_type_0 = Security(data)



                return security_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Security | Unset, data)

        security = _parse_security(d.pop("security", UNSET))


        def _parse_username(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        username = _parse_username(d.pop("username", UNSET))


        def _parse_password(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        password = _parse_password(d.pop("password", UNSET))


        def _parse_mail_from(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        mail_from = _parse_mail_from(d.pop("mail_from", UNSET))


        new_vendor_account = cls(
            vendor=vendor,
            api_key=api_key,
            webhook_secret=webhook_secret,
            account_sid=account_sid,
            auth_token=auth_token,
            from_number=from_number,
            service_account_key=service_account_key,
            url=url,
            host=host,
            port=port,
            security=security,
            username=username,
            password=password,
            mail_from=mail_from,
        )

        return new_vendor_account

