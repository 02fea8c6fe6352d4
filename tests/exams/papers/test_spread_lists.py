"""Exams with very many candidates: their lists stand in parts, and nothing of what follows is lost or doubled."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from lyceum.kit import context
from lyceum.kit.table import Unit, find
from lyceum.model.exams.assessments import Assessment, AssessmentAttempt, DueParts
from lyceum.model.exams.sessions import ExamSession
from tests.exams.conftest import Publisher, Running
from tests.support.clock import Clock
from tests.support.http import LAMBDA, Client

from functions.exams.jobs import jobs
from functions.exams.marking import deadlines
from functions.exams.papers import forms, spreading
from functions.exams.proctoring import fan_out

EXPECTED = 3 * spreading.CANDIDATES_A_PART
CROWD = 9
LAST_PART = 2


@pytest.fixture
def hall(publisher: Publisher) -> tuple[dict[str, Any], list[Running]]:
    """An exam whose lists have three parts, and a few who sit it."""
    test = publisher.test(1, rules={"expectedCandidates": EXPECTED, "durationSeconds": 600})
    return test, [publisher.begin(test, f"candidate{number}") for number in range(CROWD)]


def parts_of(running: list[Running]) -> set[int | None]:
    return {each.session.part and int(each.session.part) for each in running}


def listed(publisher: Publisher, test: dict[str, Any], **query: Any) -> tuple[list[str], list[Any]]:
    """Return all attempts that the pages of the results show, and each page's storage requests; then it is a paper."""
    mode = Assessment.mode.set("paper")
    Unit().change(Assessment.at(assessment_id=test["assessmentId"]), mode).commit()
    found: list[str] = []
    costs: list[Any] = []
    cursor: dict[str, Any] = {}
    while True:
        reply = publisher.instructor.get(f"/api/papers/{test['assessmentId']}/results", {**query, **cursor})
        assert reply.status == 200, reply.body
        found += [each["examId"] for each in reply.data["results"]]
        costs.append(reply.cost.operations)
        if not reply.data.get("nextCursor"):
            return found, costs
        cursor = {"cursor": reply.data["nextCursor"]}


def run(job: str) -> None:
    with context.working(context.RequestContext()):
        jobs.handler({"job": job}, LAMBDA)


