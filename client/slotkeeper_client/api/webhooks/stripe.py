from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.problem import Problem
from ...models.received import Received
from ...models.stripe_body import StripeBody
from ...types import UNSET, Unset
from typing import cast



def _get_kwargs(
    *,
    body: StripeBody,
    stripe_signature: str | Unset = '',

) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(stripe_signature, Unset):
        headers["Stripe-Signature"] = stripe_signature



    

    

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/webhooks/stripe",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | Received | None:
    if response.status_code == 200:
        response_200 = Received.from_dict(response.json())



        return response_200

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())



        return response_400

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())



        return response_404

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())



        return response_413

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Problem | Received]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: StripeBody,
    stripe_signature: str | Unset = '',

) -> Response[Problem | Received]:
    """ News from Stripe

     Signals a booking that waits for its payment that it changed. Stripe repeats what we do not take,
    and the booking asks
    Stripe by itself when nothing comes, so a lost or repeated event is harmless.

    Args:
        stripe_signature (str | Unset):  Default: ''.
        body (StripeBody): An event as Stripe sends it: https://docs.stripe.com/api/events/object

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | Received]
     """


    kwargs = _get_kwargs(
        body=body,
stripe_signature=stripe_signature,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    *,
    client: AuthenticatedClient | Client,
    body: StripeBody,
    stripe_signature: str | Unset = '',

) -> Problem | Received | None:
    """ News from Stripe

     Signals a booking that waits for its payment that it changed. Stripe repeats what we do not take,
    and the booking asks
    Stripe by itself when nothing comes, so a lost or repeated event is harmless.

    Args:
        stripe_signature (str | Unset):  Default: ''.
        body (StripeBody): An event as Stripe sends it: https://docs.stripe.com/api/events/object

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | Received
     """


    return sync_detailed(
        client=client,
body=body,
stripe_signature=stripe_signature,

    ).parsed

async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: StripeBody,
    stripe_signature: str | Unset = '',

) -> Response[Problem | Received]:
    """ News from Stripe

     Signals a booking that waits for its payment that it changed. Stripe repeats what we do not take,
    and the booking asks
    Stripe by itself when nothing comes, so a lost or repeated event is harmless.

    Args:
        stripe_signature (str | Unset):  Default: ''.
        body (StripeBody): An event as Stripe sends it: https://docs.stripe.com/api/events/object

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | Received]
     """


    kwargs = _get_kwargs(
        body=body,
stripe_signature=stripe_signature,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: StripeBody,
    stripe_signature: str | Unset = '',

) -> Problem | Received | None:
    """ News from Stripe

     Signals a booking that waits for its payment that it changed. Stripe repeats what we do not take,
    and the booking asks
    Stripe by itself when nothing comes, so a lost or repeated event is harmless.

    Args:
        stripe_signature (str | Unset):  Default: ''.
        body (StripeBody): An event as Stripe sends it: https://docs.stripe.com/api/events/object

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | Received
     """


    return (await asyncio_detailed(
        client=client,
body=body,
stripe_signature=stripe_signature,

    )).parsed
