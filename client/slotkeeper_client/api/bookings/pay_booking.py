from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.booking_answer import BookingAnswer
from ...models.confirm_booking import ConfirmBooking
from ...models.problem import Problem
from ...types import UNSET, Unset
from typing import cast
from uuid import UUID



def _get_kwargs(
    booking_id: UUID,
    *,
    body: ConfirmBooking,
    prefer: None | str | Unset = UNSET,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(prefer, Unset):
        headers["Prefer"] = prefer



    

    

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/bookings/{booking_id}/pay".format(booking_id=quote(str(booking_id), safe=""),),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> BookingAnswer | Problem | None:
    if response.status_code == 200:
        response_200 = BookingAnswer.from_dict(response.json())



        return response_200

    if response.status_code == 202:
        response_202 = BookingAnswer.from_dict(response.json())



        return response_202

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())



        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())



        return response_401

    if response.status_code == 402:
        response_402 = Problem.from_dict(response.json())



        return response_402

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[BookingAnswer | Problem]:
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
    body: ConfirmBooking,
    prefer: None | str | Unset = UNSET,

) -> Response[BookingAnswer | Problem]:
    """ Pay with another method

     For an occurrence of a series, each of which is paid some days before its start, when the bank
    refused the payment method
    that paid for the first. Until the time that the customer was told the booking is kept, then it is
    released.

    Args:
        booking_id (UUID): The booking's id.
        prefer (None | str | Unset): `wait=5`: answers within so many seconds, with 202 where it
            is not done by then; it goes on.
        body (ConfirmBooking): How to pay, where the service is paid online; nothing otherwise.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BookingAnswer | Problem]
     """


    kwargs = _get_kwargs(
        booking_id=booking_id,
body=body,
prefer=prefer,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    booking_id: UUID,
    *,
    client: AuthenticatedClient,
    body: ConfirmBooking,
    prefer: None | str | Unset = UNSET,

) -> BookingAnswer | Problem | None:
    """ Pay with another method

     For an occurrence of a series, each of which is paid some days before its start, when the bank
    refused the payment method
    that paid for the first. Until the time that the customer was told the booking is kept, then it is
    released.

    Args:
        booking_id (UUID): The booking's id.
        prefer (None | str | Unset): `wait=5`: answers within so many seconds, with 202 where it
            is not done by then; it goes on.
        body (ConfirmBooking): How to pay, where the service is paid online; nothing otherwise.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BookingAnswer | Problem
     """


    return sync_detailed(
        booking_id=booking_id,
client=client,
body=body,
prefer=prefer,

    ).parsed

async def asyncio_detailed(
    booking_id: UUID,
    *,
    client: AuthenticatedClient,
    body: ConfirmBooking,
    prefer: None | str | Unset = UNSET,

) -> Response[BookingAnswer | Problem]:
    """ Pay with another method

     For an occurrence of a series, each of which is paid some days before its start, when the bank
    refused the payment method
    that paid for the first. Until the time that the customer was told the booking is kept, then it is
    released.

    Args:
        booking_id (UUID): The booking's id.
        prefer (None | str | Unset): `wait=5`: answers within so many seconds, with 202 where it
            is not done by then; it goes on.
        body (ConfirmBooking): How to pay, where the service is paid online; nothing otherwise.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BookingAnswer | Problem]
     """


    kwargs = _get_kwargs(
        booking_id=booking_id,
body=body,
prefer=prefer,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    booking_id: UUID,
    *,
    client: AuthenticatedClient,
    body: ConfirmBooking,
    prefer: None | str | Unset = UNSET,

) -> BookingAnswer | Problem | None:
    """ Pay with another method

     For an occurrence of a series, each of which is paid some days before its start, when the bank
    refused the payment method
    that paid for the first. Until the time that the customer was told the booking is kept, then it is
    released.

    Args:
        booking_id (UUID): The booking's id.
        prefer (None | str | Unset): `wait=5`: answers within so many seconds, with 202 where it
            is not done by then; it goes on.
        body (ConfirmBooking): How to pay, where the service is paid online; nothing otherwise.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BookingAnswer | Problem
     """


    return (await asyncio_detailed(
        booking_id=booking_id,
client=client,
body=body,
prefer=prefer,

    )).parsed
