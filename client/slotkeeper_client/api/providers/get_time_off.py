from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.problem import Problem
from ...models.time_off_list import TimeOffList
from ...types import UNSET, Unset
from typing import cast
from uuid import UUID



def _get_kwargs(
    provider_id: UUID,
    *,
    limit: int | Unset = 200,
    cursor: None | str | Unset = UNSET,
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


    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}


    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/providers/{provider_id}/time-off".format(provider_id=quote(str(provider_id), safe=""),),
        "params": params,
    }


    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | Problem | TimeOffList | None:
    if response.status_code == 200:
        response_200 = TimeOffList.from_dict(response.json())



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

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())



        return response_404

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Any | Problem | TimeOffList]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    provider_id: UUID,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 200,
    cursor: None | str | Unset = UNSET,
    if_none_match: None | str | Unset = UNSET,

) -> Response[Any | Problem | TimeOffList]:
    """ List a provider's time off

     What is not over, in order of time.

    Args:
        provider_id (UUID):
        limit (int | Unset): How many to list at once. Default: 200.
        cursor (None | str | Unset): `next_cursor` of the page before.
        if_none_match (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | TimeOffList]
     """


    kwargs = _get_kwargs(
        provider_id=provider_id,
limit=limit,
cursor=cursor,
if_none_match=if_none_match,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    provider_id: UUID,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 200,
    cursor: None | str | Unset = UNSET,
    if_none_match: None | str | Unset = UNSET,

) -> Any | Problem | TimeOffList | None:
    """ List a provider's time off

     What is not over, in order of time.

    Args:
        provider_id (UUID):
        limit (int | Unset): How many to list at once. Default: 200.
        cursor (None | str | Unset): `next_cursor` of the page before.
        if_none_match (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | TimeOffList
     """


    return sync_detailed(
        provider_id=provider_id,
client=client,
limit=limit,
cursor=cursor,
if_none_match=if_none_match,

    ).parsed

async def asyncio_detailed(
    provider_id: UUID,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 200,
    cursor: None | str | Unset = UNSET,
    if_none_match: None | str | Unset = UNSET,

) -> Response[Any | Problem | TimeOffList]:
    """ List a provider's time off

     What is not over, in order of time.

    Args:
        provider_id (UUID):
        limit (int | Unset): How many to list at once. Default: 200.
        cursor (None | str | Unset): `next_cursor` of the page before.
        if_none_match (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | TimeOffList]
     """


    kwargs = _get_kwargs(
        provider_id=provider_id,
limit=limit,
cursor=cursor,
if_none_match=if_none_match,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    provider_id: UUID,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 200,
    cursor: None | str | Unset = UNSET,
    if_none_match: None | str | Unset = UNSET,

) -> Any | Problem | TimeOffList | None:
    """ List a provider's time off

     What is not over, in order of time.

    Args:
        provider_id (UUID):
        limit (int | Unset): How many to list at once. Default: 200.
        cursor (None | str | Unset): `next_cursor` of the page before.
        if_none_match (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | TimeOffList
     """


    return (await asyncio_detailed(
        provider_id=provider_id,
client=client,
limit=limit,
cursor=cursor,
if_none_match=if_none_match,

    )).parsed
