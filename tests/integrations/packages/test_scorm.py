"""SCORM: launched from a lesson, kept, judged, and taken into the course once."""

from typing import Any

import pytest

from tests.integrations.packages.conftest import API, Player, Shelf
from tests.integrations.packages.samples import SCORM_2004, scorm_12, scorm_2004
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.threads import at_once

PASSED = {"cmi.core.lesson_status": "incomplete", "cmi.core.score.raw": "85", "cmi.suspend_data": "page=3"}


def test_a_learner_plays_both_units_and_the_lesson_is_completed_and_graded_once(shelf: Shelf) -> None:
    player, course_id = shelf.in_lesson(scorm_12())
    launched = player.launch()
    assert (launched["format"], launched["unit"]) == ("scorm12", 0)
    assert [each["title"] for each in launched["units"]] == ["The cell wall", "The nucleus"]
    for sent in (1, 2):
        assert player.report(sent, PASSED, finished=sent == 2).status == 200
    assert player.launch()["unit"] == 1
    assert player.report(1, {"cmi.core.lesson_status": "completed"}, finished=True).status == 200
    state = player.state
    assert (state["score"], [each["isSatisfied"] for each in state["units"]]) == (850, [True, True])
    assert state["completedAt"]
    shelf.settle()
    shelf.settle()
    progress = player.learner.get(f"/api/courses/{course_id}/progress").data
    assert (progress["percent"], progress["lessons"]) == (100, {"completed": 1, "total": 1})
    (grades,) = player.learner.get(f"/api/grades/{player.learner.user_id}").data["courses"]
    (grade,) = grades["grades"]
    assert (grade["kind"], grade["points"], grade["maxPoints"], grades["percent"]) == ("package", "85", "100", "85.00")


def test_the_gradebook_has_a_column_of_a_package_once_there_is_a_score(shelf: Shelf) -> None:
    player, course_id = shelf.in_lesson(scorm_12())
    other = Player(shelf.school.student(course_id, name="eve"), player.content_id, player.lesson_id)
    path, teacher = f"/api/courses/{course_id}/gradebook", shelf.school.teacher
    assert teacher.get(path).data["columns"] == []
    for each, score in ((player, "85"), (other, "95")):
        each.launch()
        each.report(1, {**PASSED, "cmi.core.score.raw": score}, finished=True)
        shelf.settle()
    shown = teacher.get(path)
    (column,) = shown.data["columns"]
    assert (column["id"], column["kind"], column["maxPoints"]) == (player.lesson_id, "package", "100")
    assert sorted(row["points"] for row in shown.data["rows"]) == [["85"], ["95"]]
    assert len(shown.cost.operations) == 3
    assert f",{column['title']},percent" in teacher.get(path, {"format": "csv"}).body
    assert teacher.delete(f"/api/courses/{course_id}/lessons/{player.lesson_id}").status < 300
    shelf.settle()
    assert teacher.get(path).data["columns"] == []


def test_a_lower_score_later_takes_nothing_away(shelf: Shelf) -> None:
    player, _ = shelf.in_lesson(scorm_12())
    player.launch(0)
    player.report(1, PASSED, finished=True)
    player.launch(0)
    player.report(1, {**PASSED, "cmi.core.score.raw": "10"}, finished=True)
    assert player.state["units"][0] == {"unit": 0, "title": "The cell wall", "score": 850, "isSatisfied": True}


def test_below_the_mastery_score_a_unit_is_failed_whatever_it_says(shelf: Shelf) -> None:
    player, _ = shelf.in_lesson(scorm_12())
    player.launch(0)
    player.report(1, {"cmi.core.lesson_status": "passed", "cmi.core.score.raw": "79.5"}, finished=True)
    assert player.state["units"][0] == {"unit": 0, "title": "The cell wall", "score": 795, "isSatisfied": False}


def test_reports_are_taken_once_in_their_order_and_of_the_latest_sitting_alone(shelf: Shelf) -> None:
    player, _ = shelf.in_lesson(scorm_12())
    player.launch(0)
    former = player.ticket
    player.report(2, {"cmi.suspend_data": "later"})
    player.report(1, {"cmi.suspend_data": "earlier"})
    player.report(2, {"cmi.suspend_data": "again"})
    assert '"cmi.suspend_data": "later"' in player.file("~runtime.js").body
    player.launch(0)
    body = '{"sent": 9, "values": {"cmi.suspend_data": "of the former sitting"}}'
    assert player.frame.post(f"/xapi/runtime/{former}", body, content_type="text/plain").status == 200
    assert '"cmi.suspend_data": "later"' in player.file("~runtime.js").body


