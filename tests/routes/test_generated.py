"""What is generated from the code is up to date and valid."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tools import build_docs
from tools.declared import entities

ROOT = Path(__file__).parents[2]
LAMBDAS = sorted(
    path
    for path in (ROOT / "functions").rglob("*.py")
    if re.search(r"^(def handler|handler = )", path.read_text(), re.MULTILINE)
)
HEAVY = (
    "boto3",
    "PIL",
    "nh3",
    "pikepdf",
    "pypdfium2",
    "yara_x",
    "imageio_ffmpeg",
    "markdown_it",
    "defusedxml",
    "python_calamine",
)


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@pytest.mark.parametrize("path", [*build_docs.generated()], ids=lambda path: path.name)
def test_generated_files_are_fresh(path: Path) -> None:
    assert path.read_text() == build_docs.generated()[path], f"{path.name} is stale: run `make openapi`"


def test_the_document_is_valid_and_lists_exactly_the_routes() -> None:
    import json

    document = json.loads(build_docs.openapi())
    OpenAPIV31SpecValidator(document).validate()
    listed = {(method.upper(), path) for path, operations in document["paths"].items() for method in operations}
    assert listed == {(route.method, route.path) for api in build_docs.apis() for route in api.routes}


def test_a_family_belongs_to_one_domain() -> None:
    owners: dict[str, set[str]] = {}
    for entity in entities():
        for family in entity.keys.families:
            owners.setdefault(family, set()).add(".".join(entity.__module__.split(".")[:3]))
    assert {family: domains for family, domains in owners.items() if len(domains) > 1} == {}


@pytest.mark.parametrize("path", LAMBDAS, ids=dotted)
def test_a_lambda_imports_without_settings_and_without_heavy_libraries(path: Path) -> None:
    module = dotted(path)
    search = f"import sys; sys.path[:0] = {[str(ROOT / 'layers/lyceum/python'), str(ROOT)]!r}"
    script = f"{search}; import {module}; loaded = [name for name in {HEAVY!r} if name in sys.modules]; assert not loaded, loaded"
    result = subprocess.run([sys.executable, "-c", script], env={}, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_routes_and_jobs_are_imported_by_nobody() -> None:
    entries = {dotted(path) for path in LAMBDAS}
    for path in (ROOT / "functions").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                imported = {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
                assert not imported & entries, f"{path} imports {imported & entries}"


def test_every_module_of_the_product_says_what_it_is_for() -> None:
    for path in [*(ROOT / "functions").rglob("*.py"), *(ROOT / "layers").rglob("*.py"), *(ROOT / "infra").glob("*.py")]:
        assert ast.get_docstring(ast.parse(path.read_text())), path
