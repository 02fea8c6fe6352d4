"""Checks a signed score receipt, and re-scores it from its evidence. Needs no connection and no secret.

    python -m tools.verify_receipt result.json --public-key BASE64
    python -m tools.verify_receipt result.json --issuer https://api.example.org

`result.json` is what GET /api/exams/{examId}/summary?evidence=true answered. Checked are the signature (Ed25519) by the
issuer's key (given, or fetched from the deployment that is said to have signed it), that everything the document says
of session, score and answers is what was signed, that paper and keys are those whose hashes were signed, and that
scoring them again gives the signed score to the last digit and everything that the document says of questions, sections
and parts. Explanations, comments and times of single answers earn nothing and are not signed; a percentile is of its
day. The key in the receipt itself proves nothing: anybody can sign with a key of their own. Exits with 1 when something
does not hold.
"""

import argparse
import base64
import hashlib
import json
import sys
import urllib.request
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(HERE / "layers/lyceum/python"), str(HERE)]

from cryptography.exceptions import InvalidSignature  # noqa: E402
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: E402

from lyceum.model.questions.question import AnswerKey  # noqa: E402
from lyceum.rules.exams.release import Aspect  # noqa: E402
from lyceum.rules.questions.responses import ResponseView  # noqa: E402

from functions.exams.marking import keys as marking_keys  # noqa: E402
from functions.exams.marking import marks, review, totals  # noqa: E402
from functions.exams.marking.schemas.results import MarkedQuestion, Part  # noqa: E402
from functions.exams.marking.scoring import Key  # noqa: E402
from functions.exams.marking.totals import PaperScore  # noqa: E402


class NotProven(Exception):
    """Something about a receipt does not hold."""


_SHOWN = {
    "examId", "mode", "title", "assessmentId", "attempt", "startedAt", "finishedAt", "cause",
    "score", "maxScore", "percent", "passed",
}  # fmt: skip
_ASPECTS: frozenset[Aspect] = frozenset({"response", "marks", "correctness", "key"})
_UNSIGNED = {"explanation", "comment", "timeSpentSeconds", "late"}


def verify(result: dict[str, Any], *public_keys: str) -> dict[str, Any]:
    """Check a result by its receipt and, where the evidence is there, the score itself; returns the signed facts.

    `public_keys` are those of the issuer, in base64.

    Raises NotProven that says what does not hold.
    """
    receipt = result.get("receipt")
    if not receipt:
        raise NotProven("there is no receipt in this result")
    _check_signature(receipt, public_keys)
    facts: dict[str, Any] = json.loads(receipt["payload"])
    _check_document(result, facts)
    if result.get("evidence"):
        _check_score(result, facts)
    return facts


def _check_signature(receipt: dict[str, str], public_keys: Sequence[str]) -> None:
    if receipt["publicKey"] not in public_keys:
        raise NotProven("it is signed by an unknown key")
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(receipt["publicKey"], validate=True))
        key.verify(base64.b64decode(receipt["signature"], validate=True), receipt["payload"].encode())
    except (InvalidSignature, ValueError):
        raise NotProven("the signature does not fit the payload") from None


def _check_document(result: dict[str, Any], facts: dict[str, Any]) -> None:
    """Hold what the document says against what was signed; what it does not say is not missed."""
    for name in sorted(_SHOWN & result.keys() & facts.keys()):
        if result[name] != facts[name]:
            raise NotProven(f"the document says {result[name]} for {name}, and {facts[name]} was signed")
    for question in result.get("questions", []):
        shown = ResponseView.model_validate(question).model_dump(exclude_none=True)
        signed = ResponseView.model_validate(facts["answers"].get(question["questionId"], {}))
        if shown != signed.model_dump(exclude_none=True):
            raise NotProven(f"the answer to {question['questionId']} is not the one that was signed")


