from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.given_service import GivenService
from ...models.given_service_answer import GivenServiceAnswer
from ...models.problem import Problem
from typing import cast
from uuid import UUID



def _get_kwargs(
    provider_id: UUID,
    service_id: UUID,
    *,
    body: GivenService,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}


    

    

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/api/v1/providers/{provider_id}/services/{service_id}".format(provider_id=quote(str(provider_id), safe=""),service_id=quote(str(service_id), safe=""),),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> GivenServiceAnswer | Problem | None:
    if response.status_code == 200:
        response_200 = GivenServiceAnswer.from_dict(response.json())



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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[GivenServiceAnswer | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    provider_id: UUID,
    service_id: UUID,
    *,
    client: AuthenticatedClient,
    body: GivenService,

) -> Response[GivenServiceAnswer | Problem]:
    """ Let a provider give a service

     Gives the service from now on, or changes how early this provider is asked where it assigns by
    priority.

    Args:
        provider_id (UUID):
        service_id (UUID):
        body (GivenService): How a provider gives a service. Where it assigns by priority, the
            highest is asked first.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[GivenServiceAnswer | Problem]
     """


    kwargs = _get_kwargs(
        provider_id=provider_id,
service_id=service_id,
body=body,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    provider_id: UUID,
    service_id: UUID,
    *,
    client: AuthenticatedClient,
    body: GivenService,

) -> GivenServiceAnswer | Problem | None:
    """ Let a provider give a service

     Gives the service from now on, or changes how early this provider is asked where it assigns by
    priority.

    Args:
        provider_id (UUID):
        service_id (UUID):
        body (GivenService): How a provider gives a service. Where it assigns by priority, the
            highest is asked first.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        GivenServiceAnswer | Problem
     """


    return sync_detailed(
        provider_id=provider_id,
service_id=service_id,
client=client,
body=body,

    ).parsed

async def asyncio_detailed(
    provider_id: UUID,
    service_id: UUID,
    *,
    client: AuthenticatedClient,
    body: GivenService,

) -> Response[GivenServiceAnswer | Problem]:
    """ Let a provider give a service

     Gives the service from now on, or changes how early this provider is asked where it assigns by
    priority.

    Args:
        provider_id (UUID):
        service_id (UUID):
        body (GivenService): How a provider gives a service. Where it assigns by priority, the
            highest is asked first.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[GivenServiceAnswer | Problem]
     """


    kwargs = _get_kwargs(
        provider_id=provider_id,
service_id=service_id,
body=body,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    provider_id: UUID,
    service_id: UUID,
    *,
    client: AuthenticatedClient,
    body: GivenService,

) -> GivenServiceAnswer | Problem | None:
    """ Let a provider give a service

     Gives the service from now on, or changes how early this provider is asked where it assigns by
    priority.

    Args:
        provider_id (UUID):
        service_id (UUID):
        body (GivenService): How a provider gives a service. Where it assigns by priority, the
            highest is asked first.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        GivenServiceAnswer | Problem
     """


    return (await asyncio_detailed(
        provider_id=provider_id,
service_id=service_id,
client=client,
body=body,

    )).parsed
