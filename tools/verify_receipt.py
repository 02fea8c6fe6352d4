"""Checks a signed score receipt, and re-scores it from its evidence. Needs no connection and no secret.

    python -m tools.verify_receipt result.json [--public-key BASE64]

`result.json` is what GET /api/exams/{examId}/summary?evidence=true answered. Checked are the signature (Ed25519), that
paper and keys are those whose hashes were signed, and that scoring them again gives the signed score to the last
digit. Without --public-key the key in the receipt is used, which proves only that nothing was changed after signing;
compare it with one from a receipt that you trust. Exits with 1 when something does not hold.
"""

import argparse
import base64
import hashlib
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(HERE / "layers/lyceum/python"), str(HERE)]

from cryptography.exceptions import InvalidSignature  # noqa: E402
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: E402

from functions.exams.marking import keys as marking_keys  # noqa: E402
from functions.exams.marking import marks, totals  # noqa: E402
from functions.exams.marking.scoring import Key  # noqa: E402


class NotProven(Exception):
    """Something about a receipt does not hold."""


def verify(result: dict[str, Any], public_key: str | None = None) -> dict[str, Any]:
    """Check the receipt of a result and, where the evidence is there, the score itself; returns the signed facts.

    Raises NotProven that says what does not hold.
    """
    receipt = result.get("receipt")
    if not receipt:
        raise NotProven("there is no receipt in this result")
    _check_signature(receipt, public_key)
    facts: dict[str, Any] = json.loads(receipt["payload"])
    if result.get("evidence"):
        _check_score(facts, result["evidence"])
    return facts


def _check_signature(receipt: dict[str, str], public_key: str | None) -> None:
    if public_key is not None and public_key != receipt["publicKey"]:
        raise NotProven("it was signed with another key")
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(receipt["publicKey"], validate=True))
        key.verify(base64.b64decode(receipt["signature"], validate=True), receipt["payload"].encode())
    except (InvalidSignature, ValueError):
        raise NotProven("the signature does not fit the payload") from None


def _check_score(facts: dict[str, Any], evidence: dict[str, str]) -> None:
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


def main(arguments: list[str]) -> int:
    """Check the file named on the command line and say what was found."""
    parser = argparse.ArgumentParser(description="Check a signed score receipt.")
    parser.add_argument("result", type=Path, help="the summary of an exam, as the API answered it")
    parser.add_argument("--public-key", help="the key that must have signed it")
    asked = parser.parse_args(arguments)
    answer = json.loads(asked.result.read_text())
    try:
        facts = verify(answer.get("data", answer), asked.public_key)
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
