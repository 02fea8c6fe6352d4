"""What users met of the bank is exact after any order of events, in any number, with deaths; and what it costs."""

import random
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest

from lyceum.events.exams import ExamCompleted, ExamGraded, ExamReleased
from lyceum.kit import clock as time
from lyceum.kit import context, ids
from lyceum.kit.http import exchange
from lyceum.kit.table import Unit, find, remove_many
from lyceum.kit.table.connection import StorageConnection
from lyceum.model.exams.marks import ExamMarks, MarksRevision
from lyceum.model.questions.statistics import QuestionHistory
from tests.faults.interleaving import Act, Play, parts
from tests.support.cloud import Cloud
from tests.support.http import LAMBDA
from tests.support.workers import record

from functions.questions.events.history import handler

FEW = 48
MOST_WRITES = 12
USER = "candidate"
OUTCOMES = ("right", "partial", "wrong", "blank")
Told = ExamCompleted | ExamGraded
Counts = dict[str, Counter[str]]


def take(event: Told) -> list[Any]:
    """Hand an event to the worker and return what is to come again."""
    entry = {"Detail": event.model_dump_json(by_alias=True), "DetailType": event.name, "Source": event.source}
    failed: list[Any] = handler({"Records": [record(entry)]}, LAMBDA)["batchItemFailures"]
    return failed


def rows(outcomes: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {"question_id": name, "topic_id": f"t{ord(name[-1]) % 2}", "outcome": outcome, "max_score": "1"}
        | {"time_spent_seconds": 7}
        for name, outcome in outcomes.items()
    ]


def facts(exam_id: str, **values: Any) -> dict[str, Any]:
    result = {"score": Decimal(1), "max_score": Decimal(4), "percent": Decimal(25), "passed": True}
    named = {"exam_id": exam_id, "user_id": USER, "mode": "practice", "finished_at": time.now(), "topic_ids": []}
    return {**result, **named, **values}


def completed(outcomes: dict[str, str], **values: Any) -> ExamCompleted:
    """Store the marks of a session and return the event of its end."""
    exam_id = ids.new_id()
    Unit().create(ExamMarks(exam_id=exam_id, user_id=USER, keys_hash="h", marks=rows(outcomes))).commit()
    return ExamCompleted(cause="submitted", **facts(exam_id, **values))


class Sitting:
    """A session of some questions, perhaps released after its end, perhaps marked again; and what it comes to."""

    def __init__(self, chance: random.Random, names: list[str]) -> None:
        self.met = chance.sample(names, chance.randint(1, len(names)))
        first = {name: chance.choice(OUTCOMES) for name in self.met}
        second = {name: chance.choice(OUTCOMES) for name in self.met}
        is_told, is_changed = chance.random() < 0.5, chance.random() < 0.5
        end = completed(first, is_released=is_told)
        self.events: list[Told] = [end]
        if not is_told:
            self.events.append(ExamReleased(**facts(end.exam_id), revision=1))
        if is_changed:
            marks = ExamMarks.require(exam_id=end.exam_id, consistent=True)
            earlier = MarksRevision(exam_id=end.exam_id, revision=1, keys_hash="h", marks=marks.marks)
            marks.marks, marks.revision = rows(second), 2
            Unit().put(marks).put(earlier).commit()
            self.events.append(ExamGraded(**facts(end.exam_id), revision=2, earlier_revision=1))
        self.outcomes = second if is_changed else first

    def add_to(self, counts: Counts) -> None:
        for name, outcome in self.outcomes.items():
            counts.setdefault(name, Counter()).update({"met": 1, "seconds": 7, outcome: 1})


def stored() -> Counts:
    found = find(QuestionHistory, user_id=USER, consistent=True).items
    names = ("met", "seconds", *OUTCOMES)
    counts = {each.question_id: Counter({name: int(getattr(each, name)) for name in names}) for each in found}
    return {name: +count for name, count in counts.items()}


def act_of(event: Told, tenant: str) -> Act:
    def act() -> None:
        with context.working(context.RequestContext(tenant, "nobody", "c")):
            take(event)

    return act


@pytest.mark.parametrize("numbers", parts(FEW), ids=str)
def test_histories_are_exact_after_any_interleaving_with_deaths_and_repeats(cloud: Cloud, numbers: range) -> None:
    exchange.begin(cast("exchange.Exchange", SimpleNamespace(country=None)))
    for number in numbers:
        with cloud.new_tenant() as tenant:
            play = Play(number, most_writes=MOST_WRITES)
            names = [f"q{place}" for place in range(play.chance.randint(1, 5))]
            sittings = [Sitting(play.chance, names) for _ in range(play.chance.randint(1, 3))]
            events = [event for sitting in sittings for event in sitting.events]
            play.chance.shuffle(events)
            twice = events + play.chance.sample(events, play.chance.randint(0, len(events)))
            for start in range(0, len(twice), 3):
                play.together(*[act_of(event, tenant) for event in twice[start : start + 3]])
            expected: Counts = {}
            for sitting in sittings:
                sitting.add_to(expected)
            assert stored() == expected, number


def test_a_first_meeting_costs_a_plain_write_for_each_question(
    tenant: str, cloud: Cloud, written: Callable[[], Counter[str]]
) -> None:
    assert take(completed({f"q{number:02d}": "right" for number in range(60)})) == []
    assert written() == {"PutItem": 62}, "the marks, the histories and one marker"
    assert len(stored()) == 60


def test_what_was_met_before_is_added_to_in_transactions(
    tenant: str, cloud: Cloud, written: Callable[[], Counter[str]]
) -> None:
    take(completed({f"q{number:02d}": "right" for number in range(0, 60, 2)}))
    before = written()
    assert take(completed({f"q{number:02d}": "wrong" for number in range(60)})) == []
    assert written() - before == {"PutItem": 33, "TransactWriteItems": 2}, "one is tried in vain"
    counts = stored()
    assert counts["q00"] == {"met": 2, "seconds": 14, "right": 1, "wrong": 1}
    assert counts["q01"] == {"met": 1, "seconds": 7, "wrong": 1}


def test_an_event_that_comes_again_after_a_reset_counts_no_more(tenant: str, cloud: Cloud) -> None:
    event = completed({"q0": "right", "q1": "wrong"})
    take(event)
    remove_many(find(QuestionHistory, user_id=USER, consistent=True).items)
    take(event)
    assert stored() == {}


def test_a_right_answer_that_is_taken_away_before_it_was_counted_is_none_in_the_end(tenant: str, cloud: Cloud) -> None:
    end = completed({"q0": "right"})
    marks = ExamMarks.require(exam_id=end.exam_id, consistent=True)
    earlier = MarksRevision(exam_id=end.exam_id, revision=1, keys_hash="h", marks=marks.marks)
    marks.marks, marks.revision = rows({"q0": "wrong"}), 2
    Unit().put(marks).put(earlier).commit()
    take(ExamGraded(**facts(end.exam_id), revision=2, earlier_revision=1))
    take(end)
    take(end)
    assert stored() == {"q0": {"met": 1, "seconds": 7, "wrong": 1}}


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Counter[str]]:
    """Counts requests that write, by operation."""
    counted: Counter[str] = Counter()
    original = StorageConnection._call_once

    def call(connection: StorageConnection, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        counted[operation] += operation in {"PutItem", "UpdateItem", "TransactWriteItems"}
        return original(connection, operation, arguments)

    monkeypatch.setattr(StorageConnection, "_call_once", call)
    return lambda: +counted
