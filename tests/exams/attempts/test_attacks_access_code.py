"""An access code can not be found by trying: each try is counted before it is compared."""

import pytest

from tests.exams.conftest import Publisher
from tests.support.clock import Clock
from tests.support.threads import at_once, status_of

from functions.exams.attempts import eligibility
from functions.exams.papers import access_codes, code_tries


@pytest.fixture
def test_id(publisher: Publisher) -> str:
    return str(publisher.test(rules={"accessCode": "blue heron"})["assessmentId"])


def test_of_thirty_tries_at_once_five_are_compared(
    publisher: Publisher, test_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    taker = publisher.client.as_("student").principal
    assert taker
    compared: list[str | None] = []
    check = access_codes.check_code

    def watched(policy: dict[str, str], given: str | None) -> None:
        compared.append(given)
        check(policy, given)

    monkeypatch.setattr(access_codes, "check_code", watched)

    def guess(number: int) -> int:
        return status_of(lambda: eligibility.admit(taker, "203.0.113.7", test_id, f"heron {number}"))

    statuses = at_once(*(lambda number=number: guess(number) for number in range(30)))
    assert sorted(statuses) == [403] * 5 + [423] * 25
    assert len(compared) == 5


def test_after_a_span_the_right_code_opens_and_the_count_is_forgotten(
    publisher: Publisher, test_id: str, clock: Clock
) -> None:
    test = {"assessmentId": test_id}
    statuses = [publisher.start(test, accessCode="red heron").status for _ in range(6)]
    assert statuses == [403] * 5 + [423]
    refused = publisher.start(test, accessCode="blue heron")
    assert (refused.status, refused.headers["Retry-After"]) == (423, str(15 * 60 + 1))
    assert publisher.start(test, "eve", accessCode="blue heron").status == 201
    clock.advance(seconds=code_tries.SPAN.total_seconds())
    assert publisher.start(test, accessCode="red heron").status == 403
    assert publisher.start(test, accessCode="blue heron").status == 201


def test_no_code_is_no_try(publisher: Publisher, test_id: str) -> None:
    test = {"assessmentId": test_id}
    assert {publisher.start(test).error.code for _ in range(7)} == {"ACCESS_CODE_WRONG"}
    assert publisher.start(test, accessCode="blue heron").status == 201
