from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.problem import Problem
from ...models.service_slots_explain import ServiceSlotsExplain
from ...models.slots_answer import SlotsAnswer
from ...types import UNSET, Unset
from typing import cast
from uuid import UUID
import datetime



def _get_kwargs(
    service_id: UUID,
    *,
    date: datetime.date | None | Unset = UNSET,
    from_: None | str | Unset = UNSET,
    to: None | str | Unset = UNSET,
    timezone: None | str | Unset = UNSET,
    duration_minutes: int | None | Unset = UNSET,
    explain: ServiceSlotsExplain | Unset = ServiceSlotsExplain.VALUE_0,
    if_none_match: None | str | Unset = UNSET,

) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["if-none-match"] = if_none_match



    

    params: dict[str, Any] = {}

    json_date: None | str | Unset
    if isinstance(date, Unset):
        json_date = UNSET
    elif isinstance(date, datetime.date):
        json_date = date.isoformat()
    else:
        json_date = date
    params["date"] = json_date

    json_from_: None | str | Unset
    if isinstance(from_, Unset):
        json_from_ = UNSET
    else:
        json_from_ = from_
    params["from"] = json_from_

    json_to: None | str | Unset
    if isinstance(to, Unset):
        json_to = UNSET
    else:
        json_to = to
    params["to"] = json_to

    json_timezone: None | str | Unset
    if isinstance(timezone, Unset):
        json_timezone = UNSET
    else:
        json_timezone = timezone
    params["timezone"] = json_timezone

    json_duration_minutes: int | None | Unset
    if isinstance(duration_minutes, Unset):
        json_duration_minutes = UNSET
    else:
        json_duration_minutes = duration_minutes
    params["duration_minutes"] = json_duration_minutes

    json_explain: str | Unset = UNSET
    if not isinstance(explain, Unset):
        json_explain = explain.value

    params["explain"] = json_explain


    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}


    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/services/{service_id}/slots".format(service_id=quote(str(service_id), safe=""),),
        "params": params,
    }


    _kwargs["headers"] = headers
    return _kwargs



def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | Problem | SlotsAnswer | None:
    if response.status_code == 200:
        response_200 = SlotsAnswer.from_dict(response.json())



        return response_200

    if response.status_code == 304:
        response_304 = cast(Any, None)
        return response_304

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())



        return response_404

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Any | Problem | SlotsAnswer]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    service_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    date: datetime.date | None | Unset = UNSET,
    from_: None | str | Unset = UNSET,
    to: None | str | Unset = UNSET,
    timezone: None | str | Unset = UNSET,
    duration_minutes: int | None | Unset = UNSET,
    explain: ServiceSlotsExplain | Unset = ServiceSlotsExplain.VALUE_0,
    if_none_match: None | str | Unset = UNSET,

) -> Response[Any | Problem | SlotsAnswer]:
    """ A service's free slots

     Free slots of this service with any of its providers, shown in the business's time zone unless
    another is asked for.

    Args:
        service_id (UUID):
        date (datetime.date | None | Unset): All slots that start on this date.
        from_ (None | str | Unset): The first date, or the time from which slots start.
        to (None | str | Unset): The last date, or the time before which slots start.
        timezone (None | str | Unset): Where dates are meant and times are shown; the provider's
            when left out.
        duration_minutes (int | None | Unset): One of the service's durations; its own when left
            out.
        explain (ServiceSlotsExplain | Unset): 1 also says which rule removed each other time.
            Default: ServiceSlotsExplain.VALUE_0.
        if_none_match (None | str | Unset): The ETag of an earlier answer to the same question.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | SlotsAnswer]
     """


    kwargs = _get_kwargs(
        service_id=service_id,
date=date,
from_=from_,
to=to,
timezone=timezone,
duration_minutes=duration_minutes,
explain=explain,
if_none_match=if_none_match,

    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)

