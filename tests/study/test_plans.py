"""Study plans: laid, changed, followed, and ended by their students alone."""

from collections.abc import Callable
from datetime import date

import pytest

from lyceum.kit import ids
from lyceum.kit.table import Unit
from lyceum.model.exams.statistics import Performance
from lyceum.model.study.plans import StudyPlan
from tests.study.conftest import Student, Syllabus
from tests.support.clock import Clock
from tests.support.http import Client


def test_a_plan_leads_to_the_day_before_the_exam(student: Student) -> None:
    plan = student.plan(daysOff={"weekdays": ["sunday"], "dates": ["2027-01-20"]})
    days = [date.fromisoformat(day["date"]) for day in plan["calendar"]]
    assert plan["fits"]
    assert plan["unplaced"] == []
    assert max(days) <= date(2027, 2, 27)
    assert date(2027, 1, 20) not in days
    assert all(day.weekday() != 6 for day in days)
    assert all(day["minutes"] <= plan["dailyGoal"]["minutes"] == 60 for day in plan["calendar"])
    assert all(sum(entry["questions"] for entry in day["entries"]) == 20 for day in plan["calendar"])
    assert plan["calendar"][-1]["entries"][0]["kind"] == "revise"
    again = student.client.get(f"/api/study-plans/{plan['planId']}")
    assert again.data == plan
    assert again.cost.requests == 1


def test_a_plan_of_a_course_takes_its_syllabus_and_what_is_mastered_already(
    student: Student, syllabus: Syllabus
) -> None:
    known = Performance(
        user_id=student.client.user_id, respect="topic", name=syllabus.topic_ids[1], questions=45, right=40
    )
    Unit().put(known).commit()
    plan = student.plan(courseId=syllabus.course_id, title=None)
    assert plan["title"] == "Algebra"
    assert [topic["topicId"] for topic in plan["topics"]] == syllabus.topic_ids
    assert [topic["mastery"] for topic in plan["topics"]] == [0.0, 0.8, 0.0, 0.0]
    minutes: dict[str, int] = {}
    for day in plan["calendar"]:
        for entry in day["entries"]:
            if entry["kind"] == "learn":
                minutes[entry["topicId"]] = minutes.get(entry["topicId"], 0) + entry["minutes"]
    assert [minutes[topic_id] for topic_id in syllabus.topic_ids] == [60, 15, 60, 60]


def test_what_does_not_fit_is_said(student: Student) -> None:
    plan = student.plan(targetDate="2027-01-14", dailyGoal={"minutes": 30, "questions": 5})
    assert not plan["fits"]
    assert sum(each["minutes"] for each in plan["unplaced"]) > 0


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"targetDate": "2027-01-11"}, "targetDate"),
        ({"targetDate": "2029-01-11"}, "targetDate"),
        ({"startDate": "2027-03-01"}, "targetDate"),
        ({"topics": [{"title": "A", "key": "a"}, {"title": "B", "key": "a"}]}, "topics[1].key"),
        ({"topics": [{"title": "A", "key": "a", "after": ["b"]}]}, "topics[0].after"),
        ({"topics": [{"topicId": "0" * 26}]}, "topics[0].topicId"),
        ({"topics": [{"priority": 3}]}, "topics[0]"),
        ({"timeZone": "Mars/Olympus"}, "timeZone"),
        ({"dailyGoal": {"minutes": 5}}, "dailyGoal.minutes"),
    ],
)
def test_a_plan_that_can_not_be_is_refused(student: Student, values: dict[str, object], field: str) -> None:
    refused = student.ask_for_plan(**values)
    assert refused.status == 400
    assert field in refused.error.fields


def test_topics_in_a_circle_are_refused(student: Student) -> None:
    topics = [{"title": "A", "key": "a", "after": ["b"]}, {"title": "B", "key": "b", "after": ["a"]}]
    refused = student.ask_for_plan(topics=topics)
    assert refused.status == 422
    assert refused.error.fields == {"CIRCULAR_TOPICS"}


def test_nobody_sees_or_touches_anothers_plan(client: Client, student: Student) -> None:
    plan_id = student.plan()["planId"]
    eve = client.as_("eve", "student")
    path = f"/api/study-plans/{plan_id}"
    assert eve.get(path).status == 404
    assert eve.put(path, {"title": "Mine"}).status == 404
    assert eve.get(f"{path}/progress").status == 404
    assert eve.post(f"{path}/complete-topic", {"topicId": "sets"}).status == 404
    assert eve.post(f"{path}/calendar/revoke").status == 404
    assert eve.delete(path).status == 404
    assert eve.get("/api/study-plans").data == []
    assert student.client.get(path).status == 200


