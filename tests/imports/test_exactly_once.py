"""Each row exactly once: workers that die, come twice, come at once, run out of time or are woken again."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lyceum.kit.consumers.records import ProcessedEvent
from lyceum.kit.errors import Conflict, Unavailable
from lyceum.kit.table import Unit, writing
from lyceum.kit.table.connection import StorageConnection
from lyceum.model.questions.question import Question
from tests.imports.conftest import TABLE, Importer
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.threads import at_once
from tests.support.workers import record

from functions.imports import import_jobs, question_writer
from functions.imports.events import write
from functions.imports.question_writer import question_id
from functions.imports.schemas import Confirm

BATCH_WRITES = 12  # writes, and so four questions


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(question_writer, "_MOST_WRITES", BATCH_WRITES)


def table(rows: int) -> str:
    return "stem,correct\n" + "".join(f"Is {number} even?,{number % 2 == 0}\n" for number in range(rows))


def confirmed(importer: Importer, rows: int = 10) -> str:
    job_id = importer.parsed(table(rows))
    assert importer.confirm(job_id).status == 200
    return job_id


def settled(importer: Importer, job_id: str, rows: int = 10) -> None:
    """Every row is a question, under its own id, and the job says so."""
    shown = importer.shown(job_id)
    assert (shown["state"], shown["rows"]["done"], shown["questionsWritten"]) == ("completed", rows, rows)
    questions = {question.question_id: question for question in importer.questions()}
    assert [questions[question_id(job_id, place)].stem for place in range(rows)] == [
        f"Is {number} even?" for number in range(rows)
    ]
    assert len(questions) == rows and {int(question.version) for question in questions.values()} == {1}
    assert len(importer.told("import.completed")) == 1


def dying(after: int, monkeypatch: pytest.MonkeyPatch, *, before_it: bool) -> None:
    """Let the worker die at its nth transaction, before or after storage took it."""
    send, calls = writing._send_together, iter(range(10_000))

    def die(writes: Any) -> None:
        is_last = next(calls) == after
        if is_last and before_it:
            raise Unavailable
        send(writes)
        if is_last:
            raise Unavailable

    monkeypatch.setattr(writing, "_send_together", die)


@pytest.mark.parametrize("before_it", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("after", range(4))
def test_a_worker_that_dies_leaves_no_row_out_and_none_twice(
    importer: Importer, monkeypatch: pytest.MonkeyPatch, after: int, before_it: bool
) -> None:
    job_id = confirmed(importer)
    (told,) = importer.told("import.write")
    with monkeypatch.context() as broken:
        dying(after, broken, before_it=before_it)
        assert len(importer.work("functions.imports.events.write", record(told))) == 1
    assert importer.work("functions.imports.events.write", record(told)) == []
    settled(importer, job_id)


def test_workers_at_once_write_every_row_once(importer: Importer) -> None:
    job_id = confirmed(importer)
    (told,) = importer.told("import.write")
    at_once(*[lambda: importer.work("functions.imports.events.write", record(told)) for _ in range(3)])
    importer.work("functions.imports.events.write", record(told))
    settled(importer, job_id)


def test_a_message_that_comes_again_changes_nothing(importer: Importer) -> None:
    job_id = confirmed(importer)
    (told,) = importer.told("import.write")
    for _ in range(2):
        assert importer.work("functions.imports.events.write", record(told), record(told)) == []
        for item in importer.client.cloud.items(importer.client.tenant):
            if item["kind"]["S"] == "processed_event":
                Unit().remove(ProcessedEvent.from_raw_data(item)).commit()
    settled(importer, job_id)


def test_a_worker_hands_over_when_its_time_is_up(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = confirmed(importer)
    monkeypatch.setattr(write, "SECONDS", 0.0)
    (told,) = importer.told("import.write")
    importer.work("functions.imports.events.write", record(told))
    shown = importer.shown(job_id)
    assert (shown["state"], shown["rows"]["done"], shown["percent"]) == ("running", 4, 40)
    importer.run(job_id)
    settled(importer, job_id)


def test_an_edit_made_while_it_runs_is_not_written_over(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = confirmed(importer)
    monkeypatch.setattr(write, "SECONDS", 0.0)
    (told,) = importer.told("import.write")
    importer.work("functions.imports.events.write", record(told))
    edited = Question.require(question_id=question_id(job_id, 0))
    edited.stem = "Is nought even?"
    Unit().replace(edited).commit()
    importer.run(job_id)
    assert Question.require(question_id=edited.question_id).stem == "Is nought even?"
    assert importer.shown(job_id)["state"] == "completed"


def test_an_import_that_went_silent_is_woken_by_confirming_again(importer: Importer, clock: Clock) -> None:
    job_id = confirmed(importer)
    assert importer.confirm(job_id).data["version"] == importer.shown(job_id)["version"]
    before = importer.told("import.write")
    clock.advance(minutes=16)
    assert importer.confirm(job_id).data["state"] == "confirmed"
    assert importer.told("import.write") != before
    importer.run(job_id)
    settled(importer, job_id)
    assert importer.confirm(job_id).error.code == "NOT_PARSED"


def test_two_confirmations_at_once_are_one(importer: Importer) -> None:
    job_id, moderator = importer.parsed(TABLE), importer.moderator.principal
    assert moderator is not None

    def confirm() -> str:
        try:
            return import_jobs.confirm(moderator, job_id, Confirm()).state
        except Conflict as refusal:
            return refusal.code

    assert set(at_once(*[confirm] * 3)) <= {"confirmed", "EDIT_CONFLICT"}
    assert len(importer.told("import.write")) == 1


def test_a_topic_that_was_removed_meanwhile_fails_the_import(importer: Importer) -> None:
    from lyceum.model.catalog import Topic

    job_id = confirmed(importer, 3)
    Unit().remove(Topic.at(topic_id=importer.topic_id)).commit()
    importer.run(job_id)
    shown = importer.shown(job_id)
    assert (shown["state"], shown["reason"]) == ("failed", "A topic of these questions was removed meanwhile.")
    assert len(importer.told("import.failed")) == 1


def test_a_file_that_is_told_twice_or_replaced_is_read_once(importer: Importer) -> None:
    job_id = importer.parsed(TABLE)
    place = importer.stored(job_id).rows_prefix
    assert importer.arrive(job_id) == []
    assert (importer.stored(job_id).rows_prefix, importer.shown(job_id)["state"]) == (place, "parsed")


def test_workers_that_read_one_file_at_once_settle_it_once(importer: Importer) -> None:
    job_id = importer.open().data["jobId"]
    key = importer.stored(job_id).key
    at_once(*[lambda: importer.work("functions.imports.events.parse", importer.message(key)) for _ in range(3)])
    assert importer.arrive(job_id) == []
    assert importer.shown(job_id)["rows"]["ready"] == 2 and len(importer.rows(job_id)) == 3


def test_keys_that_no_import_named_are_left_alone(importer: Importer) -> None:
    job_id = importer.open().data["jobId"]
    key, tenant = importer.stored(job_id).key, importer.client.tenant
    foreign = [
        f"imports/{tenant}/x/{job_id}/original",
        f"{key}x",
        "imports/x",
        f"imports/elsewhere/x/{job_id}/original",
        key.replace(job_id, ""),
    ]
    assert (
        importer.work(
            "functions.imports.events.parse",
            *[importer.message(name) for name in foreign],
            importer.message(key, bucket="another"),
        )
        == []
    )
    assert importer.shown(job_id)["state"] == "uploaded"


def test_a_batch_costs_one_transaction_for_33_questions(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(question_writer, "_MOST_WRITES", 99)
    job_id, seen = confirmed(importer, 90), []
    call: Callable[..., Any] = StorageConnection._call_once
    monkeypatch.setattr(
        StorageConnection,
        "_call_once",
        lambda self, name, arguments: (seen.append(name), call(self, name, arguments))[1],
    )
    (told,) = importer.told("import.write")
    importer.work("functions.imports.events.write", record(told))
    assert seen == [
        "GetItem",
        "BatchGetItem",
        "BatchGetItem",
        *["TransactWriteItems"] * 4,
    ]
    assert importer.shown(job_id)["state"] == "completed"


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deaths=st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=3))
def test_however_often_it_dies_the_end_is_the_same(
    client: Client, monkeypatch: pytest.MonkeyPatch, deaths: list[tuple[int, bool]]
) -> None:
    from tests.imports.conftest import new_importer

    with client.cloud.new_tenant() as tenant:  # where nobody imported these rows before
        importer = new_importer(client.of(tenant))
        job_id = confirmed(importer)
        (told,) = [entry for entry in importer.told("import.write") if job_id in entry["Detail"]]
        for after, before_it in deaths:
            with monkeypatch.context() as broken:
                dying(after, broken, before_it=before_it)
                importer.work("functions.imports.events.write", record(told))
        assert importer.work("functions.imports.events.write", record(told)) == []
        assert [importer.shown(job_id)[name] for name in ("state", "questionsWritten")] == ["completed", 10]
        assert sorted(question.question_id for question in importer.questions()) == [
            question_id(job_id, place) for place in range(10)
        ]