def sync(
    service_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    date: datetime.date | None | Unset = UNSET,
    from_: None | str | Unset = UNSET,
    to: None | str | Unset = UNSET,
    timezone: None | str | Unset = UNSET,
    duration_minutes: int | None | Unset = UNSET,
    explain: ServiceSlotsExplain | Unset = ServiceSlotsExplain.VALUE_0,
    if_none_match: None | str | Unset = UNSET,

) -> Any | Problem | SlotsAnswer | None:
    """ A service's free slots

     Free slots of this service with any of its providers, shown in the business's time zone unless
    another is asked for.

    Args:
        service_id (UUID):
        date (datetime.date | None | Unset): All slots that start on this date.
        from_ (None | str | Unset): The first date, or the time from which slots start.
        to (None | str | Unset): The last date, or the time before which slots start.
        timezone (None | str | Unset): Where dates are meant and times are shown; the provider's
            when left out.
        duration_minutes (int | None | Unset): One of the service's durations; its own when left
            out.
        explain (ServiceSlotsExplain | Unset): 1 also says which rule removed each other time.
            Default: ServiceSlotsExplain.VALUE_0.
        if_none_match (None | str | Unset): The ETag of an earlier answer to the same question.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | SlotsAnswer
     """


    return sync_detailed(
        service_id=service_id,
client=client,
date=date,
from_=from_,
to=to,
timezone=timezone,
duration_minutes=duration_minutes,
explain=explain,
if_none_match=if_none_match,

    ).parsed

async def asyncio_detailed(
    service_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    date: datetime.date | None | Unset = UNSET,
    from_: None | str | Unset = UNSET,
    to: None | str | Unset = UNSET,
    timezone: None | str | Unset = UNSET,
    duration_minutes: int | None | Unset = UNSET,
    explain: ServiceSlotsExplain | Unset = ServiceSlotsExplain.VALUE_0,
    if_none_match: None | str | Unset = UNSET,

) -> Response[Any | Problem | SlotsAnswer]:
    """ A service's free slots

     Free slots of this service with any of its providers, shown in the business's time zone unless
    another is asked for.

    Args:
        service_id (UUID):
        date (datetime.date | None | Unset): All slots that start on this date.
        from_ (None | str | Unset): The first date, or the time from which slots start.
        to (None | str | Unset): The last date, or the time before which slots start.
        timezone (None | str | Unset): Where dates are meant and times are shown; the provider's
            when left out.
        duration_minutes (int | None | Unset): One of the service's durations; its own when left
            out.
        explain (ServiceSlotsExplain | Unset): 1 also says which rule removed each other time.
            Default: ServiceSlotsExplain.VALUE_0.
        if_none_match (None | str | Unset): The ETag of an earlier answer to the same question.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | SlotsAnswer]
     """


    kwargs = _get_kwargs(
        service_id=service_id,
date=date,
from_=from_,
to=to,
timezone=timezone,
duration_minutes=duration_minutes,
explain=explain,
if_none_match=if_none_match,

    )

    response = await client.get_async_httpx_client().request(
        **kwargs
    )

    return _build_response(client=client, response=response)

async def asyncio(
    service_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    date: datetime.date | None | Unset = UNSET,
    from_: None | str | Unset = UNSET,
    to: None | str | Unset = UNSET,
    timezone: None | str | Unset = UNSET,
    duration_minutes: int | None | Unset = UNSET,
    explain: ServiceSlotsExplain | Unset = ServiceSlotsExplain.VALUE_0,
    if_none_match: None | str | Unset = UNSET,

) -> Any | Problem | SlotsAnswer | None:
    """ A service's free slots

     Free slots of this service with any of its providers, shown in the business's time zone unless
    another is asked for.

    Args:
        service_id (UUID):
        date (datetime.date | None | Unset): All slots that start on this date.
        from_ (None | str | Unset): The first date, or the time from which slots start.
        to (None | str | Unset): The last date, or the time before which slots start.
        timezone (None | str | Unset): Where dates are meant and times are shown; the provider's
            when left out.
        duration_minutes (int | None | Unset): One of the service's durations; its own when left
            out.
        explain (ServiceSlotsExplain | Unset): 1 also says which rule removed each other time.
            Default: ServiceSlotsExplain.VALUE_0.
        if_none_match (None | str | Unset): The ETag of an earlier answer to the same question.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | SlotsAnswer
     """


    return (await asyncio_detailed(
        service_id=service_id,
client=client,
date=date,
from_=from_,
to=to,
timezone=timezone,
duration_minutes=duration_minutes,
explain=explain,
if_none_match=if_none_match,

    )).parsed
