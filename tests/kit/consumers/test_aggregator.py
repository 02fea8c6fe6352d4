"""Folding: a batch adds to a shared item once, and each entry counts exactly once whatever comes in between."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from lyceum.kit import ids
from lyceum.kit.consumers import aggregator as aggregators
from lyceum.kit.consumers.aggregator import Aggregator, Entry, write_totals
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.consumers.records import ProcessedEvent
from lyceum.kit.consumers.totals import Totals
from lyceum.kit.errors import Unavailable
from lyceum.kit.table import ConditionFailed, Unit
from lyceum.model.exams.statistics import ScoreDistribution
from lyceum.model.notifications.inbox import InboxCounter
from tests.support.http import LAMBDA
from tests.support.threads import at_once
from tests.support.workers import record

MANY = 12
"""More than there are markers in one transaction."""


@pytest.fixture
def folding(tenant: str) -> Aggregator:
    """An aggregator of a worker of its own."""
    return Aggregator(f"probe-{ids.new_id()}")


def entries(number: int, name: str = "algebra", first: int = 0) -> list[Entry[Totals]]:
    """Return entries that each add one to a counter."""
    made = []
    for place in range(first, first + number):
        totals = Totals()
        totals.add(InboxCounter, {"user_id": name}, {"total": 1})
        made.append(Entry.of(f"event{place}", totals))
    return made


def count(name: str = "algebra") -> int:
    counter = InboxCounter.fetch(user_id=name, consistent=True)
    return int(counter.total) if counter else 0


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The items that each unit writes, by key."""
    found: list[list[str]] = []
    commit = Unit.commit

    def noted(unit: Unit) -> None:
        found.append([str(write.item.pk).partition("|")[2] for write in unit._writes])
        commit(unit)

    monkeypatch.setattr(Unit, "commit", noted)
    return found


def shared(commits: list[list[str]]) -> int:
    """Return how many units wrote to the shared counter."""
    return sum(any(not key.startswith("SEEN#") for key in keys) for keys in commits)


@pytest.mark.parametrize("number", [1, 7, 40])
def test_a_batch_writes_a_shared_item_once(folding: Aggregator, commits: list[list[str]], number: int) -> None:
    folding.fold(entries(number), write_totals)
    assert (count(), shared(commits)) == (number, 1)


@pytest.mark.parametrize(("first", "second"), [(1, 1), (7, 7), (MANY, MANY), (3, MANY), (MANY, MANY + 3), (7, 9)])
def test_what_comes_again_counts_once(folding: Aggregator, first: int, second: int) -> None:
    folding.fold(entries(first), write_totals)
    folding.fold(entries(second), write_totals)
    folding.fold(entries(first) + entries(first), write_totals)
    assert count() == max(first, second)


class Died(Exception):
    """What stands for a worker that is stopped."""


def dies(_values: Sequence[Totals], _unit: Unit) -> None:
    raise Died


@pytest.mark.parametrize("again", [1, 7, MANY])
def test_entries_of_a_fold_that_died_are_counted_when_they_come_again(folding: Aggregator, again: int) -> None:
    with pytest.raises(Died):
        folding.fold(entries(MANY), dies)
    assert count() == 0
    folding.fold(entries(again), write_totals)
    assert count() == again
    folding.fold(entries(MANY), write_totals)
    assert count() == MANY


def test_a_fold_that_is_given_up_while_it_is_at_work_writes_nothing(folding: Aggregator) -> None:
    def overtaken(values: Sequence[Totals], unit: Unit) -> None:
        folding.fold(entries(MANY), write_totals)
        write_totals(values, unit)

    with pytest.raises(aggregators.Marked):
        folding.fold(entries(MANY), overtaken)
    assert count() == MANY


def test_a_transaction_whose_answer_is_lost_counts_once(folding: Aggregator, monkeypatch: pytest.MonkeyPatch) -> None:
    commit, lost = Unit.commit, list[Unit]()

    def loses_an_answer(unit: Unit) -> None:
        commit(unit)
        if len(unit) > 1 and not lost:
            lost.append(unit)
            raise Unavailable

    monkeypatch.setattr(Unit, "commit", loses_an_answer)
    folding.fold(entries(MANY), write_totals)
    assert (len(lost), count()) == (1, MANY)


def test_a_fold_waits_until_others_let_go_of_its_items(folding: Aggregator, monkeypatch: pytest.MonkeyPatch) -> None:
    commit, refused = Unit.commit, list[Unit]()

    def is_held(unit: Unit) -> None:
        if len(unit) > 1 and len(refused) < 5:
            refused.append(unit)
            raise Unavailable
        commit(unit)

    monkeypatch.setattr(Unit, "commit", is_held)
    folding.fold(entries(MANY), write_totals)
    assert (len(refused), count()) == (5, MANY)


