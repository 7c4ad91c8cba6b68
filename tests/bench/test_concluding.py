"""How a bench ends."""

from __future__ import annotations

import pytest

from bench.concluding import conclude
from bench.progress import Progress
from bench.report import Report


@pytest.mark.parametrize(("fault", "said"), [(TimeoutError(), "too late\n"), (ConnectionError("gone"), "gone\n")])
def test_time_that_is_up_is_told_as_that_also_where_any_os_error_is_an_accident(
    fault: Exception, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async def work(_: Progress) -> Report:
        raise fault

    assert 1 == conclude(work, lambda _: True, accidents=(OSError,), late="too late", json_file=None)
    assert said == capsys.readouterr().err
