"""A business's own words: replaced, looked over, shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
import pytest

from tests.api.shop import Shop, problem

CONFIRMATION = "/templates/confirmation/email/de"
OWN = {"subject": "Bis bald, {{ name }}", "text": "Moin {{ name }}: {{ when }}", "html": "<b>{{ name }}</b> {{ details }}"}


async def refused(shop: Shop, path: str, body: dict[str, Any]) -> list[tuple[str, str]]:
    answer = await shop.put(path, body)
    assert 422 == answer.status_code, answer.text
    return [(error["pointer"], error["detail"]) for error in answer.json()["errors"]]


async def preview(shop: Shop, **body: Any) -> httpx.Response:
    return await shop.post("/templates/preview", {"kind": "confirmation", "channel": "email", "language": "de"} | body)


async def test_ours_are_shown_until_a_business_has_its_own(shop: Shop, other_shop: Shop) -> None:
    ours = (await shop.get(CONFIRMATION)).json()
    assert (False, True) == (ours["is_own"], "ist bestätigt" in ours["text"])
    saved = await shop.put(CONFIRMATION, OWN)
    expected = {"kind": "confirmation", "channel": "email", "language": "de", "is_own": True, **OWN}
    assert (200, expected) == (saved.status_code, saved.json())
    assert expected == (await shop.get(CONFIRMATION)).json()
    assert ours == (await other_shop.get(CONFIRMATION)).json(), "each business has its own"
    listed = (await shop.get("/templates")).json()
    assert [{"kind": "confirmation", "channel": "email", "language": "de"}] == listed["own"]
    assert "when" in listed["variables"]
    for _ in range(2):
        assert 204 == (await shop.delete(CONFIRMATION)).status_code
    assert ours == (await shop.get(CONFIRMATION)).json()


@pytest.mark.parametrize(
    ("path", "body", "pointer", "detail"),
    [
        (CONFIRMATION, OWN | {"text": "{{ when }}\n\n{{ nmae }}"}, "/text", "line 3: there is no variable 'nmae'"),
        (CONFIRMATION, OWN | {"html": "{% if %}{{ when }}"}, "/html", "line 1: "),
        (CONFIRMATION, OWN | {"subject": "{{ name | attr('x') }}"}, "/subject", "line 1: there is no filter 'attr'"),
        (CONFIRMATION, OWN | {"text": "Hello {{ name }}"}, "/text", "must say details or when"),
        (CONFIRMATION, {"text": "{{ when }}"}, "/subject", "is needed for an e-mail"),
        (CONFIRMATION, OWN | {"text": ""}, "/text", ""),
        (CONFIRMATION, OWN | {"text": "{{ when }}\0"}, "/text", "must not contain control characters"),
        (CONFIRMATION, OWN | {"colour": "red"}, "/colour", ""),
        ("/templates/waitlist_offer/sms/en", {"text": "{{ when }}"}, "/text", "must say link"),
        ("/templates/reminder/sms/en", {"subject": "Hi", "text": "{{ when }}"}, "/subject", "must be left out of an SMS"),
        ("/templates/reminder/sms/en", {"text": "{{ when }}" + "x" * 1590}, "/text", "is 11 parts long"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(
    shop: Shop, path: str, body: dict[str, Any], pointer: str, detail: str
) -> None:
    found = await refused(shop, path, body)
    assert any(at == pointer and said.startswith(detail) for at, said in found), found
    assert [] == (await shop.get("/templates")).json()["own"]


@pytest.mark.parametrize(("path", "part"), [("/templates/praise/sms/en", "kind"), ("/templates/series/fax/en", "channel"),
                                            ("/templates/series/sms/xx", "language")])  # fmt: skip
async def test_there_are_only_so_many_messages(shop: Shop, path: str, part: str) -> None:
    assert (422, "invalid-request", [part]) == problem(await shop.get(path))
    assert (422, "invalid-request", [part]) == problem(await shop.put(path, {"text": "x"}))


async def test_a_preview_shows_the_template_in_use_with_a_made_up_booking(shop: Shop) -> None:
    shown = (await preview(shop)).json()
    assert "Bestätigt: Massage, 60 min, Mo., 8. März 2027, 10:00 (Europe/Berlin)" == shown["subject"]
    assert "<table>" in shown["html"] and "120,00\xa0€" in shown["text"] and None is shown["sms"]
    await shop.put(CONFIRMATION, OWN)
    assert "Moin Ada Byron: Mo., 8. März 2027, 10:00 (Europe/Berlin)" == (await preview(shop)).json()["text"]
    tried = (await preview(shop, subject="{{ name }}", text="{{ when }}", recipient="provider")).json()
    assert ("Grace Hopper", None) == (tried["subject"], tried["html"])


async def test_a_preview_of_a_text_says_what_it_costs(shop: Shop) -> None:
    short = (await preview(shop, channel="sms", text="{{ when }}")).json()
    assert "Mo., 8. März 2027, 10:00 (Europe/Berlin) Ref 0123456789ab" == short["text"]
    assert {"encoding": "GSM-7", "characters": 57, "segments": 1} == short["sms"]
    long = (await preview(shop, channel="sms", text="✂ {{ when }}" + "{{ service }}" * 3)).json()
    assert ("UCS-2", 2) == (long["sms"]["encoding"], long["sms"]["segments"])


async def test_a_preview_can_be_about_a_booking_of_the_business(shop: Shop, other_shop: Shop, nine_in_a_week: datetime) -> None:
    service = await shop.service()
    booked = await shop.book(service, await shop.provider(service), nine_in_a_week)
    booking_id = booked.json()["id"]
    shown = (await preview(shop, booking_id=booking_id, language="fr")).json()
    assert "Bonjour Grace Hopper, votre réservation chez Salon Byron est confirmée." in shown["text"]
    assert (422, "invalid-request", ["/booking_id"]) == problem(await preview(other_shop, booking_id=booking_id))


async def test_a_preview_refuses_what_could_not_be_saved(shop: Shop) -> None:
    assert (422, "invalid-request", ["/text"]) == problem(await preview(shop, subject="x", text="{{ nobody }} {{ when }}"))
    assert (422, "invalid-request", ["/text"]) == problem(await preview(shop, subject="x"))


async def test_how_a_business_writes(shop: Shop, other_shop: Shop) -> None:
    assert {"locale": "en", "quiet_hours": None} == (await shop.get("/message-settings")).json()
    wanted = {"locale": "de-AT", "quiet_hours": {"start": "21:00", "end": "08:30"}}
    assert wanted == (await shop.put("/message-settings", wanted)).json() == (await shop.get("/message-settings")).json()
    assert {"locale": "en", "quiet_hours": None} == (await other_shop.get("/message-settings")).json()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"locale": "pl"}, "/locale"),
        ({"locale": "deutsch!"}, "/locale"),
        ({"quiet_hours": {"start": "21:00", "end": "21:00"}}, "/quiet_hours/end"),
        ({"quiet_hours": {"start": "00:00", "end": "24:00"}}, "/quiet_hours/end"),
        ({"quiet_hours": {"start": "9 pm", "end": "08:00"}}, "/quiet_hours/start"),
        ({"quiet_hours": {"start": "21:00"}}, "/quiet_hours/end"),
    ],
)
async def test_settings_that_make_no_sense_are_refused(shop: Shop, body: dict[str, Any], pointer: str) -> None:
    assert (422, "invalid-request", [pointer]) == problem(await shop.put("/message-settings", body))
    assert {"locale": "en", "quiet_hours": None} == (await shop.get("/message-settings")).json()
