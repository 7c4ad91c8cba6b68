from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.problem import Problem
from ...models.scope import Scope
from ...models.series_cancellation_answer import SeriesCancellationAnswer
from ...types import UNSET, Unset
from typing import cast
from uuid import UUID



def _get_kwargs(
    series_id: UUID,
    *,
    scope: Scope | Unset = UNSET,
    booking_id: None | Unset | UUID = UNSET,
    if_none_match: None | str | Unset = UNSET,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["If-None-Match"] = if_none_match



    

    params: dict[str, Any] = {}

    json_scope: str | Unset = UNSET
    if not isinstance(scope, Unset):
        json_scope = scope.value

    params["scope"] = json_scope

    json_booking_id: None | str | Unset
    if isinstance(booking_id, Unset):
        json_booking_id = UNSET
    elif isinstance(booking_id, UUID):
        json_booking_id = str(booking_id)
    else:
        json_booking_id = booking_id
    params["booking_id"] = json_booking_id


    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}


    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/series/{series_id}/cancellation".format(series_id=quote(str(series_id), safe=""),),
        "params": params,
    }


    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | Problem | SeriesCancellationAnswer | None:
    if response.status_code == 200:
        response_200 = SeriesCancellationAnswer.from_dict(response.json())



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

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())



        return response_409

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Any | Problem | SeriesCancellationAnswer]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    series_id: UUID,
    *,
    client: AuthenticatedClient,
    scope: Scope | Unset = UNSET,
    booking_id: None | Unset | UUID = UNSET,
    if_none_match: None | str | Unset = UNSET,

) -> Response[Any | Problem | SeriesCancellationAnswer]:
    """ Quote a cancellation of a series

     What cancelling so much of it now would give back: each booking by the policy it was made under, and
    their sum.

    Args:
        series_id (UUID): The series' id.
        scope (Scope | Unset): How much of a confirmed series is cancelled: one booking, it and
            all after it, or all that is still to come.
        booking_id (None | Unset | UUID): The occurrence, for `one` and `from_here`.
        if_none_match (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | SeriesCancellationAnswer]
     """


    kwargs = _get_kwargs(
        series_id=series_id,
scope=scope,
booking_id=booking_id,
if_none_match=if_none_match,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    series_id: UUID,
    *,
    client: AuthenticatedClient,
    scope: Scope | Unset = UNSET,
    booking_id: None | Unset | UUID = UNSET,
    if_none_match: None | str | Unset = UNSET,

) -> Any | Problem | SeriesCancellationAnswer | None:
    """ Quote a cancellation of a series

     What cancelling so much of it now would give back: each booking by the policy it was made under, and
    their sum.

    Args:
        series_id (UUID): The series' id.
        scope (Scope | Unset): How much of a confirmed series is cancelled: one booking, it and
            all after it, or all that is still to come.
        booking_id (None | Unset | UUID): The occurrence, for `one` and `from_here`.
        if_none_match (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | SeriesCancellationAnswer
     """


    return sync_detailed(
        series_id=series_id,
client=client,
scope=scope,
booking_id=booking_id,
if_none_match=if_none_match,

    ).parsed

async def asyncio_detailed(
    series_id: UUID,
    *,
    client: AuthenticatedClient,
    scope: Scope | Unset = UNSET,
    booking_id: None | Unset | UUID = UNSET,
    if_none_match: None | str | Unset = UNSET,

) -> Response[Any | Problem | SeriesCancellationAnswer]:
    """ Quote a cancellation of a series

     What cancelling so much of it now would give back: each booking by the policy it was made under, and
    their sum.

    Args:
        series_id (UUID): The series' id.
        scope (Scope | Unset): How much of a confirmed series is cancelled: one booking, it and
            all after it, or all that is still to come.
        booking_id (None | Unset | UUID): The occurrence, for `one` and `from_here`.
        if_none_match (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | SeriesCancellationAnswer]
     """


    kwargs = _get_kwargs(
        series_id=series_id,
scope=scope,
booking_id=booking_id,
if_none_match=if_none_match,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    series_id: UUID,
    *,
    client: AuthenticatedClient,
    scope: Scope | Unset = UNSET,
    booking_id: None | Unset | UUID = UNSET,
    if_none_match: None | str | Unset = UNSET,

) -> Any | Problem | SeriesCancellationAnswer | None:
    """ Quote a cancellation of a series

     What cancelling so much of it now would give back: each booking by the policy it was made under, and
    their sum.

    Args:
        series_id (UUID): The series' id.
        scope (Scope | Unset): How much of a confirmed series is cancelled: one booking, it and
            all after it, or all that is still to come.
        booking_id (None | Unset | UUID): The occurrence, for `one` and `from_here`.
        if_none_match (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | SeriesCancellationAnswer
     """


    return (await asyncio_detailed(
        series_id=series_id,
client=client,
scope=scope,
booking_id=booking_id,
if_none_match=if_none_match,

    )).parsed
