"""Signed receipts, and the verifier that needs no connection."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.exams.conftest import Bank, Publisher, Start
from tests.support.clock import Clock
from tools.verify_receipt import NotProven, main, verify


@pytest.fixture
def result(publisher: Publisher, bank: Bank) -> dict[str, Any]:
    """The summary, with evidence, of a paper with a choice, a scaled section, negative marks and a grade."""
    topic, essays = bank.topic(6), bank.essays(2)
    sections = [
        {"title": "A", "topicIds": [topic], "count": 4, "scaleTo": "100"},
        {"title": "B", "topicIds": [essays], "count": 2, "marksEach": "10", "answer": 1, "types": ["theory"]},
    ]
    rules = {"negativeMarking": "0.25", "passingPercent": "40"}
    made = publisher.instructor.post(
        "/api/papers/generate",
        {"title": "Mock", "blueprint": {"sections": sections}, "rules": rules, "published": True},
    )
    from tests.exams.conftest import Running

    student = publisher.client.as_("student")
    running = Running(student, student.post("/api/exams/start", {"assessmentId": made.data["assessmentId"]}).data)
    choices = [q["questionId"] for q in running.state["questions"] if q["section"] == 0]
    theory = next(q["questionId"] for q in running.state["questions"] if q["section"] == 1)
    for place, options in enumerate("bba"):
        running.answer(choices[place], options)
    running.write(theory, "Essay")
    running.submit()
    publisher.instructor.post(f"{running.path}/grade", {"questionId": theory, "points": "7.25"})
    found: dict[str, Any] = student.get(f"{running.path}/summary", {"evidence": "true"}).data
    return found


def test_a_receipt_proves_the_score_and_its_evidence_gives_it_again(result: dict[str, Any]) -> None:
    facts = verify(result, result["receipt"]["publicKey"])
    assert (facts["score"], facts["percent"], facts["passed"]) == (result["score"], result["percent"], True)
    assert facts["score"] == "51.00"
    assert verify({"receipt": result["receipt"]}) == facts


def tampered(part: str, change: Callable[[Any], Any]) -> Callable[[dict[str, Any]], None]:
    def apply(result: dict[str, Any]) -> None:
        where, name = part.split(".")
        result[where][name] = change(result[where][name])

    return apply


@pytest.mark.parametrize(("tamper", "why"), [
    (tampered("receipt.payload", lambda text: text.replace('"score":"51.00"', '"score":"91.00"')), "signature"),
    (tampered("receipt.signature", lambda _: base64.b64encode(bytes(64)).decode()), "signature"),
    (tampered("receipt.publicKey", lambda _: base64.b64encode(bytes(range(32))).decode()), "another key"),
    (tampered("evidence.paper", lambda text: text.replace('"marks":"10"', '"marks":"99"', 1)), "paper"),
    (tampered("evidence.keys", lambda text: text.replace('"b"', '"a"', 1)), "keys"),
])  # fmt: skip
def test_whatever_was_changed_is_not_proven(
    result: dict[str, Any], tamper: Callable[[dict[str, Any]], None], why: str
) -> None:
    trusted = result["receipt"]["publicKey"]
    tamper(result)
    with pytest.raises(NotProven, match=why):
        verify(result, trusted)


def test_a_wrong_score_signed_by_somebody_else_is_not_proven(result: dict[str, Any]) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    payload = result["receipt"]["payload"].replace('"score":"51.00"', '"score":"91.00"')
    result["receipt"] = {
        "payload": payload, "signature": base64.b64encode(key.sign(payload.encode())).decode(),
        "publicKey": base64.b64encode(key.public_key().public_bytes_raw()).decode(),
    }  # fmt: skip
    with pytest.raises(NotProven, match="scoring it again"):
        verify(result)


def test_each_call_gives_the_same_receipt_and_none_before_the_score_is_complete(start: Start, clock: Clock) -> None:
    running = start()
    running.answer()
    running.submit()
    one, two = running.summary().data, running.summary().data
    assert one["receipt"] == two["receipt"]
    assert "evidence" not in one
    with pytest.raises(NotProven, match="no receipt"):
        verify({})


def test_the_verifier_is_a_program(result: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "result.json"
    file.write_text(json.dumps({"success": True, "data": result}))
    assert main([str(file)]) == 0
    assert "proven: 51.00 of 110.00 marks (46.36 %)" in capsys.readouterr().out
    result["evidence"]["keys"] = "{}"
    file.write_text(json.dumps(result))
    assert main([str(file)]) == 1
    assert "not proven" in capsys.readouterr().out
