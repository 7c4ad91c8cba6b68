"""A business's own settings: what is sent holds from then on, and the rest stays."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from domain.bookings import BookingRef
from domain.businesses import as_origin
from domain.people import Role
from store.appointments import read_appointment
from tests.api.middleware.test_origins import PAGE, preflight, says_nothing
from tests.api.shop import CUSTOMER, SERVICE, Shop, problem
from tests.api.staff import somebody
from tests.orders import TOMORROW


async def changed(shop: Shop, body: dict[str, Any]) -> dict[str, Any]:
    answer = await shop.client.patch("/api/v1/business", json=body, headers=shop.auth)
    assert 200 == answer.status_code, answer.text
    shown: dict[str, Any] = (await shop.get("/business")).json()
    assert shown == answer.json()
    return shown


async def test_a_new_business_shows_what_it_was_opened_with(shop: Shop) -> None:
    shown = (await shop.get("/business")).json()
    assert (str(shop.business_id), "Salon Byron", "Europe/Berlin") == (shown["id"], shown["name"], shown["timezone"])
    assert (None, [], [], "undo") == (shown["currency"], shown["languages"], shown["origins"], shown["on_calendar_failure"])
    assert {None} == {*shown["profile"].values(), *shown["branding"].values()}


async def test_its_links_lead_to_what_is_set_elsewhere(shop: Shop) -> None:
    for address in (await shop.get("/business")).json()["links"].values():
        assert 200 == (await shop.client.get(address, headers=shop.auth)).status_code, address


async def test_what_is_left_out_stays(shop: Shop) -> None:
    first = await changed(shop, {"profile": {"email": "hello@salon.example", "phone": "+49 30 901820"}, "currency": "EUR"})
    assert ("hello@salon.example", "+4930901820") == (first["profile"]["email"], first["profile"]["phone"])
    then = await changed(shop, {"profile": {"phone": None}, "branding": {"color": "#AA22Ff"}, "name": "Byron & Daughter"})
    assert ("hello@salon.example", None) == (then["profile"]["email"], then["profile"]["phone"])
    assert ("#aa22ff", "EUR", "Byron & Daughter") == (then["branding"]["color"], then["currency"], then["name"])
    assert None is (await changed(shop, {"currency": None}))["currency"]
    assert then | {"currency": None} == (await changed(shop, {}))


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"name": None}, "/name"),
        ({"timezone": "Mars/Olympus"}, "/timezone"),
        ({"currency": "XXX"}, "/currency"),
        ({"languages": ["tlh"]}, "/languages/0"),
        ({"origins": ["https://salon.example/path"]}, "/origins/0"),
        ({"origins": ["*"]}, "/origins/0"),
        ({"origins": ["http://salon.example"]}, "/origins/0"),
        ({"origins": [f"https://{n}.example" for n in range(21)]}, "/origins"),
        ({"profile": None}, "/profile"),
        ({"profile": {"email": "nobody"}}, "/profile/email"),
        ({"profile": {"website": "javascript:alert(1)"}}, "/profile/website"),
        ({"branding": {"color": "red"}}, "/branding/color"),
        ({"branding": {"logo_url": "http://salon.example/logo.png"}}, "/branding/logo_url"),
        ({"on_calendar_failure": "shrug"}, "/on_calendar_failure"),
        ({"id": "another"}, "/id"),
    ],
)
async def test_what_makes_no_sense_names_the_field_and_changes_nothing(shop: Shop, body: dict[str, Any], place: str) -> None:
    before = (await shop.get("/business")).json()
    answer = await shop.client.patch("/api/v1/business", json=body, headers=shop.auth)
    assert (422, "invalid-request", [place]) == problem(answer)
    assert before == (await shop.get("/business")).json()


@pytest.mark.parametrize(("role", "status"), [(Role.OWNER, 200), (Role.ADMIN, 200), (Role.STAFF, 403), (Role.VIEWER, 403)])
async def test_who_may_look_and_who_may_change(shop: Shop, role: Role, status: int) -> None:
    person = await somebody(shop.client, shop.pool, shop.business_id, role)
    assert (200, status) == (
        (await person.call("GET", "/business")).status_code,
        (await person.call("PATCH", "/business", {"name": "Byron"})).status_code,
    )


async def test_one_business_changes_nothing_of_another(shop: Shop, other_shop: Shop) -> None:
    before = (await other_shop.get("/business")).json()
    await changed(shop, {"name": "Byron", "origins": [PAGE]})
    assert before == (await other_shop.get("/business")).json()


async def test_services_are_priced_in_its_currency(shop: Shop) -> None:
    service = await shop.service()
    await changed(shop, {"currency": "GBP"})
    for answer in (await shop.post("/services", SERVICE), await shop.change(f"/services/{service}", SERVICE)):
        assert (422, "invalid-request", ["/price/currency"]) == problem(answer)
    assert 201 == (await shop.post("/services", SERVICE | {"price": {"amount": 5000, "currency": "GBP"}})).status_code


async def test_a_page_that_it_lists_may_ask(shop: Shop) -> None:
    assert [PAGE] == (await changed(shop, {"origins": [f"{PAGE}:443/", PAGE]}))["origins"]
    assert PAGE == (await preflight(shop.client, PAGE)).headers["Access-Control-Allow-Origin"]
    assert says_nothing(await preflight(shop.client, "https://other.example"))


@pytest.mark.parametrize(("languages", "locale"), [([], "fr-CA"), (["fr", "de"], "fr-CA"), (["de"], "de-AT")])
async def test_customers_are_written_to_in_its_languages_and_by_its_name(shop: Shop, languages: list[str], locale: str) -> None:
    await shop.put("/message-settings", {"locale": "de-AT"})
    await changed(shop, {"languages": languages, "branding": {"name": "Byron's"}})
    service = await shop.service()
    provider = await shop.provider(service)
    at = TOMORROW.replace(hour=12)
    held = (await shop.book(service, provider, at, customer=CUSTOMER | {"locale": "fr-CA"})).json()
    appointment = await read_appointment(shop.pool, BookingRef(shop.business_id, UUID(held["id"])))
    assert (locale, "Byron's") == (appointment.customer.locale, appointment.business_name)


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://salon.example", "https://salon.example"),
        ("https://Salon.Example:443/", "https://salon.example"),
        ("https://salon.example:8443", "https://salon.example:8443"),
        ("http://localhost:5173", "http://localhost:5173"),
    ],
)
def test_an_origin_is_kept_as_browsers_write_it(text: str, origin: str) -> None:
    assert origin == as_origin(text)


@pytest.mark.parametrize(
    "text",
    ["", "null", "*", "salon.example", "https://", "https://*.example", "https://a@salon.example", "https://salon.example?x", "ftp://a",
     "https://salon.example/x", "http://salon.example", "https://sälön.example", "https://salon.example#a", "https://salon.example:99999"],
)  # fmt: skip
def test_what_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        as_origin(text)