def test_two_reports_at_once_both_arrive_and_the_later_one_stands(shelf: Shelf) -> None:
    player, _ = shelf.in_lesson(scorm_12())
    player.launch(0)
    sent = [lambda number=number: player.report(number, {"cmi.suspend_data": str(number)}) for number in range(1, 5)]
    assert [reply.status for reply in at_once(*sent)] == [200] * 4
    assert '"cmi.suspend_data": "4"' in player.file("~runtime.js").body


@pytest.mark.parametrize(
    ("values", "score", "is_done"),
    [
        ({"cmi.score.scaled": "0.6", "cmi.progress_measure": "0.75"}, 600, True),
        ({"cmi.score.scaled": "0.59", "cmi.progress_measure": "1", "cmi.success_status": "passed"}, 590, False),
        ({"cmi.progress_measure": "0.5", "cmi.completion_status": "completed"}, None, False),
        ({"cmi.completion_status": "completed", "cmi.success_status": "passed"}, None, True),
        ({"cmi.score.scaled": "-0.5"}, -500, False),
        ({"cmi.score.scaled": "nonsense", "cmi.completion_status": "incomplete"}, None, False),
    ],
)
def test_thresholds_of_a_package_of_2004_decide(
    shelf: Shelf, values: dict[str, str], score: int | None, is_done: bool
) -> None:
    player, _ = shelf.in_lesson(scorm_2004())
    player.launch()
    player.report(1, values, finished=True)
    (unit,) = player.state["units"]
    assert (unit.get("score"), unit["isSatisfied"]) == (score, is_done)


def test_the_runtime_begins_from_what_is_kept_and_names_the_learner(shelf: Shelf) -> None:
    player, _ = shelf.in_lesson(scorm_2004(SCORM_2004.replace(b"<adlcp:completion", b"<!-- --><adlcp:completion")))
    player.launch()
    player.report(1, {"cmi.location": "</script><script>alert(1)"})
    script = player.file("~runtime.js")
    assert script.headers["Content-Type"] == "text/javascript"
    assert '"name": "Test, Student"' in script.body and "API_1484_11" in script.body
    assert "</script>" not in script.body
    assert f'"address": "{API}/xapi/runtime/{player.ticket}"' in script.body


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{",
        '{"sent": 0, "values": {}}',
        '{"sent": 1, "values": {"window.x": "1"}}',
        '{"sent": 1, "values": {"cmi.a": 1}}',
        '{"sent": 1, "values": {}, "more": 1}',
        "[" * 5000,
    ],
)
def test_what_is_no_report_is_refused(shelf: Shelf, body: str) -> None:
    player, _ = shelf.in_lesson(scorm_12())
    player.launch()
    assert player.frame.post(f"/xapi/runtime/{player.ticket}", body, content_type="text/plain").status == 400


def test_a_launch_is_for_those_who_learn_there(shelf: Shelf) -> None:
    player, course_id = shelf.in_lesson(scorm_12())
    other = shelf.school.client.as_("eve", "student")
    path = f"/xapi/packages/{player.content_id}"
    assert other.post(f"{path}/launch", {"lessonId": player.lesson_id}).error.code == "NOT_ENROLLED"
    assert other.post(f"{path}/launch", {}).status == 404
    assert other.get(path).status == 404
    another = shelf.school.lesson(course_id)
    assert player.learner.post(f"{path}/launch", {"lessonId": another}).status == 404
    assert player.learner.post(f"{path}/launch", {"lessonId": player.lesson_id, "unit": 7}).error.fields == {
        "NO_SUCH_UNIT"
    }
    assert shelf.school.teacher.post(f"{path}/launch", {}).status == 201


def test_a_ticket_ends_and_is_none_elsewhere(shelf: Shelf, clock: Clock) -> None:
    player, _ = shelf.in_lesson(scorm_12())
    player.launch()
    assert player.frame.get(f"/xapi/play/{player.ticket}x").status == 404
    assert player.frame.get("/xapi/play/x/index.html").status == 404
    assert player.frame.post(f"/xapi/cmi5/fetch/{player.ticket}").json["error-code"] == "1"
    clock.advance(hours=4, seconds=1)
    assert player.file().status == 410
    assert player.file("one/index.html").status == 410
    assert player.report(1, {}).status == 410


def test_a_sitting_ends_with_the_rights_of_its_learner(shelf: Shelf, clock: Clock, client: Client) -> None:
    player, _ = shelf.in_lesson(scorm_12())
    player.launch()
    ended = client.as_("admin").post(f"/api/admin/users/{player.learner.user_id}/suspend", {"reason": "A test of it."})
    assert ended.status < 300, ended.body
    clock.advance(seconds=11)
    assert player.report(1, {}).status == 401
    assert player.file("one/index.html").status == 401


def test_a_report_costs_two_requests(shelf: Shelf) -> None:
    player, _ = shelf.in_lesson(scorm_12())
    player.launch()
    reply: Any = player.report(1, PASSED)
    assert reply.cost.requests == 2
