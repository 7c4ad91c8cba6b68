from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.operation_answer import OperationAnswer
from ...models.problem import Problem
from ...models.settle_request import SettleRequest
from ...types import UNSET, Unset
from typing import cast
from uuid import UUID



def _get_kwargs(
    booking_id: UUID,
    *,
    body: SettleRequest,
    idempotency_key: None | str | Unset = UNSET,
    if_match: None | str,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    headers["If-Match"] = if_match



    

    

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/bookings/{booking_id}/operations/settle".format(booking_id=quote(str(booking_id), safe=""),),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> OperationAnswer | Problem | None:
    if response.status_code == 200:
        response_200 = OperationAnswer.from_dict(response.json())



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

    if response.status_code == 428:
        response_428 = Problem.from_dict(response.json())



        return response_428

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[OperationAnswer | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    booking_id: UUID,
    *,
    client: AuthenticatedClient,
    body: SettleRequest,
    idempotency_key: None | str | Unset = UNSET,
    if_match: None | str,

) -> Response[OperationAnswer | Problem]:
    """ Say that a step was done by hand

     Ends the tries and brings our books to what was done. Look at the vendor's first: we do not look any
    more after this. A
    step that got through in the meantime is refused as not under way. Send the booking's ETag as If-
    Match: what is said to be
    done was seen of the booking as it was.

    Args:
        booking_id (UUID): The booking's id.
        idempotency_key (None | str | Unset): Sent again with the same body, the first answer
            comes again; with another body it is refused.
        if_match (None | str): The ETag of what is to be changed: where it is something else by
            now, nothing is changed (412). `*`: whichever it is.
        body (SettleRequest): Which step was done by hand, and how. The `reason` is kept with the
            operation and shown to staff only.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[OperationAnswer | Problem]
     """


    kwargs = _get_kwargs(
        booking_id=booking_id,
body=body,
idempotency_key=idempotency_key,
if_match=if_match,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    booking_id: UUID,
    *,
    client: AuthenticatedClient,
    body: SettleRequest,
    idempotency_key: None | str | Unset = UNSET,
    if_match: None | str,

) -> OperationAnswer | Problem | None:
    """ Say that a step was done by hand

     Ends the tries and brings our books to what was done. Look at the vendor's first: we do not look any
    more after this. A
    step that got through in the meantime is refused as not under way. Send the booking's ETag as If-
    Match: what is said to be
    done was seen of the booking as it was.

    Args:
        booking_id (UUID): The booking's id.
        idempotency_key (None | str | Unset): Sent again with the same body, the first answer
            comes again; with another body it is refused.
        if_match (None | str): The ETag of what is to be changed: where it is something else by
            now, nothing is changed (412). `*`: whichever it is.
        body (SettleRequest): Which step was done by hand, and how. The `reason` is kept with the
            operation and shown to staff only.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        OperationAnswer | Problem
     """


    return sync_detailed(
        booking_id=booking_id,
client=client,
body=body,
idempotency_key=idempotency_key,
if_match=if_match,

    ).parsed

async def asyncio_detailed(
    booking_id: UUID,
    *,
    client: AuthenticatedClient,
    body: SettleRequest,
    idempotency_key: None | str | Unset = UNSET,
    if_match: None | str,

) -> Response[OperationAnswer | Problem]:
    """ Say that a step was done by hand

     Ends the tries and brings our books to what was done. Look at the vendor's first: we do not look any
    more after this. A
    step that got through in the meantime is refused as not under way. Send the booking's ETag as If-
    Match: what is said to be
    done was seen of the booking as it was.

    Args:
        booking_id (UUID): The booking's id.
        idempotency_key (None | str | Unset): Sent again with the same body, the first answer
            comes again; with another body it is refused.
        if_match (None | str): The ETag of what is to be changed: where it is something else by
            now, nothing is changed (412). `*`: whichever it is.
        body (SettleRequest): Which step was done by hand, and how. The `reason` is kept with the
            operation and shown to staff only.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[OperationAnswer | Problem]
     """


    kwargs = _get_kwargs(
        booking_id=booking_id,
body=body,
idempotency_key=idempotency_key,
if_match=if_match,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    booking_id: UUID,
    *,
    client: AuthenticatedClient,
    body: SettleRequest,
    idempotency_key: None | str | Unset = UNSET,
    if_match: None | str,

) -> OperationAnswer | Problem | None:
    """ Say that a step was done by hand

     Ends the tries and brings our books to what was done. Look at the vendor's first: we do not look any
    more after this. A
    step that got through in the meantime is refused as not under way. Send the booking's ETag as If-
    Match: what is said to be
    done was seen of the booking as it was.

    Args:
        booking_id (UUID): The booking's id.
        idempotency_key (None | str | Unset): Sent again with the same body, the first answer
            comes again; with another body it is refused.
        if_match (None | str): The ETag of what is to be changed: where it is something else by
            now, nothing is changed (412). `*`: whichever it is.
        body (SettleRequest): Which step was done by hand, and how. The `reason` is kept with the
            operation and shown to staff only.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        OperationAnswer | Problem
     """


    return (await asyncio_detailed(
        booking_id=booking_id,
client=client,
body=body,
idempotency_key=idempotency_key,
if_match=if_match,

    )).parsed
