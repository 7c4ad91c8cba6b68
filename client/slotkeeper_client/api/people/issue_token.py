from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.problem import Problem
from ...models.token_answer import TokenAnswer
from ...models.token_request import TokenRequest
from typing import cast



def _get_kwargs(
    *,
    body: TokenRequest,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}


    

    

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/sessions/token",
    }

    _kwargs["data"] = body.to_dict()
    headers["Content-Type"] = "application/x-www-form-urlencoded"

    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | TokenAnswer | None:
    if response.status_code == 200:
        response_200 = TokenAnswer.from_dict(response.json())



        return response_200

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())



        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())



        return response_401

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Problem | TokenAnswer]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: TokenRequest,

) -> Response[Problem | TokenAnswer]:
    """ Log in, or stay logged in

     OAuth 2.0's token endpoint, for `grant_type` password, refresh_token and authorization_code. An
    unknown address, a wrong
    password and a worthless refresh token are refused alike. A refresh token or a code that was used
    before ends its session:
    it may be in two hands.

    Args:
        body (TokenRequest): A form as OAuth 2.0 has it (RFC 6749, 4.1.3, 4.3 and 6), with `otp`
            beside it; what it does not know it ignores.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | TokenAnswer]
     """


    kwargs = _get_kwargs(
        body=body,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    *,
    client: AuthenticatedClient | Client,
    body: TokenRequest,

) -> Problem | TokenAnswer | None:
    """ Log in, or stay logged in

     OAuth 2.0's token endpoint, for `grant_type` password, refresh_token and authorization_code. An
    unknown address, a wrong
    password and a worthless refresh token are refused alike. A refresh token or a code that was used
    before ends its session:
    it may be in two hands.

    Args:
        body (TokenRequest): A form as OAuth 2.0 has it (RFC 6749, 4.1.3, 4.3 and 6), with `otp`
            beside it; what it does not know it ignores.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | TokenAnswer
     """


    return sync_detailed(
        client=client,
body=body,

    ).parsed

async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: TokenRequest,

) -> Response[Problem | TokenAnswer]:
    """ Log in, or stay logged in

     OAuth 2.0's token endpoint, for `grant_type` password, refresh_token and authorization_code. An
    unknown address, a wrong
    password and a worthless refresh token are refused alike. A refresh token or a code that was used
    before ends its session:
    it may be in two hands.

    Args:
        body (TokenRequest): A form as OAuth 2.0 has it (RFC 6749, 4.1.3, 4.3 and 6), with `otp`
            beside it; what it does not know it ignores.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | TokenAnswer]
     """


    kwargs = _get_kwargs(
        body=body,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: TokenRequest,

) -> Problem | TokenAnswer | None:
    """ Log in, or stay logged in

     OAuth 2.0's token endpoint, for `grant_type` password, refresh_token and authorization_code. An
    unknown address, a wrong
    password and a worthless refresh token are refused alike. A refresh token or a code that was used
    before ends its session:
    it may be in two hands.

    Args:
        body (TokenRequest): A form as OAuth 2.0 has it (RFC 6749, 4.1.3, 4.3 and 6), with `otp`
            beside it; what it does not know it ignores.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | TokenAnswer
     """


    return (await asyncio_detailed(
        client=client,
body=body,

    )).parsed
