"""The shape of the house: doors, rooms that can be overlooked, schemas beside what they describe, the field's words."""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FUNCTIONS = ROOT / "functions"
LAYER = ROOT / "layers/lyceum/python/lyceum"
DOORS = {"http", "events", "jobs"}
"""A module, or a folder with a module a Lambda."""
RARE_DOORS = {"websocket", "websocket_authorizer", "stream"}
INDEX_FOLDERS = {
    *(FUNCTIONS, LAYER, LAYER / "model", LAYER / "events", LAYER / "tasks", ROOT / "tests", ROOT / "tests/e2e"),
}
"""Folders that list the domains, and may hold one entry a domain, however many there are."""
MOST_FILES = 16
FACES = {LAYER / "kit/http", LAYER / "kit/table", LAYER / "kit/identity"}
"""Packages that hand names on; a domain's `http/__init__` may join its modules of routes into one door."""
RETIRED_CLASSES = """
AssignmentBoard AssignmentFigures Attempts Beat ContentFigures CourseStanding Declared Dependant Desk
Judge KeptAnswer Known ListedQuestion NotWanted Origin Outgoing Outline PersonTerm Pupil
QuestionPrint RateWindow Seen ShelfEntry Signal Sitting Spent SweepMark Told Uncalibrated Vault Verdict
Way Wishes Work
"""
RETIRED_MODULES = """
attend attending beat board broadcast calibrate cards cascade claims confined courier declarations desk
dispatch door figures finishing follow helpers incident_desk interventions judging manager origin
placing prints pupils reaching refreshing reserve returned scorer secrecy shelves signals sittings sockets
spread standing standings starting sweep trail turnover utils vault verdict wishes withdrawal wording
"""
"""Words of the first form, whose things have the field's own names now; and names that say nothing."""


@cache
def modules() -> dict[Path, ast.Module]:
    """Return every module of the product, parsed."""
    found = [path for home in (FUNCTIONS, LAYER, ROOT / "tests") for path in home.rglob("*.py")]
    return {path: ast.parse(path.read_text()) for path in found}


def of_the_product() -> Iterator[tuple[Path, ast.Module]]:
    return ((path, tree) for path, tree in modules().items() if ROOT / "tests" not in path.parents)


def of_domains() -> Iterator[tuple[Path, ast.Module]]:
    return ((path, tree) for path, tree in modules().items() if FUNCTIONS in path.parents)


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def domains() -> set[str]:
    return {path.parent.name for path in FUNCTIONS.glob("*/__init__.py")}


def assigned(tree: ast.Module) -> set[str]:
    """Name what a module itself defines."""
    names = {target.id for node in tree.body if isinstance(node, ast.Assign) for target in node.targets
             if isinstance(target, ast.Name)}  # fmt: skip
    return names | {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_lambdas_enter_by_doors() -> None:
    misplaced = []
    for path, tree in of_domains():
        if "handler" in assigned(tree):
            door, *module = path.relative_to(FUNCTIONS).with_suffix("").parts[1:]
            if not ((door in DOORS and len(module) <= 1) or (door in RARE_DOORS and not module)):
                misplaced.append(shown(path))
    assert misplaced == [], (
        f"a Lambda enters by {sorted(DOORS | RARE_DOORS)}, or by a module in a folder of such a name"
    )


def test_behind_a_doors_name_is_a_door() -> None:
    doors = [
        path
        for path, _ in of_domains()
        if path.stem != "__init__" and ({path.stem, path.parent.name} & DOORS or path.stem in RARE_DOORS)
    ]
    assert [shown(path) for path in doors if "handler" not in assigned(modules()[path])] == []


def test_a_kind_of_door_is_a_module_or_a_folder() -> None:
    both = [shown(path) for path, _ in of_domains() if path.stem in DOORS and path.with_suffix("").is_dir()]
    assert both == []


def test_no_room_has_more_files_than_one_can_overlook() -> None:
    sizes = Counter(path.parent for path in modules() if path.stem not in {"__init__", "conftest"})
    assert {shown(room): size for room, size in sizes.items() if room not in INDEX_FOLDERS and size > MOST_FILES} == {}


def test_schemas_stand_in_schemas_one_a_domain_or_one_a_room() -> None:
    """A module of that name or, when one file is not enough, a folder with a module a subject."""
    misplaced = [shown(path) for path, _ in of_domains() if path.stem.endswith("_schemas")]
    for path in {path.parent if path.parent.name == "schemas" else path for path, _ in of_domains()}:
        if path.stem == "schemas" and FUNCTIONS not in {path.parent.parent, path.parent.parent.parent}:
            misplaced.append(shown(path))
        if path.name == "schemas" and path.with_suffix(".py").exists():
            misplaced.append(f"{shown(path)} beside a file of that name")
    misplaced += [
        f"{shown(path)}: {node.name}"
        for path, tree in of_domains()
        if "handler" in assigned(tree)
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        and {"Request", "Schema", "Listing"} & {ast.unparse(base) for base in node.bases}
    ]
    assert misplaced == []


def imported(tree: ast.Module) -> set[str]:
    """Return the packages that a module imports from."""
    plain = {name.name for node in tree.body if isinstance(node, ast.Import) for name in node.names}
    others = {str(node.module) for node in tree.body if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in plain | others}


def test_packages_import_nothing_of_the_product_by_themselves() -> None:
    eager = []
    for path, tree in of_the_product():
        is_door = path.parent.name == "http" and FUNCTIONS in path.parents
        is_package = path.stem == "__init__" and path.parent not in FACES and not is_door
        if is_package and not imported(tree) <= sys.stdlib_module_names:
            eager.append(shown(path))
    assert eager == [], "modules are imported by module"


def test_a_domain_has_one_name_everywhere() -> None:
    samples = {path.name for path in (ROOT / "events").iterdir()}
    tests = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir()}
    tasks = {path.stem for path in (LAYER / "tasks").iterdir() if path.stem not in {"__init__", "__pycache__"}}
    assert samples == domains(), "events/ holds a folder a domain"
    assert domains() - tests - {"system"} == set(), "tests/ holds a folder a domain"
    assert tasks - domains() == set(), "a task is for a worker of its domain"


def test_names_are_the_fields_own() -> None:
    named = [shown(path) for path, _ in of_the_product() if path.stem in RETIRED_MODULES.split()]
    for path, tree in of_the_product():
        classes = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
        named += [f"{shown(path)}: {name}" for name in (classes | assigned(tree)) & set(RETIRED_CLASSES.split())]
    assert sorted(named) == []


def test_no_pattern_holds_a_group_that_gives_nothing_back() -> None:
    """Python before 3.11.5 misreads `(...)*+` and the like where the group itself may match in several ways."""
    faulty = [
        f"{shown(path)}: {node.value}"
        for path, tree in of_the_product()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if re.search(r"(?<!\()\)[*+?]\+|\(\?>", node.value)
    ]
    assert faulty == []