def test_workers_that_get_the_same_batch_at_once_count_it_once(folding: Aggregator, tenant: str) -> None:
    def work() -> bool:
        try:
            folding.fold(entries(MANY), write_totals)
        except (Unavailable, aggregators.Marked):
            return False
        return True

    at_once(*[work] * 2)
    folding.fold(entries(MANY), write_totals)
    assert count() == MANY


def test_entries_are_folded_with_those_that_have_the_same_targets(
    folding: Aggregator, commits: list[list[str]]
) -> None:
    made = []
    for place in range(12):
        totals = Totals()
        for number in range(46):
            totals.add(InboxCounter, {"user_id": f"{'even' if place % 2 == 0 else 'odd'}{number}"}, {"total": 1})
        made.append(Entry.of(f"event{place}", totals))
    folding.fold(made, write_totals)
    assert shared(commits) == 2
    assert {count(f"even{number}") for number in range(46)} == {6} == {count(f"odd{number}") for number in range(46)}


def test_a_condition_that_does_not_hold_is_raised_at_once(folding: Aggregator) -> None:
    def gone(_values: Sequence[Totals], unit: Unit) -> None:
        unit.change(InboxCounter.at(user_id="is not there"), InboxCounter.total.add(1))

    for number in (2, MANY):
        with pytest.raises(ConditionFailed):
            folding.fold(entries(number), gone)


def test_totals_add_to_entries_of_maps_and_leave_those_that_stay(tenant: str) -> None:
    Unit().create(ScoreDistribution(assessment_id="finals")).commit()
    totals = [Totals(), Totals()]
    totals[0].add(ScoreDistribution, {"assessment_id": "finals"}, {"attempts": 1, "takers.p50": 1}, must_exist=True)
    totals[1].add(
        ScoreDistribution,
        {"assessment_id": "finals"},
        {"attempts": 1, "takers.p50": -1, "takers.p70": 2},
        must_exist=True,
    )
    for each in totals:
        unit = Unit()
        each.write(unit)
        unit.commit()
    found = ScoreDistribution.require(assessment_id="finals")
    assert (found.attempts, found.takers.as_dict()) == (2, {"p50": 0, "p70": 2})
    unit = Unit()
    Totals.sum_of(totals).write(unit)
    unit.commit()
    assert ScoreDistribution.require(assessment_id="finals").takers.as_dict() == {"p50": 0, "p70": 4}


def test_totals_are_not_added_to_an_item_that_must_exist_and_does_not(tenant: str) -> None:
    totals, unit = Totals(), Unit()
    totals.add(ScoreDistribution, {"assessment_id": "gone"}, {"attempts": 1}, must_exist=True)
    totals.write(unit)
    with pytest.raises(ConditionFailed):
        unit.commit()


Message = dict[str, Any]


@pytest.fixture
def gathering(tenant: str) -> tuple[Consumer, Callable[[str], Message], list[int]]:
    """A worker that gathers retired questions, a maker of its messages, and the sizes of the batches that it got."""
    from lyceum.events.questions import QuestionRetired

    consumer, sizes = Consumer(f"probe-{ids.new_id()}"), list[int]()

    @consumer.gather(QuestionRetired)
    def note(events: Sequence[QuestionRetired]) -> None:
        sizes.append(len(events))
        if any(event.topic_id == "broken" for event in events):
            raise Died
        if any(event.topic_id == "busy" for event in events):
            raise Unavailable

    def make(topic_id: str) -> Message:
        event = QuestionRetired(question_id=ids.new_id(), topic_id=topic_id, course_id="c")
        return record({"Source": "lyceum", "DetailType": event.name, "Detail": event.model_dump_json(by_alias=True)})

    return consumer, make, sizes


def test_one_message_that_fails_is_found_by_halves(
    gathering: tuple[Consumer, Callable[[str], Message], list[int]],
) -> None:
    consumer, make, sizes = gathering
    batch = [make("algebra") for _ in range(31)]
    batch.insert(5, make("broken"))
    answer = consumer.handler({"Records": batch}, LAMBDA)
    assert answer == {"batchItemFailures": [{"itemIdentifier": batch[5]["messageId"]}]}
    assert len(sizes) == 11


def test_what_storage_has_no_time_for_comes_again_as_a_whole(
    gathering: tuple[Consumer, Callable[[str], Message], list[int]],
) -> None:
    consumer, make, sizes = gathering
    batch = [make("algebra"), make("busy"), make("algebra")]
    answer = consumer.handler({"Records": batch}, LAMBDA)
    assert [each["itemIdentifier"] for each in answer["batchItemFailures"]] == [each["messageId"] for each in batch]
    assert sizes == [3]


def test_markers_of_many_are_kept_as_long_as_single_ones(folding: Aggregator) -> None:
    folding.fold(entries(MANY), write_totals)
    folding.fold(entries(1, first=MANY), write_totals)
    markers = [ProcessedEvent.require(consumer=folding._consumer, event_id=f"event{each}") for each in (0, MANY)]
    assert markers[0].ttl == pytest.approx(int(markers[1].ttl or 0), abs=60)
