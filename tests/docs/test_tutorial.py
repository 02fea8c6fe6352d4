"""The tutorial's code runs as it is printed."""

import importlib
import re
import sys
from pathlib import Path

import pytest

import lyceum.model
from tests.support import http
from tests.support.http import Client

import functions

PAGE = Path(__file__).parents[2] / "docs/adding-an-endpoint.md"
BLOCK = re.compile(r"```python\n# file: (\S+)\n(.*?)```", re.DOTALL)


def test_the_tutorial_works(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, code in BLOCK.findall(PAGE.read_text()):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code)
    monkeypatch.setattr(functions, "__path__", [*functions.__path__, str(tmp_path / "functions")])
    monkeypatch.setattr(
        lyceum.model, "__path__", [*lyceum.model.__path__, str(tmp_path / "layers/lyceum/python/lyceum/model")]
    )
    api = importlib.import_module("functions.bookmarks.api").api
    monkeypatch.setattr(http, "_api_for", lambda _method, _path: api)
    scope: dict[str, object] = {}
    exec((tmp_path / "tests/bookmarks/test_bookmarks.py").read_text(), scope)  # noqa: S102 - the page's own test
    test = scope["test_a_bookmark_is_made_once_and_listed"]
    assert callable(test)
    test(client)
    assert "functions.bookmarks.marking" in sys.modules
