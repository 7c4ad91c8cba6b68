from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.new_time_off import NewTimeOff
from ...models.new_time_off_answer import NewTimeOffAnswer
from ...models.problem import Problem
from ...types import UNSET, Unset
from typing import cast
from uuid import UUID



def _get_kwargs(
    provider_id: UUID,
    *,
    body: NewTimeOff,
    idempotency_key: None | str | Unset = UNSET,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key



    

    

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/providers/{provider_id}/time-off".format(provider_id=quote(str(provider_id), safe=""),),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> NewTimeOffAnswer | Problem | None:
    if response.status_code == 201:
        response_201 = NewTimeOffAnswer.from_dict(response.json())



        return response_201

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[NewTimeOffAnswer | Problem]:
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
    body: NewTimeOff,
    idempotency_key: None | str | Unset = UNSET,

) -> Response[NewTimeOffAnswer | Problem]:
    """ Give a provider time off

     Offers nothing of this provider, or of this room, in that time. Bookings already made stay, and are
    named.

    Args:
        provider_id (UUID):
        idempotency_key (None | str | Unset): Sent again with the same body, the first answer
            comes again; with another body it is refused.
        body (NewTimeOff): When a provider is away: whole days, `to` included, or from one wall
            time of their zone up to another.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[NewTimeOffAnswer | Problem]
     """


    kwargs = _get_kwargs(
        provider_id=provider_id,
body=body,
idempotency_key=idempotency_key,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    provider_id: UUID,
    *,
    client: AuthenticatedClient,
    body: NewTimeOff,
    idempotency_key: None | str | Unset = UNSET,

) -> NewTimeOffAnswer | Problem | None:
    """ Give a provider time off

     Offers nothing of this provider, or of this room, in that time. Bookings already made stay, and are
    named.

    Args:
        provider_id (UUID):
        idempotency_key (None | str | Unset): Sent again with the same body, the first answer
            comes again; with another body it is refused.
        body (NewTimeOff): When a provider is away: whole days, `to` included, or from one wall
            time of their zone up to another.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        NewTimeOffAnswer | Problem
     """


    return sync_detailed(
        provider_id=provider_id,
client=client,
body=body,
idempotency_key=idempotency_key,

    ).parsed

async def asyncio_detailed(
    provider_id: UUID,
    *,
    client: AuthenticatedClient,
    body: NewTimeOff,
    idempotency_key: None | str | Unset = UNSET,

) -> Response[NewTimeOffAnswer | Problem]:
    """ Give a provider time off

     Offers nothing of this provider, or of this room, in that time. Bookings already made stay, and are
    named.

    Args:
        provider_id (UUID):
        idempotency_key (None | str | Unset): Sent again with the same body, the first answer
            comes again; with another body it is refused.
        body (NewTimeOff): When a provider is away: whole days, `to` included, or from one wall
            time of their zone up to another.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[NewTimeOffAnswer | Problem]
     """


    kwargs = _get_kwargs(
        provider_id=provider_id,
body=body,
idempotency_key=idempotency_key,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    provider_id: UUID,
    *,
    client: AuthenticatedClient,
    body: NewTimeOff,
    idempotency_key: None | str | Unset = UNSET,

) -> NewTimeOffAnswer | Problem | None:
    """ Give a provider time off

     Offers nothing of this provider, or of this room, in that time. Bookings already made stay, and are
    named.

    Args:
        provider_id (UUID):
        idempotency_key (None | str | Unset): Sent again with the same body, the first answer
            comes again; with another body it is refused.
        body (NewTimeOff): When a provider is away: whole days, `to` included, or from one wall
            time of their zone up to another.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        NewTimeOffAnswer | Problem
     """


    return (await asyncio_detailed(
        provider_id=provider_id,
client=client,
body=body,
idempotency_key=idempotency_key,

    )).parsed
