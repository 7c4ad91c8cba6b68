from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.new_provider import NewProvider
from ...models.problem import Problem
from ...models.provider_answer import ProviderAnswer
from ...types import UNSET, Unset
from typing import cast
from uuid import UUID



def _get_kwargs(
    provider_id: UUID,
    *,
    body: NewProvider,
    if_match: None | str | Unset = UNSET,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match



    

    

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/api/v1/providers/{provider_id}".format(provider_id=quote(str(provider_id), safe=""),),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | ProviderAnswer | None:
    if response.status_code == 200:
        response_200 = ProviderAnswer.from_dict(response.json())



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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Problem | ProviderAnswer]:
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
    body: NewProvider,
    if_match: None | str | Unset = UNSET,

) -> Response[Problem | ProviderAnswer]:
    """ Change a provider

     Everything about them anew; what is left out is as in a new one.

    In another time zone their hours and time off are meant on its clocks from now on. What is booked
    stays at its instant.

    Args:
        provider_id (UUID):
        if_match (None | str | Unset): The ETag of what is to be changed: where it is something
            else by now, nothing is changed (412). `*`: whichever it is.
        body (NewProvider): Who or what gives services. Their calendar is `calendar_id`, or else
            the one named by the e-mail address.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ProviderAnswer]
     """


    kwargs = _get_kwargs(
        provider_id=provider_id,
body=body,
if_match=if_match,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    provider_id: UUID,
    *,
    client: AuthenticatedClient,
    body: NewProvider,
    if_match: None | str | Unset = UNSET,

) -> Problem | ProviderAnswer | None:
    """ Change a provider

     Everything about them anew; what is left out is as in a new one.

    In another time zone their hours and time off are meant on its clocks from now on. What is booked
    stays at its instant.

    Args:
        provider_id (UUID):
        if_match (None | str | Unset): The ETag of what is to be changed: where it is something
            else by now, nothing is changed (412). `*`: whichever it is.
        body (NewProvider): Who or what gives services. Their calendar is `calendar_id`, or else
            the one named by the e-mail address.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ProviderAnswer
     """


    return sync_detailed(
        provider_id=provider_id,
client=client,
body=body,
if_match=if_match,

    ).parsed

async def asyncio_detailed(
    provider_id: UUID,
    *,
    client: AuthenticatedClient,
    body: NewProvider,
    if_match: None | str | Unset = UNSET,

) -> Response[Problem | ProviderAnswer]:
    """ Change a provider

     Everything about them anew; what is left out is as in a new one.

    In another time zone their hours and time off are meant on its clocks from now on. What is booked
    stays at its instant.

    Args:
        provider_id (UUID):
        if_match (None | str | Unset): The ETag of what is to be changed: where it is something
            else by now, nothing is changed (412). `*`: whichever it is.
        body (NewProvider): Who or what gives services. Their calendar is `calendar_id`, or else
            the one named by the e-mail address.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ProviderAnswer]
     """


    kwargs = _get_kwargs(
        provider_id=provider_id,
body=body,
if_match=if_match,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    provider_id: UUID,
    *,
    client: AuthenticatedClient,
    body: NewProvider,
    if_match: None | str | Unset = UNSET,

) -> Problem | ProviderAnswer | None:
    """ Change a provider

     Everything about them anew; what is left out is as in a new one.

    In another time zone their hours and time off are meant on its clocks from now on. What is booked
    stays at its instant.

    Args:
        provider_id (UUID):
        if_match (None | str | Unset): The ETag of what is to be changed: where it is something
            else by now, nothing is changed (412). `*`: whichever it is.
        body (NewProvider): Who or what gives services. Their calendar is `calendar_id`, or else
            the one named by the e-mail address.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ProviderAnswer
     """


    return (await asyncio_detailed(
        provider_id=provider_id,
client=client,
body=body,
if_match=if_match,

    )).parsed
