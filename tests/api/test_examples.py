"""The document's examples: what tests sent and got, true to the schemas of today."""

import json
from functools import cache
from typing import Any

from tools import build_docs, examples


@cache
def _document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(build_docs.openapi())
    return found


def _operations() -> dict[str, dict[str, Any]]:
    return examples.operations(_document())


def test_every_example_is_of_an_operation_and_holds_to_its_schemas() -> None:
    known = _operations()
    found = [f"{name}: no such operation" for name in examples.load() if name not in known]
    for name, pair in examples.load().items():
        if name in known:
            found += [f"{name} {fault}" for fault in examples.faults(_document(), known[name], pair)]
    assert found == []


LACKING = 20
"""So many operations may lack an example at most: what no test calls in process, and what answers without a body."""


def _answers_in_json(operation: dict[str, Any]) -> bool:
    answers = [each.get("content", {}) for code, each in operation["responses"].items() if code.startswith("2")]
    return any("application/json" in each for each in answers)


def test_nearly_every_answer_has_an_example() -> None:
    known = examples.load()
    asked = {name: each for name, each in _operations().items() if "x-alias-of" not in each and _answers_in_json(each)}
    assert len(asked.keys() - known.keys()) <= LACKING


def test_ids_secrets_and_signatures_of_a_run_do_not_stay_in_an_example() -> None:
    ids: dict[str, str] = {}
    sent = {
        "userId": "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "again": "of 01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "newPassword": "a phrase that nobody else has",
        "url": "https://files.example.com/a?X-Amz-Signature=abc&x=1",
        "list": [{"accessToken": "abc.def.ghi"}],
        "responseTime": 3.14,
    }
    kept = examples.steady(sent, ids)
    assert kept["userId"] == "01J8Z3N6Q40000000000000001" and kept["again"] == "of 01J8Z3N6Q40000000000000001"
    assert kept["newPassword"] == "<newPassword>" and kept["list"] == [{"accessToken": "sample"}]
    assert kept["url"] == "https://files.example.com/a?signature=..." and kept["responseTime"] == 12.5
