from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.problem import Problem
from ...models.received import Received
from ...models.twilio_body import TwilioBody
from ...types import UNSET, Unset
from typing import cast



def _get_kwargs(
    *,
    body: TwilioBody,
    about: str | Unset = '',
    x_twilio_signature: str | Unset = '',

) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(x_twilio_signature, Unset):
        headers["X-Twilio-Signature"] = x_twilio_signature



    

    params: dict[str, Any] = {}

    params["about"] = about


    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}


    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/webhooks/twilio",
        "params": params,
    }

    _kwargs["data"] = body.to_dict()
    headers["Content-Type"] = "application/x-www-form-urlencoded"

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
    body: TwilioBody,
    about: str | Unset = '',
    x_twilio_signature: str | Unset = '',

) -> Response[Problem | Received]:
    """ Delivery news from Twilio

     Puts on the booking's timeline that a text was sent, delivered or not. Repeated and late news change
    nothing.

    Args:
        about (str | Unset): As it was given to Twilio with the message. Default: ''.
        x_twilio_signature (str | Unset):  Default: ''.
        body (TwilioBody): A status callback as Twilio posts it:
            https://www.twilio.com/docs/messaging/guides/track-outbound-message-status

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | Received]
     """


    kwargs = _get_kwargs(
        body=body,
about=about,
x_twilio_signature=x_twilio_signature,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    *,
    client: AuthenticatedClient | Client,
    body: TwilioBody,
    about: str | Unset = '',
    x_twilio_signature: str | Unset = '',

) -> Problem | Received | None:
    """ Delivery news from Twilio

     Puts on the booking's timeline that a text was sent, delivered or not. Repeated and late news change
    nothing.

    Args:
        about (str | Unset): As it was given to Twilio with the message. Default: ''.
        x_twilio_signature (str | Unset):  Default: ''.
        body (TwilioBody): A status callback as Twilio posts it:
            https://www.twilio.com/docs/messaging/guides/track-outbound-message-status

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | Received
     """


    return sync_detailed(
        client=client,
body=body,
about=about,
x_twilio_signature=x_twilio_signature,

    ).parsed

async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: TwilioBody,
    about: str | Unset = '',
    x_twilio_signature: str | Unset = '',

) -> Response[Problem | Received]:
    """ Delivery news from Twilio

     Puts on the booking's timeline that a text was sent, delivered or not. Repeated and late news change
    nothing.

    Args:
        about (str | Unset): As it was given to Twilio with the message. Default: ''.
        x_twilio_signature (str | Unset):  Default: ''.
        body (TwilioBody): A status callback as Twilio posts it:
            https://www.twilio.com/docs/messaging/guides/track-outbound-message-status

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | Received]
     """


    kwargs = _get_kwargs(
        body=body,
about=about,
x_twilio_signature=x_twilio_signature,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: TwilioBody,
    about: str | Unset = '',
    x_twilio_signature: str | Unset = '',

) -> Problem | Received | None:
    """ Delivery news from Twilio

     Puts on the booking's timeline that a text was sent, delivered or not. Repeated and late news change
    nothing.

    Args:
        about (str | Unset): As it was given to Twilio with the message. Default: ''.
        x_twilio_signature (str | Unset):  Default: ''.
        body (TwilioBody): A status callback as Twilio posts it:
            https://www.twilio.com/docs/messaging/guides/track-outbound-message-status

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | Received
     """


    return (await asyncio_detailed(
        client=client,
body=body,
about=about,
x_twilio_signature=x_twilio_signature,

    )).parsed
