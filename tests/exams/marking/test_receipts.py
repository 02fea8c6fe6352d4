"""Signed receipts, and the verifier that needs no connection."""

import base64
import io
import json
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.exams.conftest import Bank, Publisher, Start
from tests.support.clock import Clock
from tests.support.http import Client
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
    assert verify({"receipt": result["receipt"]}, result["receipt"]["publicKey"]) == facts


def tampered(part: str, change: Callable[[Any], Any]) -> Callable[[dict[str, Any]], None]:
    def apply(result: dict[str, Any]) -> None:
        where, name = part.split(".")
        result[where][name] = change(result[where][name])

    return apply


@pytest.mark.parametrize(("tamper", "why"), [
    (tampered("receipt.payload", lambda text: text.replace('"score":"51.00"', '"score":"91.00"')), "signature"),
    (tampered("receipt.signature", lambda _: base64.b64encode(bytes(64)).decode()), "signature"),
    (tampered("receipt.publicKey", lambda _: base64.b64encode(bytes(range(32))).decode()), "unknown key"),
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
    signer = result["receipt"]["publicKey"]
    for trusted in ([], [base64.b64encode(bytes(32)).decode()]):
        with pytest.raises(NotProven, match="unknown key"):
            verify(result, *trusted)
    result["score"] = "91.00"
    with pytest.raises(NotProven, match="scoring it again"):
        verify(result, signer)


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
    issuer = ["--public-key", result["receipt"]["publicKey"]]
    assert main([str(file), *issuer]) == 0
    assert "proven: 51.00 of 110.00 marks (46.36 %)" in capsys.readouterr().out
    result["evidence"]["keys"] = "{}"
    file.write_text(json.dumps(result))
    assert main([str(file), *issuer]) == 1
    assert "not proven" in capsys.readouterr().out


def change(*path: Any, to: Any) -> Callable[[dict[str, Any]], None]:
    def apply(result: dict[str, Any]) -> None:
        found: Any = result
        for name in path[:-1]:
            found = found[name]
        found[path[-1]] = to

    return apply


@pytest.mark.parametrize("tamper", [
    change("score", to="91.00"), change("percent", to="91.00"), change("passed", to=False), change("examId", to="x"),
    change("questions", 0, "optionIds", to=["c"]), change("questions", 0, "score", to="9"),
    change("sections", 0, "score", to="99.00"), change("finishedAt", to="2020-01-01T00:00:00.000Z"),
    change("questions", 0, "outcome", to="wrong"), change("questions", 0, "correctOptionIds", to=["d"]),
    change("questions", 0, "stem", to="Another question?"), change("questions", 0, "maxScore", to="9"),
    change("questions", to=[]), change("byTopic", 0, "right", to=9), change("byDifficulty", to=[]),
    change("sections", to=[]), change("title", to="Another exam"), change("attempt", to=7), change("mode", to="quiz"),
    change("startedAt", to="2020-01-01T00:00:00.000Z"), change("cause", to="expired"),
    change("assessmentId", to="another"),
])  # fmt: skip
def test_whatever_the_document_says_beside_its_receipt_has_to_be_what_was_signed(
    result: dict[str, Any], tamper: Callable[[dict[str, Any]], None]
) -> None:
    tamper(result)
    with pytest.raises(NotProven):
        verify(result, result["receipt"]["publicKey"])


def test_the_deployment_publishes_the_key_that_it_signs_with(
    result: dict[str, Any], client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = client.get("/.well-known/receipt-keys.json")
    assert published.status == 200
    asked: list[str] = []

    def answer(address: str, **_: object) -> io.BytesIO:
        asked.append(address)
        return io.BytesIO(published.body.encode())

    monkeypatch.setattr(urllib.request, "urlopen", answer)
    file = tmp_path / "result.json"
    file.write_text(json.dumps(result))
    assert main([str(file), "--issuer", "https://api.example.org/"]) == 0
    assert asked == ["https://api.example.org/.well-known/receipt-keys.json"]