def _check_score(result: dict[str, Any], facts: dict[str, Any]) -> None:
    evidence = result["evidence"]
    if hashlib.sha256(evidence["paper"].encode()).hexdigest() != facts["paperHash"]:
        raise NotProven("the paper is not the one that was signed")
    keys = {name: Key(each["revision"], each["key"]) for name, each in json.loads(evidence["keys"]).items()}
    if marking_keys.hash_of_keys(keys) != facts["keysHash"]:
        raise NotProven("the keys are not those that were signed")
    entries = json.loads(evidence["paper"])["questions"]
    grades = {name: Decimal(points) for name, points in facts["grades"].items()}
    rules = facts["rules"]
    policy = marks.policy_of(rules)
    again = totals.score_paper(
        entries,
        keys,
        facts["answers"],
        policy,
        facts["scoring"],
        sections=rules["sections"],
        grades=grades,
        voided=facts["voided"],
    )
    found = [str(again.score), str(again.percent), again.is_passed]
    if found != [facts["score"], facts["percent"], facts["passed"]]:
        raise NotProven(f"scoring it again gives {found}")
    _check_parts(result, again)
    _check_questions(result, [_marked(entry, again, keys) for entry in entries])


def _check_parts(result: dict[str, Any], again: PaperScore) -> None:
    sections = [(part.title, part.score, part.max_score) for part in again.sections]
    shown = [(each["title"], Decimal(each["score"]), Decimal(each["maxScore"])) for each in result.get("sections", [])]
    if "sections" in result and shown != sections:
        raise NotProven("the sections are not those that scoring it again gives")


def _marked(entry: dict[str, Any], again: PaperScore, keys: dict[str, Key]) -> MarkedQuestion:
    """Show a question as the summary does, marked again."""
    name = entry["question_id"]
    (mark,) = [each for each in again.marks if each.question_id == name]
    counted = {name for part in again.sections for name in part.counted}
    row = {
        "response": mark.response,
        "outcome": mark.outcome,
        "score": str(mark.score),
        "max_score": str(mark.max_score),
        "counted": not again.sections or name in counted,
        "time_spent_seconds": 0,
        "late": False,
    }
    key = AnswerKey(question_id=name, revision=keys[name].revision, key=keys[name].key)
    return review.reveal(entry, row, key, _ASPECTS)


def _check_questions(result: dict[str, Any], marked: list[MarkedQuestion]) -> None:
    """Hold questions and what they add up to against what marking them again gives."""
    shown = result.get("questions")
    if shown is not None and [each.get("questionId") for each in shown] != [each.question_id for each in marked]:
        raise NotProven("the questions are not those that were asked")
    for question, again in zip(shown or [], _plain(marked), strict=False):
        for name in sorted(question.keys() - _UNSIGNED):
            if question[name] != again.get(name):
                raise NotProven(f"{name} of question {question['questionId']} is not what marking it again gives")
    for name, groups in (
        ("byTopic", review.parts(marked, (each.topic_id for each in marked))),
        ("byDifficulty", review.parts(marked, (each.difficulty for each in marked))),
    ):
        if name in result and result[name] != _plain(groups):
            raise NotProven(f"{name} is not what marking the questions again gives")


def _plain(values: Sequence[MarkedQuestion] | Sequence[Part]) -> list[dict[str, Any]]:
    return [each.model_dump(mode="json", by_alias=True, exclude_none=True) for each in values]


def fetched(issuer: str) -> list[str]:
    """Fetch the keys that a deployment signs receipts with (RFC 8037), as base64; raises OSError or ValueError."""
    address = f"{issuer.rstrip('/')}/.well-known/receipt-keys.json"
    with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310
        keys = json.loads(answer.read())["keys"]
    raw = [base64.urlsafe_b64decode(key["x"] + "=" * (-len(key["x"]) % 4)) for key in keys]
    return [base64.b64encode(each).decode() for each in raw]


def main(arguments: list[str]) -> int:
    """Check the file named on the command line and say what was found."""
    parser = argparse.ArgumentParser(description="Check a signed score receipt.")
    parser.add_argument("result", type=Path, help="the summary of an exam, as the API answered it")
    whose = parser.add_mutually_exclusive_group(required=True)
    whose.add_argument("--public-key", help="the issuer's key, in base64")
    whose.add_argument("--issuer", help="the address of the deployment, to fetch its keys from")
    asked = parser.parse_args(arguments)
    public_keys = [asked.public_key] if asked.public_key else fetched(asked.issuer)
    answer = json.loads(asked.result.read_text())
    try:
        facts = verify(answer.get("data", answer), *public_keys)
    except NotProven as doubt:
        print(f"not proven: {doubt}")
        return 1
    print(
        f"proven: {facts['score']} of {facts['maxScore']} marks ({facts['percent']} %) in exam {facts['examId']}, "
        f"ended {facts['finishedAt']}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
