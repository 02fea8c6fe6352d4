"""What goes with a deployment is named with its licence, and nothing in it forbids to be shared."""

import tomllib
from importlib import metadata

from infra.functions import FUNCTIONS
from infra.layers import EVERYWHERE, PROVIDED
from tools.notice import FILE, ROOT, licence_of


def named() -> dict[str, str]:
    """The packages of NOTICE with their licences."""
    lines = [line.strip() for line in FILE.read_text().splitlines() if line.startswith("  ")]
    return dict(line.split(": ", 1) for line in lines)


def shipped() -> set[str]:
    """What the lock file installs for the groups of all layers."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    needs = {each["name"]: [need["name"] for need in each.get("dependencies", [])] for each in lock}
    (project,) = [each for each in lock if "dev-dependencies" in each]
    groups = {EVERYWHERE, *(layer for function in FUNCTIONS for layer in function.layers)}
    waiting = [need["name"] for group in groups for need in project["dev-dependencies"][group]]
    found: set[str] = set()
    while waiting:
        if (name := waiting.pop()) not in found:
            found.add(name)
            waiting += needs[name]
    return found


def test_every_shipped_package_is_named_with_its_licence() -> None:
    installed = {name for name in shipped() - PROVIDED if _is_installed(name)}
    assert installed - set(named()) == set(), "run `make notice`"
    assert set(named()) <= shipped(), "run `make notice`"
    assert {name: licence_of(name) for name in named()} == named(), "run `make notice`"


def test_no_licence_asks_for_the_source_of_what_runs_on_a_server() -> None:
    assert [name for name, licence in named().items() if "AGPL" in licence or "Affero" in licence] == []


def _is_installed(name: str) -> bool:
    try:
        return bool(metadata.version(name))
    except metadata.PackageNotFoundError:
        return False
