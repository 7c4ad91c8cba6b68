from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.erase_customer import EraseCustomer
from ...models.erased_answer import ErasedAnswer
from ...models.problem import Problem
from ...types import UNSET, Unset
from typing import cast
from uuid import UUID



def _get_kwargs(
    customer_id: UUID,
    *,
    body: EraseCustomer | Unset = UNSET,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}


    

    

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/customers/{customer_id}/erase".format(customer_id=quote(str(customer_id), safe=""),),
    }

    
    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> ErasedAnswer | Problem | None:
    if response.status_code == 200:
        response_200 = ErasedAnswer.from_dict(response.json())



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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[ErasedAnswer | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    customer_id: UUID,
    *,
    client: AuthenticatedClient,
    body: EraseCustomer | Unset = UNSET,

) -> Response[ErasedAnswer | Problem]:
    """ Erase a customer

     Destroys their key: nobody can tell any more who they were, here, in Temporal and in their backups.
    Bookings, payments and
    timelines stay. Refused while anything is still to come, unless `cancel` says to cancel that first;
    messages that are on
    their way then may not be sent any more. What vendors and your own systems were told is theirs. Safe
    to repeat.

    Args:
        customer_id (UUID):
        body (EraseCustomer | Unset): Whether what is still to come is cancelled first, in the
            business's name, with all of the money given back.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErasedAnswer | Problem]
     """


    kwargs = _get_kwargs(
        customer_id=customer_id,
body=body,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    customer_id: UUID,
    *,
    client: AuthenticatedClient,
    body: EraseCustomer | Unset = UNSET,

) -> ErasedAnswer | Problem | None:
    """ Erase a customer

     Destroys their key: nobody can tell any more who they were, here, in Temporal and in their backups.
    Bookings, payments and
    timelines stay. Refused while anything is still to come, unless `cancel` says to cancel that first;
    messages that are on
    their way then may not be sent any more. What vendors and your own systems were told is theirs. Safe
    to repeat.

    Args:
        customer_id (UUID):
        body (EraseCustomer | Unset): Whether what is still to come is cancelled first, in the
            business's name, with all of the money given back.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErasedAnswer | Problem
     """


    return sync_detailed(
        customer_id=customer_id,
client=client,
body=body,

    ).parsed

async def asyncio_detailed(
    customer_id: UUID,
    *,
    client: AuthenticatedClient,
    body: EraseCustomer | Unset = UNSET,

) -> Response[ErasedAnswer | Problem]:
    """ Erase a customer

     Destroys their key: nobody can tell any more who they were, here, in Temporal and in their backups.
    Bookings, payments and
    timelines stay. Refused while anything is still to come, unless `cancel` says to cancel that first;
    messages that are on
    their way then may not be sent any more. What vendors and your own systems were told is theirs. Safe
    to repeat.

    Args:
        customer_id (UUID):
        body (EraseCustomer | Unset): Whether what is still to come is cancelled first, in the
            business's name, with all of the money given back.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErasedAnswer | Problem]
     """


    kwargs = _get_kwargs(
        customer_id=customer_id,
body=body,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    customer_id: UUID,
    *,
    client: AuthenticatedClient,
    body: EraseCustomer | Unset = UNSET,

) -> ErasedAnswer | Problem | None:
    """ Erase a customer

     Destroys their key: nobody can tell any more who they were, here, in Temporal and in their backups.
    Bookings, payments and
    timelines stay. Refused while anything is still to come, unless `cancel` says to cancel that first;
    messages that are on
    their way then may not be sent any more. What vendors and your own systems were told is theirs. Safe
    to repeat.

    Args:
        customer_id (UUID):
        body (EraseCustomer | Unset): Whether what is still to come is cancelled first, in the
            business's name, with all of the money given back.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErasedAnswer | Problem
     """


    return (await asyncio_detailed(
        customer_id=customer_id,
client=client,
body=body,

    )).parsed
