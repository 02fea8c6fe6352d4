"""The mutants' runner: what it reads of the project and of mutmut, and what it makes of it."""

from collections import Counter
from pathlib import Path

import pytest

from infra.routes import KIT_FOLDER, ROOT
from tools.mutants import NotMutated, Outcome, groups, place_of, read

REPORT = """\
    lyceum.kit.values.money.x_a__mutmut_1: killed
    lyceum.kit.values.money.x_a__mutmut_2: survived
    lyceum.kit.values.money.x_a__mutmut_3: timeout
    lyceum.kit.values.money.x_b__mutmut_1: no tests
"""


def test_what_nobody_noticed_is_named_and_lowers_the_score() -> None:
    outcome = read(REPORT)
    assert outcome.counts == {"killed": 1, "survived": 1, "timeout": 1, "no tests": 1}
    assert outcome.score == 50
    assert outcome.survivors == ("lyceum.kit.values.money.x_a__mutmut_2", "lyceum.kit.values.money.x_b__mutmut_1")


def test_no_mutants_are_no_success() -> None:
    assert Outcome(Counter(), ()).score == 0


def test_every_group_names_modules_and_tests_that_there_are() -> None:
    found = groups()
    assert {group.name for group in found} >= {"scoring", "access", "money", "limits", "time", "ledger"}
    for group in found:
        assert group.floor >= 85
        assert all((ROOT / test).exists() for test in group.tests), group
        for module in group.modules:
            root = ROOT if module.startswith("functions.") else KIT_FOLDER
            assert (root / place_of(module)).is_file(), module


def test_the_page_of_the_tests_tells_every_group_and_what_it_asks_for() -> None:
    told = (ROOT / "docs/testing.md").read_text().splitlines()
    for group in groups():
        (row,) = [line for line in told if line.startswith(f"| `{group.name}` |")]
        assert row.endswith(f"| {group.floor} % |")


def test_a_group_that_there_is_not_is_refused(tmp_path: Path) -> None:
    project = tmp_path / "pyproject.toml"
    project.write_text('[tool.mutants.money]\nmodules = ["m"]\ntests = ["t"]\nfloor = 85\n')
    assert [group.name for group in groups(["money"], project)] == ["money"]
    with pytest.raises(NotMutated, match="there is no group speed; choose of money"):
        groups(["speed"], project)
