"""Badges: earned once, told once, taken back with their reason, and defined by admins."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from lyceum.events.courses import CourseCompleted, LessonCompleted
from lyceum.events.study import StudyRecorded
from lyceum.kit import ids
from tests.gamification.conftest import exam, regraded
from tests.support import workers
from tests.support.clock import Clock
from tests.support.http import Client


def of(client: Client, badge_id: str) -> dict[str, Any]:
    """Return what a user has of a badge."""
    shown = client.get(f"/api/achievements/{client.user_id}").data["achievements"]
    return next(each for each in shown if each["badgeId"] == badge_id)


def told(client: Client) -> list[str]:
    return [entry["Detail"] for entry in client.cloud.published(client.tenant) if entry["DetailType"] == "badge.earned"]


def test_the_catalogue_is_open_and_in_the_language_that_is_asked_for(client: Client) -> None:
    english = client.get("/api/achievements").data["badges"]
    assert len(english) == 8
    french = client.get("/api/achievements", {"language": "fr"}).data["badges"]
    assert {badge["badgeId"] for badge in french} == {badge["badgeId"] for badge in english}
    assert "Sans faute" in {badge["title"] for badge in french}
    assert client.get("/api/achievements", {"language": "xx"}).status == 400


def test_a_badge_is_earned_with_its_date_and_told_once(client: Client, tell: Callable[..., None]) -> None:
    ada = client.as_("ada", "student")
    assert of(ada, "first_exam")["progress"] == [{"tier": 1, "progress": 0.0, "isEarned": False}]
    tell(exam(ada.user_id, "rw"))
    tell(exam(ada.user_id, "rw"))
    earned = of(ada, "first_exam")["progress"]
    assert earned == [{"tier": 1, "progress": 1.0, "isEarned": True, "earnedAt": "2027-01-11T09:00:00.000Z"}]
    assert len(told(ada)) == 1
    reply = ada.get(f"/api/achievements/{ada.user_id}")
    assert reply.data["figures"]["exams"] == 2
    assert reply.cost.requests == 2


def test_badges_of_one_deed_are_each_an_event_and_one_notice(client: Client, tell: Callable[..., None]) -> None:
    ada = client.as_("ada", "student")
    tell(exam(ada.user_id, "rr"))
    events = {event["badgeId"]: event for event in map(json.loads, told(ada))}
    assert set(events) == {"first_exam", "flawless"}
    assert (events["first_exam"]["also"], events["first_exam"]["isNoticed"]) == (["Flawless I"], True)
    assert (events["flawless"]["also"], events["flawless"]["isNoticed"]) == ([], False)
    assert workers.deliver(ada.cloud, ada.tenant, only="notifications") == 0
    notices = ada.get("/api/notifications", {"type": "badge.earned"}).data
    assert [notice["title"] for notice in notices] == ["You earned badges: First exam, Flawless I"]
    assert notices[0]["data"]["badgeId"] == "first_exam"


def test_very_many_badges_of_one_deed_are_named_as_far_as_a_line_goes(
    client: Client, tell: Callable[..., None]
) -> None:
    admin, ada = client.as_("admin"), client.as_("ada", "student")
    for number in range(6):
        body = {"badgeId": f"badge_{number}", "title": {"en": f"Badge {number}"}, "description": {"en": "All of them."}}
        assert admin.post("/api/admin/badges", {**body, "rule": {"lessons": [1]}}).status == 201
    tell(LessonCompleted(course_id="c", lesson_id=ids.new_id(), user_id=ada.user_id))
    events = list(map(json.loads, told(ada)))
    assert [event["also"] for event in events if event["isNoticed"]] == [[*(f"Badge {n}" for n in range(1, 5)), "…"]]
    assert len(events) == 6


def test_a_badge_is_taken_back_when_a_regrade_takes_its_reason(client: Client, tell: Callable[..., None]) -> None:
    ada = client.as_("ada", "student")
    flawless = exam(ada.user_id, "rr")
    tell(flawless)
    assert of(ada, "flawless")["progress"][0]["isEarned"]
    tell(regraded(flawless, "rw", 2))
    assert not of(ada, "flawless")["progress"][0]["isEarned"]
    tell(regraded(flawless, "rr", 3))
    assert of(ada, "flawless")["progress"][0]["isEarned"]
    assert len([detail for detail in told(ada) if "flawless" in detail]) == 1


def test_tiers_come_one_after_the_other(client: Client, clock: Clock, tell: Callable[..., None]) -> None:
    ada = client.as_("ada", "student")
    for streak in (6, 7, 30):
        tell(StudyRecorded(user_id=ada.user_id, day="2027-01-11", cause="session", seconds=600, streak_days=streak))
    tiers = of(ada, "steady")["progress"]
    assert [tier["isEarned"] for tier in tiers] == [True, True, False]
    assert tiers[2]["progress"] == 0.3
    tell(CourseCompleted(course_id=ids.new_id(), user_id=ada.user_id, title="C"))
    assert of(ada, "graduate")["progress"][0]["isEarned"]


def test_an_admin_defines_a_badge_by_figures(client: Client, tell: Callable[..., None]) -> None:
    admin, ada = client.as_("admin"), client.as_("ada", "student")
    body = {
        "badgeId": "night_owl",
        "title": {"en": "Reader", "fr": "Lecteur"},
        "description": {"en": "Study and answer."},
        "rule": {"studyMinutes": [10, 100], "questions": [2, 20]},
    }
    assert ada.post("/api/admin/badges", body).status == 403
    assert admin.post("/api/admin/badges", body).status == 201
    assert admin.post("/api/admin/badges", body).status == 409
    tell(StudyRecorded(user_id=ada.user_id, day="2027-01-11", cause="session", seconds=900))
    assert of(ada, "night_owl")["progress"][0] == {"tier": 1, "progress": 0.0, "isEarned": False}
    tell(StudyRecorded(user_id=ada.user_id, day="2027-01-11", cause="exam", questions=3))
    assert [tier["isEarned"] for tier in of(ada, "night_owl")["progress"]] == [True, False]


@pytest.mark.parametrize(
    "changes",
    [
        {"badgeId": "first_exam"},
        {"badgeId": "X"},
        {"rule": {"luck": [1]}},
        {"rule": {"exams": [5, 5]}},
        {"rule": {"exams": [1, 2], "courses": [1]}},
        {"rule": {}},
        {"title": {"fr": "Lecteur"}},
        {"title": {"xx": "Reader"}},
    ],
)
def test_a_definition_that_can_not_be_is_refused(client: Client, changes: dict[str, Any]) -> None:
    body = {"badgeId": "reader", "title": {"en": "Reader"}, "description": {"en": "Read."}, "rule": {"exams": [1]}}
    refused = client.as_("admin").post("/api/admin/badges", {**body, **changes})
    assert refused.status == (409 if changes.get("badgeId") == "first_exam" else 400)


def test_who_keeps_statistics_to_themself_keeps_badges_too(client: Client) -> None:
    ada, eve = client.as_("ada", "student"), client.as_("eve", "student")
    path = f"/api/achievements/{ada.user_id}"
    assert eve.get(path).status == 200
    ada.put("/api/profile/preferences", {"privacy": {"showStatistics": False}})
    assert eve.get(path).status == 404
    assert ada.get(path).status == 200
    assert client.as_("admin").get(path).status == 200
    assert eve.get(f"/api/achievements/{ids.new_id()}").status == 404
    assert client.get(path).status == 401
