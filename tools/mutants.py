"""Changes the product in small ways and sees whether a test notices: `python -m tools.mutants [group ...]`.

`[tool.mutants]` of pyproject.toml has groups of modules, each with the tests that are to notice and the share that has
to be noticed. mutmut works in copies below `build/mutants`, where the shared layer lies beside the functions, since it
takes a module's name from its path. It runs every mutant in a process of its own that has the tests loaded.
"""

import json
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILT = ROOT / "build" / "mutants"
_LAYER = Path("layers/lyceum/python/lyceum")
_COPIED = ("functions", "tests", "infra", "tools", "events", "local", "demo")
_AT_ONCE = 2
_KILLED = frozenset({"killed", "timeout", "segfault", "caught by type check"})
_PROJECT = """\
[tool.pytest.ini_options]
pythonpath = ["."]
addopts = "--import-mode=importlib -q -p no:cacheprovider"
markers = ["e2e: needs the stack deployed in the local emulator"]

[tool.mutmut]
source_paths = ["lyceum", "functions"]
only_mutate = {modules}
also_copy = {copied}
pytest_add_cli_args_test_selection = {tests}
use_git_change_detection = false
"""


@dataclass(frozen=True)
class Group:
    """Modules that are changed, the tests that are to notice, and the percentage that has to be noticed."""

    name: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]
    floor: int


@dataclass(frozen=True)
class Outcome:
    """What became of a group's mutants: how many of each kind, and the names of those that nobody noticed."""

    counts: Counter[str]
    survivors: tuple[str, ...]

    @property
    def score(self) -> float:
        """The percentage that was noticed, of all that there were."""
        total = sum(self.counts.values())
        return 100 * sum(many for kind, many in self.counts.items() if kind in _KILLED) / total if total else 0.0


class NotMutated(RuntimeError):
    """The mutants of a group could not be tried; the message says why."""


def groups(names: Sequence[str] = (), project: Path = ROOT / "pyproject.toml") -> list[Group]:
    """Return the groups that pyproject.toml names, all or some; raises NotMutated for one that it does not name."""
    given = tomllib.loads(project.read_text())["tool"]["mutants"]
    unknown = sorted(set(names) - given.keys())
    if unknown:
        raise NotMutated(f"there is no group {', '.join(unknown)}; choose of {', '.join(given)}")
    return [
        Group(name, tuple(each["modules"]), tuple(each["tests"]), each["floor"])
        for name, each in given.items()
        if name in (names or given)
    ]


def place_of(module: str) -> str:
    """Return where a module lies in the copy, such as `lyceum/kit/values/money.py`."""
    return module.replace(".", "/") + ".py"


def lay_out(group: Group) -> Path:
    """Copy what the tests of a group need, and return the folder."""
    folder = BUILT / group.name
    shutil.rmtree(folder, ignore_errors=True)
    no_caches = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / _LAYER, folder / "lyceum", ignore=no_caches)
    for name in _COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=no_caches)
    (folder / "pyproject.toml").write_text(
        _PROJECT.format(
            modules=json.dumps([place_of(module) for module in group.modules]),
            tests=json.dumps(group.tests),
            copied=json.dumps([name for name in _COPIED if name not in {"functions", "tests"}]),
        )
    )
    return folder


def read(report: str) -> Outcome:
    """Return the outcome that `mutmut results --all true` printed, a line a mutant: `name: what became of it`."""
    lines = [line.strip().rpartition(": ") for line in report.splitlines() if ": " in line]
    counts = Counter(kind for _, _, kind in lines)
    return Outcome(counts, tuple(sorted(name for name, _, kind in lines if kind not in _KILLED)))


def try_out(group: Group) -> Outcome:
    """Try all mutants of a group; raises NotMutated when the tests fail by themselves."""
    folder = lay_out(group)
    mutmut = [sys.executable, "-m", "mutmut"]
    if subprocess.run([*mutmut, "run", "--max-children", str(_AT_ONCE)], cwd=folder, check=False).returncode:  # noqa: S603 - our own tool
        raise NotMutated(f"the tests of {group.name} do not pass by themselves; see above")
    asked = [*mutmut, "results", "--all", "true"]
    return read(subprocess.run(asked, cwd=folder, check=True, capture_output=True, text=True).stdout)  # noqa: S603 - our own tool


def main(names: Sequence[str]) -> int:
    """Try the named groups, or all, list who survived, and return the exit status."""
    failed = False
    try:
        for group in groups(names):
            outcome = try_out(group)
            failed |= outcome.score < group.floor
            print(f"\n· {group.name}: {outcome.score:.1f} % noticed, {group.floor} wanted; {dict(outcome.counts)}")
            for name in outcome.survivors:
                print(f"    {name}")
            print(f"    to see one: cd {(BUILT / group.name).relative_to(ROOT)} && mutmut show NAME")
    except NotMutated as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
