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
from ...models.new_template import NewTemplate
from ...models.problem import Problem
from ...models.template_answer import TemplateAnswer
from ...types import UNSET, Unset
from typing import cast



def _get_kwargs(
    kind: MessageKind,
    channel: Channel,
    language: Language,
    *,
    body: NewTemplate,
    if_match: None | str | Unset = UNSET,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match



    

    

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/api/v1/templates/{kind}/{channel}/{language}".format(kind=quote(str(kind), safe=""),channel=quote(str(channel), safe=""),language=quote(str(language), safe=""),),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | TemplateAnswer | None:
    if response.status_code == 200:
        response_200 = TemplateAnswer.from_dict(response.json())



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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Problem | TemplateAnswer]:
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
    body: NewTemplate,
    if_match: None | str | Unset = UNSET,

) -> Response[Problem | TemplateAnswer]:
    """ Replace a template

     Holds for messages sent from now on. An unknown variable, a mistake or a missing time is refused
    with its line.

    Args:
        kind (MessageKind): Why somebody is written to.
        channel (Channel): By what a message goes.
        language (Language): In what we can write.
        if_match (None | str | Unset): The ETag of what is to be changed: where it is something
            else by now, nothing is changed (412). `*`: whichever it is.
        body (NewTemplate): A message in Jinja: `{{ name }}`, `{% if link %} … {% endif %}`, and
            `{% for time in occurrences %}` as its only loop.

            An SMS has only a `text`, and ends with the booking's reference by itself. In `html` every
            value is escaped.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | TemplateAnswer]
     """


    kwargs = _get_kwargs(
        kind=kind,
channel=channel,
language=language,
body=body,
if_match=if_match,

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
    body: NewTemplate,
    if_match: None | str | Unset = UNSET,

) -> Problem | TemplateAnswer | None:
    """ Replace a template

     Holds for messages sent from now on. An unknown variable, a mistake or a missing time is refused
    with its line.

    Args:
        kind (MessageKind): Why somebody is written to.
        channel (Channel): By what a message goes.
        language (Language): In what we can write.
        if_match (None | str | Unset): The ETag of what is to be changed: where it is something
            else by now, nothing is changed (412). `*`: whichever it is.
        body (NewTemplate): A message in Jinja: `{{ name }}`, `{% if link %} … {% endif %}`, and
            `{% for time in occurrences %}` as its only loop.

            An SMS has only a `text`, and ends with the booking's reference by itself. In `html` every
            value is escaped.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | TemplateAnswer
     """


    return sync_detailed(
        kind=kind,
channel=channel,
language=language,
client=client,
body=body,
if_match=if_match,

    ).parsed

async def asyncio_detailed(
    kind: MessageKind,
    channel: Channel,
    language: Language,
    *,
    client: AuthenticatedClient,
    body: NewTemplate,
    if_match: None | str | Unset = UNSET,

) -> Response[Problem | TemplateAnswer]:
    """ Replace a template

     Holds for messages sent from now on. An unknown variable, a mistake or a missing time is refused
    with its line.

    Args:
        kind (MessageKind): Why somebody is written to.
        channel (Channel): By what a message goes.
        language (Language): In what we can write.
        if_match (None | str | Unset): The ETag of what is to be changed: where it is something
            else by now, nothing is changed (412). `*`: whichever it is.
        body (NewTemplate): A message in Jinja: `{{ name }}`, `{% if link %} … {% endif %}`, and
            `{% for time in occurrences %}` as its only loop.

            An SMS has only a `text`, and ends with the booking's reference by itself. In `html` every
            value is escaped.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | TemplateAnswer]
     """


    kwargs = _get_kwargs(
        kind=kind,
channel=channel,
language=language,
body=body,
if_match=if_match,

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
    body: NewTemplate,
    if_match: None | str | Unset = UNSET,

) -> Problem | TemplateAnswer | None:
    """ Replace a template

     Holds for messages sent from now on. An unknown variable, a mistake or a missing time is refused
    with its line.

    Args:
        kind (MessageKind): Why somebody is written to.
        channel (Channel): By what a message goes.
        language (Language): In what we can write.
        if_match (None | str | Unset): The ETag of what is to be changed: where it is something
            else by now, nothing is changed (412). `*`: whichever it is.
        body (NewTemplate): A message in Jinja: `{{ name }}`, `{% if link %} … {% endif %}`, and
            `{% for time in occurrences %}` as its only loop.

            An SMS has only a `text`, and ends with the booking's reference by itself. In `html` every
            value is escaped.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | TemplateAnswer
     """


    return (await asyncio_detailed(
        kind=kind,
channel=channel,
language=language,
client=client,
body=body,
if_match=if_match,

    )).parsed
