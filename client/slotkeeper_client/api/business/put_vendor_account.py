from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.new_vendor_account import NewVendorAccount
from ...models.problem import Problem
from ...models.vendor_account_answer import VendorAccountAnswer
from ...models.vendor_kind import VendorKind
from ...types import UNSET, Unset
from typing import cast



def _get_kwargs(
    account_kind: VendorKind,
    *,
    body: NewVendorAccount,
    if_match: None | str | Unset = UNSET,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match



    

    

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/api/v1/vendor-accounts/{account_kind}".format(account_kind=quote(str(account_kind), safe=""),),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | VendorAccountAnswer | None:
    if response.status_code == 200:
        response_200 = VendorAccountAnswer.from_dict(response.json())



        return response_200

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())



        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())



        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())



        return response_403

    if response.status_code == 412:
        response_412 = Problem.from_dict(response.json())



        return response_412

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())



        return response_413

    if response.status_code == 415:
        response_415 = Problem.from_dict(response.json())



        return response_415

    if response.status_code == 422:
        response_422 = Problem.from_dict(response.json())



        return response_422

    if response.status_code == 429:
        response_429 = Problem.from_dict(response.json())



        return response_429

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())



        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Problem | VendorAccountAnswer]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    account_kind: VendorKind,
    *,
    client: AuthenticatedClient,
    body: NewVendorAccount,
    if_match: None | str | Unset = UNSET,

) -> Response[Problem | VendorAccountAnswer]:
    """ Use an account of the business's own

     It is tried first, by one call of the vendor that changes nothing: what the vendor refuses is 422
    and names the field, one
    that does not answer is 503, and nothing is kept then. From now on what is begun uses it; what was
    paid with the account
    before is looked at, taken and given back there.

    Args:
        account_kind (VendorKind): What vendors do for a business: at most one account of its own
            for each.
        if_match (None | str | Unset): The ETag of what is to be changed: where it is something
            else by now, nothing is changed (412). `*`: whichever it is.
        body (NewVendorAccount): An account of the business's own. Each vendor takes fields of its
            own; what is not asked for is refused.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | VendorAccountAnswer]
     """


    kwargs = _get_kwargs(
        account_kind=account_kind,
body=body,
if_match=if_match,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    account_kind: VendorKind,
    *,
    client: AuthenticatedClient,
    body: NewVendorAccount,
    if_match: None | str | Unset = UNSET,

) -> Problem | VendorAccountAnswer | None:
    """ Use an account of the business's own

     It is tried first, by one call of the vendor that changes nothing: what the vendor refuses is 422
    and names the field, one
    that does not answer is 503, and nothing is kept then. From now on what is begun uses it; what was
    paid with the account
    before is looked at, taken and given back there.

    Args:
        account_kind (VendorKind): What vendors do for a business: at most one account of its own
            for each.
        if_match (None | str | Unset): The ETag of what is to be changed: where it is something
            else by now, nothing is changed (412). `*`: whichever it is.
        body (NewVendorAccount): An account of the business's own. Each vendor takes fields of its
            own; what is not asked for is refused.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | VendorAccountAnswer
     """


    return sync_detailed(
        account_kind=account_kind,
client=client,
body=body,
if_match=if_match,

    ).parsed

async def asyncio_detailed(
    account_kind: VendorKind,
    *,
    client: AuthenticatedClient,
    body: NewVendorAccount,
    if_match: None | str | Unset = UNSET,

) -> Response[Problem | VendorAccountAnswer]:
    """ Use an account of the business's own

     It is tried first, by one call of the vendor that changes nothing: what the vendor refuses is 422
    and names the field, one
    that does not answer is 503, and nothing is kept then. From now on what is begun uses it; what was
    paid with the account
    before is looked at, taken and given back there.

    Args:
        account_kind (VendorKind): What vendors do for a business: at most one account of its own
            for each.
        if_match (None | str | Unset): The ETag of what is to be changed: where it is something
            else by now, nothing is changed (412). `*`: whichever it is.
        body (NewVendorAccount): An account of the business's own. Each vendor takes fields of its
            own; what is not asked for is refused.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | VendorAccountAnswer]
     """


    kwargs = _get_kwargs(
        account_kind=account_kind,
body=body,
if_match=if_match,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    account_kind: VendorKind,
    *,
    client: AuthenticatedClient,
    body: NewVendorAccount,
    if_match: None | str | Unset = UNSET,

) -> Problem | VendorAccountAnswer | None:
    """ Use an account of the business's own

     It is tried first, by one call of the vendor that changes nothing: what the vendor refuses is 422
    and names the field, one
    that does not answer is 503, and nothing is kept then. From now on what is begun uses it; what was
    paid with the account
    before is looked at, taken and given back there.

    Args:
        account_kind (VendorKind): What vendors do for a business: at most one account of its own
            for each.
        if_match (None | str | Unset): The ETag of what is to be changed: where it is something
            else by now, nothing is changed (412). `*`: whichever it is.
        body (NewVendorAccount): An account of the business's own. Each vendor takes fields of its
            own; what is not asked for is refused.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | VendorAccountAnswer
     """


    return (await asyncio_detailed(
        account_kind=account_kind,
client=client,
body=body,
if_match=if_match,

    )).parsed
