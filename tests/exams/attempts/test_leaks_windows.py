"""A window that moves moves at once what every session of its exam may tell."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lyceum.kit.table import find
from lyceum.model.audit import AuditEvent
from lyceum.model.exams.assessments import Incident
from tests.exams.conftest import CANARY, Publisher, Running
from tests.support.clock import Clock
from tests.support.cloud import Cloud

WINDOW = {"opensAt": "2027-01-11T08:00:00", "closesAt": "2027-01-11T12:00:00", "timeZone": "UTC"}
RULES = {"feedback": "after_window", "window": WINDOW, "durationSeconds": 600, "graceSeconds": 0}
LATER = {**RULES, "window": {**WINDOW, "closesAt": "2027-01-11T14:00:00"}}
AFTER = datetime(2027, 1, 11, 12, 0, 1, tzinfo=UTC)
LATE = datetime(2027, 1, 11, 14, 0, 1, tzinfo=UTC)


@pytest.fixture
def test(publisher: Publisher) -> dict[str, Any]:
    """An exam with a window of four hours."""
    return publisher.test(rules=RULES)


@pytest.fixture
def ended(publisher: Publisher, test: dict[str, Any]) -> Running:
    """A session that was submitted while the window is open."""
    running = publisher.begin(test)
    running.answer()
    running.submit()
    return running


def change(publisher: Publisher, test: dict[str, Any], **values: Any) -> Any:
    return publisher.instructor.put(f"/api/practice-tests/{test['assessmentId']}", values)


MOVES: dict[str, dict[str, Any]] = {
    "edit": {"rules": LATER},
    "accommodation": {"accommodations": [{"userId": "somebody", "closesAt": "2027-01-11T14:00:00"}]},
}


@pytest.mark.parametrize("move", MOVES)
def test_l7_a_later_end_withholds_at_once_and_for_the_release(
    ended: Running, publisher: Publisher, test: dict[str, Any], clock: Clock, deliver: Any, swept: Any, move: str
) -> None:
    assert change(publisher, test, **MOVES[move]).status == 200
    clock.move_to(AFTER)
    withheld = ended.summary()
    assert (CANARY in withheld.body, withheld.data["resultFrom"]) == (False, "2027-01-11T14:00:00.000Z")
    assert deliver() == 0
    swept()
    assert '"percent"' not in ended.student.get("/api/exams/history").body
    assert ended.events("exam.released") == []
    assert ended.summary().cost.operations == ["BatchGetItem"]
    clock.move_to(LATE)
    assert CANARY in ended.summary().body


def test_l7_what_was_told_already_is_withheld_again(
    ended: Running, publisher: Publisher, test: dict[str, Any], clock: Clock
) -> None:
    clock.move_to(AFTER)
    assert CANARY in ended.summary().body
    change(publisher, test, rules=LATER)
    assert CANARY not in ended.summary().body


def test_l7_a_regrade_while_a_result_is_withheld_again_tells_nobody(
    ended: Running, publisher: Publisher, test: dict[str, Any], clock: Clock, deliver: Any, swept: Any
) -> None:
    clock.move_to(AFTER + timedelta(minutes=2))
    swept()
    assert ended.events("exam.released")
    change(publisher, test, rules=LATER)
    assert deliver() == 0
    ruling = {"questionId": ended.questions[0], "ruling": "full_marks", "reason": "the text was ambiguous"}
    assert publisher.instructor.post(f"{ended.path}/regrade", ruling).status == 200
    (told,) = ended.events("exam.graded")
    detail = json.loads(told["Detail"])
    assert detail["isReleased"] and detail["isWithheld"]


def test_l7_each_of_several_moves_withholds_at_once_whether_or_not_the_news_of_one_has_arrived(
    ended: Running, publisher: Publisher, test: dict[str, Any], clock: Clock, deliver: Any
) -> None:
    earlier = {**RULES, "window": {**WINDOW, "closesAt": "2027-01-11T10:00:00"}}
    change(publisher, test, rules=earlier)
    deliver()
    clock.move_to(datetime(2027, 1, 11, 10, 0, 1, tzinfo=UTC))
    assert CANARY in ended.summary().body
    change(publisher, test, rules=RULES)
    assert CANARY not in ended.summary().body
    deliver()
    assert CANARY not in ended.summary().body
    clock.move_to(AFTER)
    assert CANARY in ended.summary().body
    body = {"seconds": 3600, "reason": "power failed", "scope": "exam"}
    assert publisher.instructor.post(f"/api/exams/{test['assessmentId']}/extend", body).status == 200
    assert CANARY not in ended.summary().body
    deliver()
    assert CANARY not in ended.summary().body


def test_l7_keys_that_were_shown_are_recorded_and_another_attempt_needs_a_flag_and_a_reason(
    ended: Running, publisher: Publisher, test: dict[str, Any], clock: Clock
) -> None:
    clock.move_to(AFTER)
    assert CANARY in ended.summary().body
    assert ended.session.released_at == AFTER
    assert len(ended.events("exam.released")) == 1
    assert ended.summary().cost.operations == ["BatchGetItem", "BatchGetItem"]
    change(publisher, test, rules=LATER)
    refused = publisher.start(test)
    assert (refused.status, refused.error.code) == (409, "KEYS_SHOWN")
    assert publisher.start(test, "somebody-else").status == 201
    assert change(publisher, test, afterKeys=True).status == 400
    assert change(publisher, test, afterKeys=True, reason="The hall was flooded").status == 200
    (entry,) = find(AuditEvent, subject_id=test["assessmentId"]).items
    assert (entry.action, entry.reason) == ("assessment.after_keys", "The hall was flooded")
    assert publisher.start(test).status == 201


def test_l7_a_single_student_may_be_let_in_again_after_the_keys(
    ended: Running, publisher: Publisher, test: dict[str, Any], clock: Clock
) -> None:
    clock.move_to(AFTER)
    ended.summary()
    granted = {"userId": ended.student.user_id, "afterKeys": True, "reason": "The hall was flooded"}
    change(publisher, test, rules=LATER, accommodations=[granted])
    assert publisher.start(test).status == 201


def test_l7_other_questions_make_another_paper(
    ended: Running, publisher: Publisher, test: dict[str, Any], clock: Clock
) -> None:
    clock.move_to(AFTER)
    ended.summary()
    publisher.bank.topic(4)
    assert change(publisher, test, rules=LATER, questionIds=publisher.bank.ids[-4:]).status == 200
    assert publisher.start(test).status == 201


def test_l7_a_session_that_ends_after_the_window_moved_goes_by_the_new_end(
    publisher: Publisher, test: dict[str, Any], clock: Clock
) -> None:
    running = publisher.begin(test)
    change(publisher, test, rules=LATER)
    clock.move_to(AFTER)
    assert running.submit().data["resultFrom"] == "2027-01-11T14:00:00.000Z"


def test_l7_an_earlier_end_releases_earlier(
    ended: Running, publisher: Publisher, test: dict[str, Any], clock: Clock, deliver: Any
) -> None:
    change(publisher, test, rules={**RULES, "window": {**WINDOW, "closesAt": "2027-01-11T10:00:00"}})
    deliver()
    clock.move_to(datetime(2027, 1, 11, 10, 0, 1, tzinfo=UTC))
    assert CANARY in ended.summary().body


def test_w9_moves_that_arrive_in_any_order_end_in_the_last_ones_state(
    ended: Running, publisher: Publisher, test: dict[str, Any], cloud: Cloud, tenant: str, clock: Clock
) -> None:
    change(publisher, test, rules=LATER)
    clock.advance(seconds=1)
    change(publisher, test, rules={**RULES, "window": {**WINDOW, "closesAt": "2027-01-11T13:00:00"}})
    found = find(Incident, assessment_id=test["assessmentId"], consistent=True).items
    assert [incident.action for incident in found] == ["move_release", "move_release"]
    from functions.exams.proctoring import fan_out

    for incident in (*reversed(found), *found):
        fan_out._reach(ended.id, incident)
    assert ended.session.closed_from == datetime(2027, 1, 11, 13, 0, tzinfo=UTC)


def test_l3_results_after_a_window_without_an_end_are_refused(publisher: Publisher, test: dict[str, Any]) -> None:
    endless = {**RULES, "window": {"opensAt": WINDOW["opensAt"]}}
    refused = change(publisher, test, rules=endless)
    assert (refused.status, refused.error.fields) == (422, {"WINDOW_WITHOUT_END"})
    body = {"title": "Sets", "subject": "M", "gradeLevel": "SS3", "questionIds": publisher.bank.ids, "rules": endless}
    assert publisher.instructor.post("/api/practice-tests", body).status == 422


def test_l7_reopening_after_keys_were_shown_says_so(publisher: Publisher, clock: Clock) -> None:
    running = publisher.begin(publisher.test(rules={"durationSeconds": 600}))
    clock.move_to(running.closing)
    clock.advance(seconds=1)
    assert CANARY in running.summary().body
    body = {"seconds": 600, "reason": "power failed", "reopen": True}
    refused = publisher.instructor.post(f"{running.path}/extend", body)
    assert (refused.status, refused.error.code) == (409, "KEYS_SHOWN")
    assert publisher.instructor.post(f"{running.path}/extend", {**body, "afterKeys": True}).status == 200
    told = publisher.instructor.get(f"{running.path}/events").data["events"][-1]
    assert (told["name"], "keys_shown" in str(told) or "keysShown" in str(told)) == ("reopened", True)
