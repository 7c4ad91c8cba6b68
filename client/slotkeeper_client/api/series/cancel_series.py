from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.cancel_series_request import CancelSeriesRequest
from ...models.problem import Problem
from ...models.series_answer import SeriesAnswer
from ...types import UNSET, Unset
from typing import cast
from uuid import UUID



def _get_kwargs(
    series_id: UUID,
    *,
    body: CancelSeriesRequest | Unset = UNSET,
    prefer: None | str | Unset = UNSET,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(prefer, Unset):
        headers["Prefer"] = prefer



    

    

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/series/{series_id}/cancel".format(series_id=quote(str(series_id), safe=""),),
    }

    
    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | SeriesAnswer | None:
    if response.status_code == 200:
        response_200 = SeriesAnswer.from_dict(response.json())



        return response_200

    if response.status_code == 202:
        response_202 = SeriesAnswer.from_dict(response.json())



        return response_202

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())



        return response_400

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Problem | SeriesAnswer]:
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
    body: CancelSeriesRequest | Unset = UNSET,
    prefer: None | str | Unset = UNSET,

) -> Response[Problem | SeriesAnswer]:
    """ Cancel one, from one on, or all

     Cancels the bookings that are still to come, each by its own policy. Those that are over stay as
    they are. A series that is
    only held is given up as a whole, which costs nothing. Safe to repeat.

    Args:
        series_id (UUID): The series' id.
        prefer (None | str | Unset): `wait=5`: answers within so many seconds, with 202 where it
            is not done by then; it goes on.
        body (CancelSeriesRequest | Unset): How much of it. A series that is only held is given up
            as a whole.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | SeriesAnswer]
     """


    kwargs = _get_kwargs(
        series_id=series_id,
body=body,
prefer=prefer,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    series_id: UUID,
    *,
    client: AuthenticatedClient,
    body: CancelSeriesRequest | Unset = UNSET,
    prefer: None | str | Unset = UNSET,

) -> Problem | SeriesAnswer | None:
    """ Cancel one, from one on, or all

     Cancels the bookings that are still to come, each by its own policy. Those that are over stay as
    they are. A series that is
    only held is given up as a whole, which costs nothing. Safe to repeat.

    Args:
        series_id (UUID): The series' id.
        prefer (None | str | Unset): `wait=5`: answers within so many seconds, with 202 where it
            is not done by then; it goes on.
        body (CancelSeriesRequest | Unset): How much of it. A series that is only held is given up
            as a whole.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | SeriesAnswer
     """


    return sync_detailed(
        series_id=series_id,
client=client,
body=body,
prefer=prefer,

    ).parsed

async def asyncio_detailed(
    series_id: UUID,
    *,
    client: AuthenticatedClient,
    body: CancelSeriesRequest | Unset = UNSET,
    prefer: None | str | Unset = UNSET,

) -> Response[Problem | SeriesAnswer]:
    """ Cancel one, from one on, or all

     Cancels the bookings that are still to come, each by its own policy. Those that are over stay as
    they are. A series that is
    only held is given up as a whole, which costs nothing. Safe to repeat.

    Args:
        series_id (UUID): The series' id.
        prefer (None | str | Unset): `wait=5`: answers within so many seconds, with 202 where it
            is not done by then; it goes on.
        body (CancelSeriesRequest | Unset): How much of it. A series that is only held is given up
            as a whole.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | SeriesAnswer]
     """


    kwargs = _get_kwargs(
        series_id=series_id,
body=body,
prefer=prefer,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    series_id: UUID,
    *,
    client: AuthenticatedClient,
    body: CancelSeriesRequest | Unset = UNSET,
    prefer: None | str | Unset = UNSET,

) -> Problem | SeriesAnswer | None:
    """ Cancel one, from one on, or all

     Cancels the bookings that are still to come, each by its own policy. Those that are over stay as
    they are. A series that is
    only held is given up as a whole, which costs nothing. Safe to repeat.

    Args:
        series_id (UUID): The series' id.
        prefer (None | str | Unset): `wait=5`: answers within so many seconds, with 202 where it
            is not done by then; it goes on.
        body (CancelSeriesRequest | Unset): How much of it. A series that is only held is given up
            as a whole.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | SeriesAnswer
     """


    return (await asyncio_detailed(
        series_id=series_id,
client=client,
body=body,
prefer=prefer,

    )).parsed
