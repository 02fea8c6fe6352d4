"""An access code can not be found by trying: each guess is counted before it is compared."""

import pytest

from tests.exams.conftest import Publisher
from tests.support.threads import at_once, status_of

from functions.exams.attempts import eligibility
from functions.exams.papers import access_codes


def test_of_thirty_guesses_at_once_one_is_compared(publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    test_id = str(publisher.test(rules={"accessCode": "blue heron"})["assessmentId"])
    taker = publisher.client.as_("student").principal
    assert taker
    compared: list[str | None] = []
    is_right = access_codes.is_right

    def watched(policy: dict[str, str], given: str | None) -> bool:
        compared.append(given)
        return is_right(policy, given)

    monkeypatch.setattr(access_codes, "is_right", watched)

    def guess(number: int) -> int:
        return status_of(lambda: eligibility.admit(taker, "203.0.113.7", test_id, f"heron {number}"))

    statuses = at_once(*(lambda number=number: guess(number) for number in range(30)))
    assert sorted(statuses) == [403, *[429] * 29]
    assert len(compared) == 1