def test_results_show_every_attempt_once_whatever_part_it_stands_in(
    publisher: Publisher, hall: tuple[dict[str, Any], list[Running]]
) -> None:
    test, sessions = hall
    assert len(parts_of(sessions)) > 1, "by their ids nine sessions are not all of one part"
    for limit in (1, 4, 50):
        found, costs = listed(publisher, test, limit=limit)
        assert sorted(found) == sorted(each.id for each in sessions)
        assert max(map(len, costs)) <= 1 + 3
        is_found_empty = CROWD % limit == 0 and LAST_PART not in parts_of(sessions)
        assert len(costs) == -(-CROWD // limit) + is_found_empty, "a page more where only parts without anybody follow"


def test_a_page_number_leads_into_later_parts(publisher: Publisher, hall: tuple[dict[str, Any], list[Running]]) -> None:
    test, _ = hall
    whole, _ = listed(publisher, test)
    path = f"/api/papers/{test['assessmentId']}/results"
    pages = [publisher.instructor.get(path, {"limit": 3, "page": page}).data["results"] for page in (1, 2, 3)]
    assert [each["examId"] for page in pages for each in page] == whole


def test_an_exam_of_a_class_is_one_list(publisher: Publisher) -> None:
    test = publisher.test(1, rules={"expectedCandidates": spreading.CANDIDATES_A_PART})
    running = publisher.begin(test)
    assert running.session.part is None
    assert len(find(AssessmentAttempt, assessment_id=test["assessmentId"]).items) == 1
    assert listed(publisher, test)[1] == [["BatchGetItem", "Query"]]


def test_more_than_can_be_laid_out_for_is_refused(publisher: Publisher) -> None:
    body = {"title": "T", "subject": "S", "gradeLevel": "SS3", "questionIds": ["q"]}
    rules = {"expectedCandidates": spreading.MOST_CANDIDATES + 1}
    assert publisher.instructor.post("/api/practice-tests", {**body, "rules": rules}).status == 400


def test_an_attempt_that_ends_is_brought_up_to_date_in_its_part(
    publisher: Publisher, hall: tuple[dict[str, Any], list[Running]]
) -> None:
    test, sessions = hall
    for running in sessions:
        running.submit()
    names = spreading.names_of(test["assessmentId"], 3)
    entries = [entry for name in names for entry in find(AssessmentAttempt, assessment_id=name).items]
    assert [entry.state for entry in entries] == ["finished"] * CROWD


def test_lists_get_more_parts_and_never_fewer(publisher: Publisher, client: Client) -> None:
    test = publisher.test(1, rules={"expectedCandidates": 1})
    early = publisher.begin(test, "early")
    path = f"/api/practice-tests/{test['assessmentId']}"
    for expected, parts in ((EXPECTED, 3), (1, 3)):
        changed = publisher.instructor.put(path, {"rules": {"expectedCandidates": expected}})
        assert (changed.status, changed.data["rules"]["expectedCandidates"]) == (200, expected)
        assert Assessment.require(assessment_id=test["assessmentId"]).parts == parts
    late = publisher.begin(test, "late")
    assert sorted(listed(publisher, test)[0]) == sorted([early.id, late.id])


def test_what_is_due_is_done_in_every_part(
    publisher: Publisher,
    hall: tuple[dict[str, Any], list[Running]],
    clock: Clock,
    swept: Callable[[], None],
    deliver: Callable[[], int],
) -> None:
    _, sessions = hall
    swept()
    run("sweep_parts")
    clock.move_to(sessions[-1].closing + timedelta(minutes=2))
    swept()
    run("sweep_parts")
    assert deliver() == 0
    assert [each.session.state for each in sessions] == ["finished"] * CROWD
    assert [len(each.events("exam.completed")) for each in sessions] == [1] * CROWD


def test_where_no_exam_is_spread_a_sweep_of_parts_costs_one_request_a_minute(
    publisher: Publisher, clock: Clock, swept: Callable[[], None], operations: list[str]
) -> None:
    publisher.begin(publisher.test(1))
    run("sweep_parts")
    clock.advance(minutes=1)
    operations.clear()
    run("sweep_parts")
    assert operations == ["Query", "Query", "GetItem", "GetItem", "UpdateItem"]


def test_a_page_of_a_part_that_is_due_sends_the_task_of_the_next(
    publisher: Publisher,
    hall: tuple[dict[str, Any], list[Running]],
    clock: Clock,
    swept: Callable[[], None],
    deliver: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deadlines, "BATCH", 1)
    monkeypatch.setattr(deadlines, "_BATCHES", 2)
    _, sessions = hall
    clock.move_to(sessions[-1].closing + timedelta(minutes=2))
    run("sweep_parts")
    for _ in range(3):
        assert deliver() == 0
    spread = [each for each in sessions if each.session.part]
    assert {each.session.state for each in spread} == {"finished"}


def test_an_incident_reaches_the_sessions_of_every_part(
    publisher: Publisher,
    hall: tuple[dict[str, Any], list[Running]],
    deliver: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fan_out, "_BATCH", 1)
    monkeypatch.setattr(fan_out, "_BATCHES", 2)
    test, sessions = hall
    body = {"seconds": 300, "reason": "The power failed"}
    told = publisher.client.as_("admin").post(f"/api/exams/{test['assessmentId']}/extend", body)
    assert told.status == 200, told.body
    for _ in range(3):
        assert deliver() == 0
    assert [int(each.session.extended_seconds) for each in sessions] == [300] * CROWD


def test_the_most_parts_of_all_exams_are_swept(publisher: Publisher) -> None:
    for expected in (EXPECTED, 5 * spreading.CANDIDATES_A_PART, EXPECTED):
        publisher.test(1, rules={"expectedCandidates": expected})
    assert DueParts.require().parts == 5


def test_a_crowd_reads_the_forms_of_an_exam_once(publisher: Publisher) -> None:
    test = publisher.test(3)
    costs = [publisher.start(test, f"candidate{number}").cost for number in range(2)]
    assert costs[0].operations == costs[1].operations
    assert costs[1].read_units < costs[0].read_units


def test_forms_that_were_replaced_are_read_again(publisher: Publisher, client: Client) -> None:
    test = publisher.test(2)
    first = publisher.begin(test, "first")
    other = publisher.test(2)
    path = f"/api/practice-tests/{test['assessmentId']}"
    assert publisher.instructor.put(path, {"questionIds": other["questionIds"]}).status == 200
    second = publisher.begin(test, "second")
    assert sorted(first.questions) == sorted(test["questionIds"])
    assert sorted(second.questions) == sorted(other["questionIds"])


def test_forms_of_another_number_are_never_taken_for_those_of_an_exam(publisher: Publisher) -> None:
    test = publisher.test(2)
    publisher.begin(test, "first")
    assessment = Assessment.require(assessment_id=test["assessmentId"])
    (form,) = forms.kept(assessment.assessment_id).forms
    assert forms.are_of(assessment, [form])
    for number in (int(form.forms_version) + 1, None):
        assessment.forms_version = number
        assert not forms.are_of(assessment, [form])
    form.forms_version = None
    assert not forms.are_of(assessment, [form]), "forms of before there were numbers are read each time"


def test_a_session_of_before_there_were_parts_stays_where_it_is(publisher: Publisher) -> None:
    running = publisher.begin(publisher.test(1))
    session = running.session
    session.part = None
    Unit().replace(session).commit()
    assert ExamSession.require(exam_id=running.id).gsi1pk.endswith(str(session.due_minute))
    assert running.submit().status == 200
