"""What is generated from the code is up to date and valid, and every module can be loaded by itself."""

import ast
import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

from openapi_spec_validator import OpenAPIV31SpecValidator

from tools import build_docs
from tools.declared import entities

ROOT = Path(__file__).parents[2]
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
    "jinja2",
    "argon2",
    "babel",
    "lxml",
    "signxml",
    "webauthn",
)
"""Libraries that are imported where they are used, or not at all."""

SHARED_FAMILIES = {"USER"}
"""A user's sessions stand beside the user, so that the guard reads both in one request."""

IMPORTS = """
import json, os, sys, traceback
import aws_lambda_powertools.event_handler, pydantic, pynamodb.models
from aws_lambda_powertools.event_handler.middlewares import openapi_validation
def loaded():
    return [name for name in {heavy!r} if name in sys.modules]
assert not loaded(), loaded()
failed = []
for module in {modules!r}:
    reading, writing = os.pipe()
    if os.fork() == 0:
        try:
            __import__(module)
            told = f"loads {{loaded()}}" if loaded() else ""
        except BaseException:
            told = traceback.format_exc(limit=-2)
        os.write(writing, told.encode()[-2000:])
        os._exit(0)
    os.close(writing)
    told = os.fdopen(reading).read()
    os.wait()
    if told:
        failed.append(f"{{module}}: {{told}}")
print("\\n".join(failed))
"""
"""Imports each module in a process of its own, all of which begin with what every Lambda has."""


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@cache
def source(path: Path) -> str:
    return path.read_text()


def entries() -> list[str]:
    """Name every module that a Lambda enters by."""
    has_handler = re.compile(r"^(def handler|handler = )", re.MULTILINE)
    return sorted(dotted(path) for path in (ROOT / "functions").rglob("*.py") if has_handler.search(source(path)))


def test_generated_files_are_fresh() -> None:
    stale = [path.name for path, text in build_docs.generated().items() if path.read_text() != text]
    assert stale == [], "run `make openapi`"


def test_the_document_is_valid_and_lists_exactly_the_routes() -> None:
    document = json.loads(build_docs.openapi())
    OpenAPIV31SpecValidator(document).validate()
    listed = {(method.upper(), path) for path, operations in document["paths"].items() for method in operations}
    assert listed == {(route.method, route.address) for api in build_docs.apis() for route in api.routes}


def test_a_family_belongs_to_one_domain() -> None:
    owners: dict[str, set[str]] = {}
    for entity in entities():
        for family in entity.keys.families:
            owners.setdefault(family, set()).add(".".join(entity.__module__.split(".")[:3]))
    assert {family for family, domains in owners.items() if len(domains) > 1} == SHARED_FAMILIES


def test_lambdas_import_without_settings_and_without_heavy_libraries() -> None:
    search = f"import sys; sys.path[:0] = {[str(ROOT / 'layers/lyceum/python'), str(ROOT)]!r}\n"
    script = search + IMPORTS.format(heavy=HEAVY, modules=entries())
    result = subprocess.run([sys.executable, "-c", script], env={}, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout.strip(), result.stderr) == (0, "", "")


def test_routes_and_jobs_are_imported_by_nobody() -> None:
    doors, failures = set(entries()), []
    for path in (ROOT / "functions").rglob("*.py"):
        for node in ast.walk(ast.parse(source(path))):
            if isinstance(node, ast.ImportFrom) and node.module:
                imported = {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
                failures += [f"{dotted(path)} imports {name}" for name in imported & doors]
    assert failures == []


def test_every_module_of_the_product_says_what_it_is_for() -> None:
    modules = [path for folder in ("functions", "layers", "infra") for path in (ROOT / folder).rglob("*.py")]
    assert [dotted(path) for path in modules if not ast.get_docstring(ast.parse(source(path)))] == []
