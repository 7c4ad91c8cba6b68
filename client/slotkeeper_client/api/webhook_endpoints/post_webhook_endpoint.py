from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.new_webhook_endpoint import NewWebhookEndpoint
from ...models.new_webhook_endpoint_answer import NewWebhookEndpointAnswer
from ...models.problem import Problem
from ...types import UNSET, Unset
from typing import cast



def _get_kwargs(
    *,
    body: NewWebhookEndpoint,
    idempotency_key: None | str | Unset = UNSET,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key



    

    

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/webhook-endpoints",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> NewWebhookEndpointAnswer | Problem | None:
    if response.status_code == 201:
        response_201 = NewWebhookEndpointAnswer.from_dict(response.json())



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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[NewWebhookEndpointAnswer | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: NewWebhookEndpoint,
    idempotency_key: None | str | Unset = UNSET,

) -> Response[NewWebhookEndpointAnswer | Problem]:
    """ Hear of bookings

     From now on what happens to the business's bookings is posted there, signed with the `secret` that
    is shown only here.

    Args:
        idempotency_key (None | str | Unset): Sent again with the same body, the first answer
            comes again; with another body it is refused.
        body (NewWebhookEndpoint): Where the business wants to hear of its bookings.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[NewWebhookEndpointAnswer | Problem]
     """


    kwargs = _get_kwargs(
        body=body,
idempotency_key=idempotency_key,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    *,
    client: AuthenticatedClient,
    body: NewWebhookEndpoint,
    idempotency_key: None | str | Unset = UNSET,

) -> NewWebhookEndpointAnswer | Problem | None:
    """ Hear of bookings

     From now on what happens to the business's bookings is posted there, signed with the `secret` that
    is shown only here.

    Args:
        idempotency_key (None | str | Unset): Sent again with the same body, the first answer
            comes again; with another body it is refused.
        body (NewWebhookEndpoint): Where the business wants to hear of its bookings.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        NewWebhookEndpointAnswer | Problem
     """


    return sync_detailed(
        client=client,
body=body,
idempotency_key=idempotency_key,

    ).parsed

async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: NewWebhookEndpoint,
    idempotency_key: None | str | Unset = UNSET,

) -> Response[NewWebhookEndpointAnswer | Problem]:
    """ Hear of bookings

     From now on what happens to the business's bookings is posted there, signed with the `secret` that
    is shown only here.

    Args:
        idempotency_key (None | str | Unset): Sent again with the same body, the first answer
            comes again; with another body it is refused.
        body (NewWebhookEndpoint): Where the business wants to hear of its bookings.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[NewWebhookEndpointAnswer | Problem]
     """


    kwargs = _get_kwargs(
        body=body,
idempotency_key=idempotency_key,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    *,
    client: AuthenticatedClient,
    body: NewWebhookEndpoint,
    idempotency_key: None | str | Unset = UNSET,

) -> NewWebhookEndpointAnswer | Problem | None:
    """ Hear of bookings

     From now on what happens to the business's bookings is posted there, signed with the `secret` that
    is shown only here.

    Args:
        idempotency_key (None | str | Unset): Sent again with the same body, the first answer
            comes again; with another body it is refused.
        body (NewWebhookEndpoint): Where the business wants to hear of its bookings.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        NewWebhookEndpointAnswer | Problem
     """


    return (await asyncio_detailed(
        client=client,
body=body,
idempotency_key=idempotency_key,

    )).parsed
