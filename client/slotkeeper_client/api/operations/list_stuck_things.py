from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.problem import Problem
from ...models.stuck_list import StuckList
from ...types import UNSET, Unset
from typing import cast



def _get_kwargs(
    *,
    older_than_minutes: int | Unset = 10,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    if_none_match: None | str | Unset = UNSET,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["If-None-Match"] = if_none_match



    

    params: dict[str, Any] = {}

    params["older_than_minutes"] = older_than_minutes

    params["limit"] = limit

    json_cursor: None | str | Unset
    if isinstance(cursor, Unset):
        json_cursor = UNSET
    else:
        json_cursor = cursor
    params["cursor"] = json_cursor


    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}


    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/operations/stuck",
        "params": params,
    }


    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | Problem | StuckList | None:
    if response.status_code == 200:
        response_200 = StuckList.from_dict(response.json())



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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Any | Problem | StuckList]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    older_than_minutes: int | Unset = 10,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    if_none_match: None | str | Unset = UNSET,

) -> Response[Any | Problem | StuckList]:
    """ List what is stuck

     What is not done by our books though it should be, the oldest first: refunds, charges, messages,
    calendars, holds. It needs
    neither a worker nor Temporal to be known.

    Args:
        older_than_minutes (int | Unset): What is younger may still come by itself. Default: 10.
        limit (int | Unset): How many to list at once. Default: 50.
        cursor (None | str | Unset): `next_cursor` of the page before.
        if_none_match (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | StuckList]
     """


    kwargs = _get_kwargs(
        older_than_minutes=older_than_minutes,
limit=limit,
cursor=cursor,
if_none_match=if_none_match,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    *,
    client: AuthenticatedClient,
    older_than_minutes: int | Unset = 10,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    if_none_match: None | str | Unset = UNSET,

) -> Any | Problem | StuckList | None:
    """ List what is stuck

     What is not done by our books though it should be, the oldest first: refunds, charges, messages,
    calendars, holds. It needs
    neither a worker nor Temporal to be known.

    Args:
        older_than_minutes (int | Unset): What is younger may still come by itself. Default: 10.
        limit (int | Unset): How many to list at once. Default: 50.
        cursor (None | str | Unset): `next_cursor` of the page before.
        if_none_match (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | StuckList
     """


    return sync_detailed(
        client=client,
older_than_minutes=older_than_minutes,
limit=limit,
cursor=cursor,
if_none_match=if_none_match,

    ).parsed

async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    older_than_minutes: int | Unset = 10,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    if_none_match: None | str | Unset = UNSET,

) -> Response[Any | Problem | StuckList]:
    """ List what is stuck

     What is not done by our books though it should be, the oldest first: refunds, charges, messages,
    calendars, holds. It needs
    neither a worker nor Temporal to be known.

    Args:
        older_than_minutes (int | Unset): What is younger may still come by itself. Default: 10.
        limit (int | Unset): How many to list at once. Default: 50.
        cursor (None | str | Unset): `next_cursor` of the page before.
        if_none_match (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | StuckList]
     """


    kwargs = _get_kwargs(
        older_than_minutes=older_than_minutes,
limit=limit,
cursor=cursor,
if_none_match=if_none_match,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    *,
    client: AuthenticatedClient,
    older_than_minutes: int | Unset = 10,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
    if_none_match: None | str | Unset = UNSET,

) -> Any | Problem | StuckList | None:
    """ List what is stuck

     What is not done by our books though it should be, the oldest first: refunds, charges, messages,
    calendars, holds. It needs
    neither a worker nor Temporal to be known.

    Args:
        older_than_minutes (int | Unset): What is younger may still come by itself. Default: 10.
        limit (int | Unset): How many to list at once. Default: 50.
        cursor (None | str | Unset): `next_cursor` of the page before.
        if_none_match (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | StuckList
     """


    return (await asyncio_detailed(
        client=client,
older_than_minutes=older_than_minutes,
limit=limit,
cursor=cursor,
if_none_match=if_none_match,

    )).parsed
