from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.channel import Channel
from ...models.language import Language
from ...models.message_kind import MessageKind
from ...models.problem import Problem
from ...models.template_answer import TemplateAnswer
from ...types import UNSET, Unset
from typing import cast



def _get_kwargs(
    kind: MessageKind,
    channel: Channel,
    language: Language,
    *,
    if_none_match: None | str | Unset = UNSET,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["If-None-Match"] = if_none_match



    

    

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/templates/{kind}/{channel}/{language}".format(kind=quote(str(kind), safe=""),channel=quote(str(channel), safe=""),language=quote(str(language), safe=""),),
    }


    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | Problem | TemplateAnswer | None:
    if response.status_code == 200:
        response_200 = TemplateAnswer.from_dict(response.json())



        return response_200

    if response.status_code == 304:
        response_304 = cast(Any, None)
        return response_304

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())



        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())



        return response_403

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Any | Problem | TemplateAnswer]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    kind: MessageKind,
    channel: Channel,
    language: Language,
    *,
    client: AuthenticatedClient,
    if_none_match: None | str | Unset = UNSET,

) -> Response[Any | Problem | TemplateAnswer]:
    """ Show a template

     The business's own, or the release's where it has none.

    Args:
        kind (MessageKind): Why somebody is written to.
        channel (Channel): By what a message goes.
        language (Language): In what we can write.
        if_none_match (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | TemplateAnswer]
     """


    kwargs = _get_kwargs(
        kind=kind,
channel=channel,
language=language,
if_none_match=if_none_match,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    kind: MessageKind,
    channel: Channel,
    language: Language,
    *,
    client: AuthenticatedClient,
    if_none_match: None | str | Unset = UNSET,

) -> Any | Problem | TemplateAnswer | None:
    """ Show a template

     The business's own, or the release's where it has none.

    Args:
        kind (MessageKind): Why somebody is written to.
        channel (Channel): By what a message goes.
        language (Language): In what we can write.
        if_none_match (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | TemplateAnswer
     """


    return sync_detailed(
        kind=kind,
channel=channel,
language=language,
client=client,
if_none_match=if_none_match,

    ).parsed

async def asyncio_detailed(
    kind: MessageKind,
    channel: Channel,
    language: Language,
    *,
    client: AuthenticatedClient,
    if_none_match: None | str | Unset = UNSET,

) -> Response[Any | Problem | TemplateAnswer]:
    """ Show a template

     The business's own, or the release's where it has none.

    Args:
        kind (MessageKind): Why somebody is written to.
        channel (Channel): By what a message goes.
        language (Language): In what we can write.
        if_none_match (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | TemplateAnswer]
     """


    kwargs = _get_kwargs(
        kind=kind,
channel=channel,
language=language,
if_none_match=if_none_match,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    kind: MessageKind,
    channel: Channel,
    language: Language,
    *,
    client: AuthenticatedClient,
    if_none_match: None | str | Unset = UNSET,

) -> Any | Problem | TemplateAnswer | None:
    """ Show a template

     The business's own, or the release's where it has none.

    Args:
        kind (MessageKind): Why somebody is written to.
        channel (Channel): By what a message goes.
        language (Language): In what we can write.
        if_none_match (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | TemplateAnswer
     """


    return (await asyncio_detailed(
        kind=kind,
channel=channel,
language=language,
client=client,
if_none_match=if_none_match,

    )).parsed
