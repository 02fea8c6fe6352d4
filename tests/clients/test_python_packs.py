"""The Python client sits exams without a line, against the product in process."""

from datetime import timedelta
from pathlib import Path

import pytest

from lyceum.kit import clock as clocks
from lyceum.model.exams.sessions import ExamSession
from lyceum_client import LineBroken, Lyceum, Request
from lyceum_client.packs import NotOpen, Sitting
from lyceum_client.store import Store
from lyceum_client.surroundings import Surroundings
from tests.clients.lines import BASE, Product, tokens
from tests.exams.conftest import Bank, Publisher, bank
from tests.exams.packs.phones import HOUR, RULES, window
from tests.support.clock import Clock
from tests.support.http import Client

__all__ = ["bank"]


@pytest.fixture
def publisher(client: Client, bank: Bank) -> Publisher:
    return Publisher(client, bank)


def device(client: Client, line: Product | None = None, store: Store | None = None) -> Lyceum:
    """A device of the student whose clock is the test's."""
    student = client.as_("student")
    now = Surroundings(now=lambda: clocks.now().timestamp())
    made = Lyceum(BASE, transport=line or Product(student), surroundings=now, store=store)
    made.session.begin(tokens("any", user_id=student.user_id, seconds=100_000))
    return made


def test_an_exam_is_sat_without_a_line_over_two_processes_and_scored_once(
    publisher: Publisher, client: Client, clock: Clock, tmp_path: Path
) -> None:
    test = publisher.test(4, rules=RULES)
    first = device(client, store=Store(tmp_path / "phone.db"))
    sitting = Sitting.fetch(first, test["assessmentId"])
    questions = [each["question_id"] for each in sitting.open()["questions"]]
    for question in questions[:2]:
        clock.advance(minutes=1)
        sitting.answer(question, {"optionIds": ["a"]})
    first.store.close()
    again = device(client, store=Store(tmp_path / "phone.db"))
    (resumed,) = Sitting.all(again)
    assert set(resumed.answers) == set(questions[:2]) and 3400 < resumed.left_seconds < 3500
    for question in questions:
        clock.advance(minutes=1)
        resumed.answer(question, {"optionIds": ["b"]})
    receipt = resumed.hand_in()
    assert (receipt["state"], receipt["reasons"]) == ("accepted", [])
    assert resumed.hand_in() == receipt == Sitting.all(again)[0].receipt
    assert ExamSession.require(exam_id=resumed.pack["packId"]).score == "4.00"
    with pytest.raises(NotOpen):
        resumed.answer(questions[0], {"optionIds": ["a"]})


def test_before_its_release_nothing_can_be_read_and_the_code_opens_it(publisher: Publisher, client: Client) -> None:
    early = publisher.test(2, rules={**RULES, "window": window(clocks.now() + 2 * HOUR)})
    waiting = Sitting.fetch(device(client), early["assessmentId"])
    with pytest.raises(NotOpen, match="not open yet"):
        waiting.open()
    with pytest.raises(NotOpen, match="not opened"):
        waiting.close()
    coded = Sitting.fetch(device(client), publisher.test(2, rules={**RULES, "accessCode": "baobab"})["assessmentId"])
    assert coded.needs_code
    with pytest.raises(NotOpen, match="does not open"):
        coded.open("acacia")
    assert len(coded.open(" baobab ")["questions"]) == 2 and not coded.needs_code


def test_the_time_ends_on_the_device_and_a_clock_that_goes_back_gives_none(
    publisher: Publisher, client: Client, clock: Clock
) -> None:
    sitting = Sitting.fetch(device(client), publisher.test(1, rules=RULES)["assessmentId"])
    (question,) = (each["question_id"] for each in sitting.open()["questions"])
    clock.advance(minutes=30)
    sitting.answer(question, {"optionIds": ["b"]})
    clock.at -= timedelta(minutes=20)
    assert sitting.left_seconds == 1800
    clock.advance(minutes=80)
    assert sitting.left_seconds == 0
    with pytest.raises(NotOpen, match="over"):
        sitting.answer(question, {"optionIds": ["a"]})
    assert sitting.hand_in()["state"] == "accepted"


def test_handing_in_on_a_line_that_breaks_counts_once(publisher: Publisher, client: Client, clock: Clock) -> None:
    line, broken = Product(client.as_("student")), [True, True]

    def breaks(request: Request) -> None:
        if request.url.endswith("/hand-in") and broken and broken.pop():
            raise LineBroken("dropped after it arrived")

    line.after = breaks
    sitting = Sitting.fetch(device(client, line), publisher.test(1, rules=RULES)["assessmentId"])
    (question,) = (each["question_id"] for each in sitting.open()["questions"])
    clock.advance(minutes=1)
    sitting.answer(question, {"optionIds": ["b"]})
    receipt = sitting.hand_in()
    assert receipt["state"] == "accepted" and not broken
    assert ExamSession.require(exam_id=sitting.pack["packId"]).revision == 1
