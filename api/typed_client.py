"""Writes the typed Python client anew, from the description of the API; the generated code is in client/slotkeeper_client.

python -m api.typed_client           generates it
python -m api.typed_client --check   exits 1 where it is not what would be generated now
"""

from __future__ import annotations

import argparse
import filecmp
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from api.compatibility import present

FOLDER = Path(__file__).parent.parent / "client"
GENERATED = FOLDER / "slotkeeper_client"
STAMP = "generated-from.txt"
RENEW = "make client"


def description() -> dict[str, Any]:
    """The API as the generator understands it: a body that may be left out is not one that may be null, and two of one name are
    told apart by where they come from."""
    described = present()
    for name, schema in described["components"]["schemas"].items():
        of, last = ["", *str(name).split("__")][-2:]
        schema["title"] = of.title() + last
    for operations in described["paths"].values():
        for operation in operations.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                choices = [one for one in content["schema"].get("anyOf", ()) if one.get("type") != "null"]
                if len(choices) == 1:
                    content["schema"] = choices[0]
    return described


def stamp_of(described: dict[str, Any]) -> str:
    """By which the code knows its description, and what it was made with."""
    made_with = "".join(path.read_text() for path in [FOLDER / "config.yml", *sorted(FOLDER.glob("templates/*"))])
    return hashlib.sha256((json.dumps(described, sort_keys=True) + made_with).encode()).hexdigest()


def generate(into: Path) -> None:
    """Writes the package there. Raises CalledProcessError where a part of the description was left out."""
    described = description()
    with TemporaryDirectory() as folder:
        file = Path(folder) / "openapi.json"
        file.write_text(json.dumps(described))
        how = ("--meta", "none", "--config", str(FOLDER / "config.yml"), "--custom-template-path", str(FOLDER / "templates"))
        where = ("--path", str(file), "--output-path", str(into), "--overwrite", "--fail-on-warning")
        command = [sys.executable, "-m", "openapi_python_client", "generate", *how, *where]
        subprocess.run(command, check=True, stdout=sys.stderr)  # noqa: S603 (our own words)
    (into / STAMP).write_text(stamp_of(described) + "\n")


def differences(one: Path, other: Path) -> list[str]:
    """Which files differ, or are only in one of them."""
    compared = filecmp.dircmp(one, other, ignore=["__pycache__"])
    found = [*compared.left_only, *compared.right_only, *filecmp.cmpfiles(one, other, compared.common_files, shallow=False)[1]]
    return found + [f"{name}/{each}" for name in compared.common_dirs for each in differences(one / name, other / name)]


def main(arguments: list[str] | None = None) -> int:
    """Generates, or compares with what would be generated."""
    parser = argparse.ArgumentParser(prog="python -m api.typed_client", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing: exit 1 where the client is stale")
    asked = parser.parse_args(arguments)
    with TemporaryDirectory() as folder:
        made = Path(folder) / GENERATED.name
        generate(made)
        if not asked.check:
            shutil.rmtree(GENERATED, ignore_errors=True)
            shutil.copytree(made, GENERATED)
            return 0
        found = differences(GENERATED, made) if GENERATED.exists() else [GENERATED.name]
    if found:
        some = ", ".join(sorted(found)[:5])
        print(f"The Python client is not what the API's description says: {some}. Run: {RENEW}", file=sys.stderr)
        return 1
    print("The Python client is what the API's description says.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
