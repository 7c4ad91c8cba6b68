from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.booking_status import BookingStatus
from ...models.own_booking_list import OwnBookingList
from ...models.problem import Problem
from ...types import UNSET, Unset
from typing import cast
import datetime



def _get_kwargs(
    *,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    status: BookingStatus | None | Unset = UNSET,
    from_: datetime.datetime | None | Unset = UNSET,
    to: datetime.datetime | None | Unset = UNSET,
    if_none_match: None | str | Unset = UNSET,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["If-None-Match"] = if_none_match



    

    params: dict[str, Any] = {}

    params["limit"] = limit

    json_cursor: None | str | Unset
    if isinstance(cursor, Unset):
        json_cursor = UNSET
    else:
        json_cursor = cursor
    params["cursor"] = json_cursor

    json_status: None | str | Unset
    if isinstance(status, Unset):
        json_status = UNSET
    elif isinstance(status, BookingStatus):
        json_status = status.value
    else:
        json_status = status
    params["status"] = json_status

    json_from_: None | str | Unset
    if isinstance(from_, Unset):
        json_from_ = UNSET
    elif isinstance(from_, datetime.datetime):
        json_from_ = from_.isoformat()
    else:
        json_from_ = from_
    params["from"] = json_from_

    json_to: None | str | Unset
    if isinstance(to, Unset):
        json_to = UNSET
    elif isinstance(to, datetime.datetime):
        json_to = to.isoformat()
    else:
        json_to = to
    params["to"] = json_to


    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}


    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/me/bookings",
        "params": params,
    }


    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | OwnBookingList | Problem | None:
    if response.status_code == 200:
        response_200 = OwnBookingList.from_dict(response.json())



        return response_200

    if response.status_code == 304:
        response_304 = cast(Any, None)
        return response_304

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())



        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())



        return response_403

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Any | OwnBookingList | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    status: BookingStatus | None | Unset = UNSET,
    from_: datetime.datetime | None | Unset = UNSET,
    to: datetime.datetime | None | Unset = UNSET,
    if_none_match: None | str | Unset = UNSET,

) -> Response[Any | OwnBookingList | Problem]:
    """ List my bookings

     All that were made with my address, with whatever business, in order of their start. For who has
    logged in with
    `scope=customer`; the same log-in opens each under `/bookings/{id}`, as its manage token does.

    Args:
        limit (int | Unset): How many to list at once. Default: 50.
        cursor (None | str | Unset): `next_cursor` of the page before.
        status (BookingStatus | None | Unset):
        from_ (datetime.datetime | None | Unset): Bookings that start at this time or later.
        to (datetime.datetime | None | Unset): Bookings that start before this time.
        if_none_match (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | OwnBookingList | Problem]
     """


    kwargs = _get_kwargs(
        limit=limit,
cursor=cursor,
status=status,
from_=from_,
to=to,
if_none_match=if_none_match,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    status: BookingStatus | None | Unset = UNSET,
    from_: datetime.datetime | None | Unset = UNSET,
    to: datetime.datetime | None | Unset = UNSET,
    if_none_match: None | str | Unset = UNSET,

) -> Any | OwnBookingList | Problem | None:
    """ List my bookings

     All that were made with my address, with whatever business, in order of their start. For who has
    logged in with
    `scope=customer`; the same log-in opens each under `/bookings/{id}`, as its manage token does.

    Args:
        limit (int | Unset): How many to list at once. Default: 50.
        cursor (None | str | Unset): `next_cursor` of the page before.
        status (BookingStatus | None | Unset):
        from_ (datetime.datetime | None | Unset): Bookings that start at this time or later.
        to (datetime.datetime | None | Unset): Bookings that start before this time.
        if_none_match (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | OwnBookingList | Problem
     """


    return sync_detailed(
        client=client,
limit=limit,
cursor=cursor,
status=status,
from_=from_,
to=to,
if_none_match=if_none_match,

    ).parsed

async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    status: BookingStatus | None | Unset = UNSET,
    from_: datetime.datetime | None | Unset = UNSET,
    to: datetime.datetime | None | Unset = UNSET,
    if_none_match: None | str | Unset = UNSET,

) -> Response[Any | OwnBookingList | Problem]:
    """ List my bookings

     All that were made with my address, with whatever business, in order of their start. For who has
    logged in with
    `scope=customer`; the same log-in opens each under `/bookings/{id}`, as its manage token does.

    Args:
        limit (int | Unset): How many to list at once. Default: 50.
        cursor (None | str | Unset): `next_cursor` of the page before.
        status (BookingStatus | None | Unset):
        from_ (datetime.datetime | None | Unset): Bookings that start at this time or later.
        to (datetime.datetime | None | Unset): Bookings that start before this time.
        if_none_match (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | OwnBookingList | Problem]
     """


    kwargs = _get_kwargs(
        limit=limit,
cursor=cursor,
status=status,
from_=from_,
to=to,
if_none_match=if_none_match,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    status: BookingStatus | None | Unset = UNSET,
    from_: datetime.datetime | None | Unset = UNSET,
    to: datetime.datetime | None | Unset = UNSET,
    if_none_match: None | str | Unset = UNSET,

) -> Any | OwnBookingList | Problem | None:
    """ List my bookings

     All that were made with my address, with whatever business, in order of their start. For who has
    logged in with
    `scope=customer`; the same log-in opens each under `/bookings/{id}`, as its manage token does.

    Args:
        limit (int | Unset): How many to list at once. Default: 50.
        cursor (None | str | Unset): `next_cursor` of the page before.
        status (BookingStatus | None | Unset):
        from_ (datetime.datetime | None | Unset): Bookings that start at this time or later.
        to (datetime.datetime | None | Unset): Bookings that start before this time.
        if_none_match (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | OwnBookingList | Problem
     """


    return (await asyncio_detailed(
        client=client,
limit=limit,
cursor=cursor,
status=status,
from_=from_,
to=to,
if_none_match=if_none_match,

    )).parsed
