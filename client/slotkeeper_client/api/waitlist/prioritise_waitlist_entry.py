from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.problem import Problem
from ...models.waitlist_entry_answer import WaitlistEntryAnswer
from ...models.waitlist_priority import WaitlistPriority
from ...types import UNSET, Unset
from typing import cast
from uuid import UUID



def _get_kwargs(
    entry_id: UUID,
    *,
    body: WaitlistPriority,
    if_match: None | str | Unset = UNSET,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match



    

    

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/api/v1/waitlist/{entry_id}".format(entry_id=quote(str(entry_id), safe=""),),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | WaitlistEntryAnswer | None:
    if response.status_code == 200:
        response_200 = WaitlistEntryAnswer.from_dict(response.json())



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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Problem | WaitlistEntryAnswer]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    entry_id: UUID,
    *,
    client: AuthenticatedClient,
    body: WaitlistPriority,
    if_match: None | str | Unset = UNSET,

) -> Response[Problem | WaitlistEntryAnswer]:
    """ Give an entry priority

     Asks it before or after the others from now on.

    Args:
        entry_id (UUID):
        if_match (None | str | Unset): The ETag of what is to be changed: where it is something
            else by now, nothing is changed (412). `*`: whichever it is.
        body (WaitlistPriority): How early an entry is asked: those with more go first, and among
            equals those who joined first.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | WaitlistEntryAnswer]
     """


    kwargs = _get_kwargs(
        entry_id=entry_id,
body=body,
if_match=if_match,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    entry_id: UUID,
    *,
    client: AuthenticatedClient,
    body: WaitlistPriority,
    if_match: None | str | Unset = UNSET,

) -> Problem | WaitlistEntryAnswer | None:
    """ Give an entry priority

     Asks it before or after the others from now on.

    Args:
        entry_id (UUID):
        if_match (None | str | Unset): The ETag of what is to be changed: where it is something
            else by now, nothing is changed (412). `*`: whichever it is.
        body (WaitlistPriority): How early an entry is asked: those with more go first, and among
            equals those who joined first.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | WaitlistEntryAnswer
     """


    return sync_detailed(
        entry_id=entry_id,
client=client,
body=body,
if_match=if_match,

    ).parsed

async def asyncio_detailed(
    entry_id: UUID,
    *,
    client: AuthenticatedClient,
    body: WaitlistPriority,
    if_match: None | str | Unset = UNSET,

) -> Response[Problem | WaitlistEntryAnswer]:
    """ Give an entry priority

     Asks it before or after the others from now on.

    Args:
        entry_id (UUID):
        if_match (None | str | Unset): The ETag of what is to be changed: where it is something
            else by now, nothing is changed (412). `*`: whichever it is.
        body (WaitlistPriority): How early an entry is asked: those with more go first, and among
            equals those who joined first.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | WaitlistEntryAnswer]
     """


    kwargs = _get_kwargs(
        entry_id=entry_id,
body=body,
if_match=if_match,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    entry_id: UUID,
    *,
    client: AuthenticatedClient,
    body: WaitlistPriority,
    if_match: None | str | Unset = UNSET,

) -> Problem | WaitlistEntryAnswer | None:
    """ Give an entry priority

     Asks it before or after the others from now on.

    Args:
        entry_id (UUID):
        if_match (None | str | Unset): The ETag of what is to be changed: where it is something
            else by now, nothing is changed (412). `*`: whichever it is.
        body (WaitlistPriority): How early an entry is asked: those with more go first, and among
            equals those who joined first.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | WaitlistEntryAnswer
     """


    return (await asyncio_detailed(
        entry_id=entry_id,
client=client,
body=body,
if_match=if_match,

    )).parsed
