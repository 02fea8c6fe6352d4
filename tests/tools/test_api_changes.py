"""Breaks of the API are found, and pass only when the changelog announces them."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from tools import api_changes, build_docs

DOCUMENT: dict[str, Any] = {
    "components": {"schemas": {"Thing": {"type": "object", "properties": {"name": {"type": "string"}}}}},
    "paths": {
        "/api/things": {
            "post": {
                "parameters": [{"in": "query", "name": "sort", "required": False, "schema": {"enum": ["up", "down"]}}],
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {"type": "object", "properties": {"name": {"type": "string"}}, "required": []}
                        }
                    }
                },
                "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/c/s/Thing"}}}}},
            }
        }
    },
}


def changed(change: Callable[[dict[str, Any]], Any]) -> list[api_changes.Fact]:
    after = copy.deepcopy(DOCUMENT)
    change(after)
    return api_changes.breaks(api_changes.facts(DOCUMENT), api_changes.facts(after))


def post(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"]["/api/things"]["post"]
    return found


def thing(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"]["Thing"]["properties"]
    return found


def body(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = post(document)["requestBody"]["content"]["application/json"]["schema"]
    return found


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda doc: thing(doc).pop("name"), "200.name: string"),
        (lambda doc: thing(doc)["name"].update(type="integer"), "200.name: string"),
        (lambda doc: post(doc)["parameters"][0]["schema"]["enum"].remove("up"), "query sort = up"),
        (lambda doc: post(doc)["parameters"][0].update(required=True), "query sort"),
        (lambda doc: body(doc)["required"].append("name"), "body.name"),
        (lambda doc: body(doc)["properties"].pop("name"), "body.name: string"),
        (lambda doc: doc["paths"].pop("/api/things"), "call"),
    ],
)
def test_less_for_callers_is_a_break(change: Callable[[dict[str, Any]], Any], place: str) -> None:
    assert place in [fact[2] for fact in changed(change)]


@pytest.mark.parametrize(
    "change",
    [
        lambda doc: thing(doc).update(size={"type": "integer"}),
        lambda doc: body(doc)["properties"].update(size={"type": "integer"}),
        lambda doc: doc["paths"].update({"/api/more": doc["paths"]["/api/things"]}),
    ],
)
def test_more_for_callers_is_none(change: Callable[[dict[str, Any]], Any]) -> None:
    assert changed(change) == []


def test_a_break_passes_when_the_changelog_names_its_operation() -> None:
    found = changed(lambda doc: doc["paths"].pop("/api/things"))
    log = "## [Unreleased]\n\n### Breaking\n\n- `POST /api/things` is gone.\n\n### Added\n\n## [0.1.0]\n"
    assert api_changes.unannounced(found, log) == []
    assert api_changes.unannounced(found, log.replace("POST /api/things`", "POST /api/things/{id}`")) == found
    assert api_changes.unannounced(found, log.replace("Breaking", "Changed")) == found


def test_nothing_that_was_released_breaks_unannounced() -> None:
    now = api_changes.facts(json.loads(build_docs.openapi()))
    found = api_changes.breaks(api_changes.read(api_changes.RELEASED.read_text()), now)
    assert api_changes.unannounced(found, api_changes.CHANGELOG.read_text()) == []
