"""What the documents say is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
README = (ROOT / "README.md").read_text()


def test_the_settings_table_is_the_settings() -> None:
    told = set(re.findall(rf"`{PREFIX}([A-Z_]+)`", README))
    assert {name.upper() for name in Settings.model_fields} == told


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text())
    missing = [link for link in links if "://" not in link and not (document.parent / link).exists()]
    assert [] == missing


def test_compose_hands_on_settings_that_exist() -> None:
    own = {"DATABASE_PASSWORD", "TENANT_PASSWORD", "STEWARD_PASSWORD", "DOOR_PASSWORD", "VERSION"}  # of the compose file itself
    used = set(re.findall(rf"{PREFIX}([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert used - own <= {name.upper() for name in Settings.model_fields}