def test_a_missed_week_is_laid_again_the_same_for_everybody_who_asks(student: Student, clock: Clock) -> None:
    plan = student.plan()
    path = f"/api/study-plans/{plan['planId']}"
    clock.advance(days=7)
    later = student.client.get(path).data
    assert later["laidOn"] == "2027-01-18"
    assert student.client.get(path).data == later
    before, after = [day for day in later["calendar"] if day["date"] < "2027-01-18"], later["calendar"]
    assert before == [day for day in plan["calendar"] if day["date"] < "2027-01-18"]
    ahead = sum(entry["minutes"] for day in after for entry in day["entries"] if day["date"] >= "2027-01-18"
                and entry["kind"] == "learn")  # fmt: skip
    assert ahead == 360
    assert later["fits"]


def test_a_pause_empties_what_is_ahead_and_resuming_lays_it_again(student: Student, clock: Clock) -> None:
    plan = student.plan()
    path = f"/api/study-plans/{plan['planId']}"
    clock.advance(days=3)
    paused = student.client.put(path, {"status": "paused"}).data
    assert all(day["date"] < "2027-01-14" for day in paused["calendar"])
    clock.advance(days=10)
    assert student.client.get(path).data["calendar"] == paused["calendar"]
    resumed = student.client.put(path, {"status": "active"}).data
    assert min(day["date"] for day in resumed["calendar"] if day["date"] > "2027-01-14") >= "2027-01-24"


def test_a_finished_topic_leaves_the_calendar_and_the_last_one_completes_the_plan(
    student: Student, client: Client, tenant: str
) -> None:
    plan = student.plan()
    path = f"/api/study-plans/{plan['planId']}/complete-topic"
    after = student.client.post(path, {"topicId": "sets"}).data
    assert {entry["key"] for day in after["calendar"] for entry in day["entries"] if entry["kind"] == "learn"} == {
        "logic",
        "proof",
    }
    assert after["percentDone"] == 33.33
    for key in ("logic", "proof", "proof"):
        last = student.client.post(path, {"topicId": key}).data
    assert (last["status"], last["doneCount"]) == ("completed", 3)
    assert [entry["DetailType"] for entry in client.cloud.published(tenant)].count("study_plan.completed") == 1
    undone = student.client.post(path, {"topicId": "proof", "isDone": False}).data
    assert (undone["status"], undone["doneCount"]) == ("active", 2)
    assert student.client.post(path, {"topicId": "history"}).status == 404


def test_a_stale_edit_is_refused(student: Student) -> None:
    plan = student.plan()
    path = f"/api/study-plans/{plan['planId']}"
    seen = student.client.get(path).headers["ETag"]
    assert student.client.put(path, {"title": "First"}, If_Match=seen).status == 200
    refused = student.client.put(path, {"title": "Second"}, If_Match=seen)
    assert refused.status == 412
    assert student.client.get(path).data["title"] == "First"


def test_two_edits_at_once_are_not_both_made(student: Student, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = student.plan()
    path = f"/api/study-plans/{plan['planId']}"
    replace = Unit.replace

    def late(self: Unit, item: object, *args: object, **options: object) -> Unit:
        if isinstance(item, StudyPlan):
            monkeypatch.setattr(Unit, "replace", replace)
            assert student.client.put(path, {"title": "Quicker"}).status == 200
        return replace(self, item, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Unit, "replace", late)
    assert student.client.put(path, {"title": "Slower"}).error.code == "EDIT_CONFLICT"
    assert student.client.get(path).data["title"] == "Quicker"


def test_plans_are_listed_by_state_and_removed(student: Student) -> None:
    first, second = student.plan(title="First"), student.plan(title="Second")
    student.client.put(f"/api/study-plans/{first['planId']}", {"status": "paused"})
    assert [plan["title"] for plan in student.client.get("/api/study-plans").data] == ["Second", "First"]
    active = student.client.get("/api/study-plans", {"status": "active"})
    assert [plan["title"] for plan in active.data] == ["Second"]
    assert active.cost.requests == 1
    path = f"/api/study-plans/{second['planId']}"
    assert student.client.delete(path).data == {"id": second["planId"]}
    assert student.client.delete(path).status == 404
    assert student.client.get(f"/api/study-plans/{ids.new_id()}").status == 404


def test_progress_is_shown_against_what_was_planned(student: Student, clock: Clock, settle: Callable[[], None]) -> None:
    plan = student.plan()
    clock.advance(days=2)
    settle()
    shown = student.client.get(f"/api/study-plans/{plan['planId']}/progress")
    assert shown.cost.requests == 1
    planned = sum(day["minutes"] for day in plan["calendar"] if day["date"] < "2027-01-13")
    assert shown.data["plannedMinutesSoFar"] == shown.data["minutesBehind"] == planned > 0
    assert not shown.data["isOnTrack"]
    assert shown.data["daysLeft"] == 46
    assert [day["date"] for day in shown.data["days"]] == [
        day["date"] for day in plan["calendar"] if day["date"] <= "2027-01-13"
    ]
