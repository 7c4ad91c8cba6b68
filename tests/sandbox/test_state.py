"""What the stand-ins remember over a restart."""

from __future__ import annotations

from pathlib import Path

from sandbox.state import State


def test_what_was_saved_is_there_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    state = State(file)
    state.shelf("mails")["1"] = {"text": "Hello 👋"}
    state.save()
    assert {"1": {"text": "Hello 👋"}} == State(file).shelf("mails")


def test_what_was_not_saved_is_not(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    state = State(file)
    state.save()
    state.shelf("mails")["1"] = {}
    assert {} == State(file).shelf("mails")


def test_forgetting_empties_the_shelves_that_are_in_use(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    state = State(file)
    shelf = state.shelf("mails")
    shelf["1"] = {}
    state.clear()
    assert {} == shelf == State(file).shelf("mails")
    assert shelf is state.shelf("mails")


def test_without_a_file_nothing_is_written(tmp_path: Path) -> None:
    state = State()
    state.shelf("mails")["1"] = {}
    state.save()
    assert [] == list(tmp_path.iterdir())


def test_a_file_cut_off_by_a_crash_is_put_aside(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text('{"mails": {"1"')
    state = State(file)
    assert {} == state.shelf("mails")
    state.save()
    assert '{"mails": {"1"' == (tmp_path / "state.broken").read_text()
