"""What generators make of the document, made once for all tests of it."""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tools import build_docs

ROOT = Path(__file__).parents[2]
NODE = ROOT / "node_modules/.bin"
_READ_AS = {
    "application/pdf": "application/octet-stream",
    "application/samlmetadata+xml": "text/xml",
    "application/vnd.apple.mpegurl": "text/plain",
    "application/vc": "application/json",
    "image/png": "application/octet-stream",
    "image/svg+xml": "text/xml",
}
"""What the generator knows no type of, and what it reads instead."""
_ENVIRONMENT = {**os.environ, "REDOCLY_TELEMETRY": "off", "NO_COLOR": "1"}


def run(*command: str | Path) -> str:
    """Run a generator and return what it says; fails with that when the generator does."""
    done = subprocess.run(command, env=_ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout + done.stderr


@pytest.fixture(scope="session")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The document as a file."""
    place = tmp_path_factory.mktemp("document") / "openapi.json"
    place.write_text(build_docs.openapi())
    return place


@pytest.fixture(scope="session")
def python_client(document: Path) -> Iterator[ModuleType]:
    """The package that openapi-python-client makes; its least doubt fails, so that no answer is dropped."""
    place = document.parent / "python" / "generated_client"
    settings = document.parent / "generator.yaml"
    settings.write_text(json.dumps({"post_hooks": [], "content_type_overrides": _READ_AS}))
    options = ["--path", document, "--output-path", place, "--meta", "none", "--config", settings, "--fail-on-warning"]
    run(sys.executable, "-m", "openapi_python_client", "generate", *options)
    sys.path.insert(0, str(place.parent))
    yield importlib.import_module("generated_client")
    sys.path.remove(str(place.parent))
