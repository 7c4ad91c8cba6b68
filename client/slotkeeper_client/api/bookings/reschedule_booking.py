from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.booking_answer import BookingAnswer
from ...models.problem import Problem
from ...models.reschedule_booking import RescheduleBooking
from ...models.rescheduled_answer import RescheduledAnswer
from ...types import UNSET, Unset
from typing import cast
from uuid import UUID



def _get_kwargs(
    booking_id: UUID,
    *,
    body: RescheduleBooking,
    idempotency_key: None | str | Unset = UNSET,
    if_match: None | str | Unset = UNSET,
    prefer: None | str | Unset = UNSET,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    if not isinstance(prefer, Unset):
        headers["Prefer"] = prefer



    

    

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/bookings/{booking_id}/reschedule".format(booking_id=quote(str(booking_id), safe=""),),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> BookingAnswer | Problem | RescheduledAnswer | None:
    if response.status_code == 200:
        response_200 = RescheduledAnswer.from_dict(response.json())



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

    if response.status_code == 410:
        response_410 = Problem.from_dict(response.json())



        return response_410

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[BookingAnswer | Problem | RescheduledAnswer]:
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
    body: RescheduleBooking,
    idempotency_key: None | str | Unset = UNSET,
    if_match: None | str | Unset = UNSET,
    prefer: None | str | Unset = UNSET,

) -> Response[BookingAnswer | Problem | RescheduledAnswer]:
    """ Move to another time

     Takes the new time before it gives up the old one, so that a refusal changes nothing. The payment is
    carried along: what
    the new time costs more is charged on the method that paid, and a decline keeps the old time; what
    it costs less is given
    back. Until when and how often customers may is the service's policy of the day they booked; staff
    may until it begins.

    Args:
        booking_id (UUID): The booking's id.
        idempotency_key (None | str | Unset): Sent again with the same body, the first answer
            comes again; with another body it is refused.
        if_match (None | str | Unset): The ETag of what is to be changed: where it is something
            else by now, nothing is changed (412). `*`: whichever it is.
        prefer (None | str | Unset): `wait=5`: answers within so many seconds, with 202 where it
            is not done by then; it goes on.
        body (RescheduleBooking): Another time for a booking. What is left out stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BookingAnswer | Problem | RescheduledAnswer]
     """


    kwargs = _get_kwargs(
        booking_id=booking_id,
body=body,
idempotency_key=idempotency_key,
if_match=if_match,
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
    body: RescheduleBooking,
    idempotency_key: None | str | Unset = UNSET,
    if_match: None | str | Unset = UNSET,
    prefer: None | str | Unset = UNSET,

) -> BookingAnswer | Problem | RescheduledAnswer | None:
    """ Move to another time

     Takes the new time before it gives up the old one, so that a refusal changes nothing. The payment is
    carried along: what
    the new time costs more is charged on the method that paid, and a decline keeps the old time; what
    it costs less is given
    back. Until when and how often customers may is the service's policy of the day they booked; staff
    may until it begins.

    Args:
        booking_id (UUID): The booking's id.
        idempotency_key (None | str | Unset): Sent again with the same body, the first answer
            comes again; with another body it is refused.
        if_match (None | str | Unset): The ETag of what is to be changed: where it is something
            else by now, nothing is changed (412). `*`: whichever it is.
        prefer (None | str | Unset): `wait=5`: answers within so many seconds, with 202 where it
            is not done by then; it goes on.
        body (RescheduleBooking): Another time for a booking. What is left out stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BookingAnswer | Problem | RescheduledAnswer
     """


    return sync_detailed(
        booking_id=booking_id,
client=client,
body=body,
idempotency_key=idempotency_key,
if_match=if_match,
prefer=prefer,

    ).parsed

async def asyncio_detailed(
    booking_id: UUID,
    *,
    client: AuthenticatedClient,
    body: RescheduleBooking,
    idempotency_key: None | str | Unset = UNSET,
    if_match: None | str | Unset = UNSET,
    prefer: None | str | Unset = UNSET,

) -> Response[BookingAnswer | Problem | RescheduledAnswer]:
    """ Move to another time

     Takes the new time before it gives up the old one, so that a refusal changes nothing. The payment is
    carried along: what
    the new time costs more is charged on the method that paid, and a decline keeps the old time; what
    it costs less is given
    back. Until when and how often customers may is the service's policy of the day they booked; staff
    may until it begins.

    Args:
        booking_id (UUID): The booking's id.
        idempotency_key (None | str | Unset): Sent again with the same body, the first answer
            comes again; with another body it is refused.
        if_match (None | str | Unset): The ETag of what is to be changed: where it is something
            else by now, nothing is changed (412). `*`: whichever it is.
        prefer (None | str | Unset): `wait=5`: answers within so many seconds, with 202 where it
            is not done by then; it goes on.
        body (RescheduleBooking): Another time for a booking. What is left out stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BookingAnswer | Problem | RescheduledAnswer]
     """


    kwargs = _get_kwargs(
        booking_id=booking_id,
body=body,
idempotency_key=idempotency_key,
if_match=if_match,
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
    body: RescheduleBooking,
    idempotency_key: None | str | Unset = UNSET,
    if_match: None | str | Unset = UNSET,
    prefer: None | str | Unset = UNSET,

) -> BookingAnswer | Problem | RescheduledAnswer | None:
    """ Move to another time

     Takes the new time before it gives up the old one, so that a refusal changes nothing. The payment is
    carried along: what
    the new time costs more is charged on the method that paid, and a decline keeps the old time; what
    it costs less is given
    back. Until when and how often customers may is the service's policy of the day they booked; staff
    may until it begins.

    Args:
        booking_id (UUID): The booking's id.
        idempotency_key (None | str | Unset): Sent again with the same body, the first answer
            comes again; with another body it is refused.
        if_match (None | str | Unset): The ETag of what is to be changed: where it is something
            else by now, nothing is changed (412). `*`: whichever it is.
        prefer (None | str | Unset): `wait=5`: answers within so many seconds, with 202 where it
            is not done by then; it goes on.
        body (RescheduleBooking): Another time for a booking. What is left out stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BookingAnswer | Problem | RescheduledAnswer
     """


    return (await asyncio_detailed(
        booking_id=booking_id,
client=client,
body=body,
idempotency_key=idempotency_key,
if_match=if_match,
prefer=prefer,

    )).parsed
