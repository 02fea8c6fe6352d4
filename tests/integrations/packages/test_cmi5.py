"""cmi5: fetched once, spoken within its rules, and taken into the course once."""

from typing import Any
from uuid import uuid4

import pytest

from tests.integrations.packages.conftest import API, Player, Shelf
from tests.integrations.packages.samples import cmi5
from tests.support.http import Reply
from tests.support.threads import at_once

pytestmark = pytest.mark.usefixtures("own_origin")
VERBS = "http://adlnet.gov/expapi/verbs/"
CATEGORY = "https://w3id.org/xapi/cmi5/context/categories/"
SESSION = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"
SCORES = {"completed": {"completion": True}, "passed": {"success": True, "score": {"scaled": 0.9}}}
SCORES["failed"] = {"success": False, "score": {"scaled": 0.5}}


@pytest.fixture
def player(shelf: Shelf) -> Player:
    player, _ = shelf.in_lesson(cmi5())
    player.launch()
    player.fetch()
    return player


def launch_data(player: Player) -> Reply:
    said = player.parameters()
    query = {"activityId": said["activityId"], "agent": said["actor"], "registration": said["registration"]}
    return player.speak("GET", "activities/state", None, {**query, "stateId": "LMS.LaunchData"})


def statement(player: Player, verb: str, **changed: Any) -> dict[str, Any]:
    template = launch_data(player).json["contextTemplate"]
    moves_on = [{"id": f"{CATEGORY}moveon"}] if verb in SCORES else []
    context = {
        "registration": player.launched["registrationId"],
        "extensions": template["extensions"],
        "contextActivities": {**template["contextActivities"], "category": [{"id": f"{CATEGORY}cmi5"}, *moves_on]},
    }
    said = {
        "id": str(uuid4()),
        "actor": {"account": {"homePage": API, "name": player.learner.user_id}},
        "verb": {"id": f"{VERBS}{verb}"},
        "object": {"id": f"{API}/xapi/activities/{player.content_id}/0"},
        "context": context,
        "timestamp": "2026-11-30T10:00:00Z",
    }
    if verb in {*SCORES, "terminated"}:
        said["result"] = {**SCORES.get(verb, {}), "duration": "PT5M"}
    return {**said, **changed}


def say(player: Player, verb: str, **changed: Any) -> Reply:
    return player.speak("POST", "statements", statement(player, verb, **changed))


def test_a_unit_is_launched_passed_completed_and_its_lesson_with_it(shelf: Shelf) -> None:
    player, course_id = shelf.in_lesson(cmi5())
    player.launch()
    said = player.parameters()
    assert said["part"] == "1" and said["endpoint"] == "https://packages.lyceum.test/xapi/cmi5/"
    assert set(player.fetch()) == {"auth-token"}
    assert player.fetch() == {"error-code": "1", "error-text": "The key of this launch was fetched before."}
    data = launch_data(player).json
    assert (data["moveOn"], data["masteryScore"], data["launchMode"]) == ("CompletedAndPassed", 0.8, "Normal")
    assert data["launchParameters"] == "level=2"
    for verb in ("initialized", "completed", "passed", "terminated"):
        assert say(player, verb).status == 200
    assert player.state["completedAt"] and player.state["score"] == 900
    shelf.settle()
    assert player.learner.get(f"/api/courses/{course_id}/progress").data["percent"] == 100
    told = [row["verb"]["id"].rpartition("/")[2] for row in player.speak("GET", "statements").json["statements"]]
    assert sorted(told) == ["completed", "initialized", "launched", "passed", "satisfied", "terminated"]


@pytest.mark.parametrize(
    "verbs",
    [
        ["completed"],
        ["initialized", "initialized"],
        ["initialized", "passed", "failed"],
        ["initialized", "completed", "completed"],
        ["initialized", "terminated", "completed"],
        ["initialized", "launched"],
        ["initialized", "satisfied"],
    ],
)
def test_what_comes_too_early_twice_or_late_is_refused(player: Player, verbs: list[str]) -> None:
    for verb in verbs[:-1]:
        assert say(player, verb).status == 200
    assert say(player, verbs[-1]).error.code == "CMI5_RULE"


@pytest.mark.parametrize(
    ("verb", "changed"),
    [
        ("passed", {"result": {"success": True, "score": {"scaled": 0.7}, "duration": "PT1M"}}),
        ("failed", {"result": {"success": False, "score": {"scaled": 0.8}, "duration": "PT1M"}}),
        ("passed", {"result": {"success": False, "duration": "PT1M"}}),
        ("completed", {"result": {"completion": True, "score": {"scaled": 1}, "duration": "PT1M"}}),
        ("completed", {"result": {"completion": True}}),
        ("completed", {"object": {"id": "https://school.org/another"}}),
        ("completed", {"timestamp": None}),
        ("completed", {"context": {"registration": str(uuid4())}}),
    ],
)
def test_what_breaks_a_rule_of_a_statement_is_refused(player: Player, verb: str, changed: dict[str, Any]) -> None:
    assert say(player, "initialized").status == 200
    assert say(player, verb, **changed).error.code == "CMI5_RULE"


def test_statements_of_its_own_are_allowed_between_beginning_and_end(player: Player) -> None:
    own = {"verb": {"id": "https://school.org/verbs/zoomed"}}
    asked = statement(player, "initialized")
    asked["context"]["contextActivities"].pop("category")
    assert player.speak("POST", "statements", {**asked, **own}).error.code == "CMI5_RULE"
    assert say(player, "initialized").status == 200
    assert player.speak("POST", "statements", {**asked, **own, "id": str(uuid4())}).status == 200


def test_a_statement_that_comes_again_changes_nothing(player: Player) -> None:
    assert say(player, "initialized").status == 200
    said = statement(player, "completed")
    again = [player.speak("PUT", "statements", said, {"statementId": said["id"]}).status for _ in range(2)]
    assert again == [204, 204]
    replies = at_once(*(lambda: player.speak("POST", "statements", {**statement(player, "passed")}) for _ in range(3)))
    assert sorted(reply.status for reply in replies) == [200, 403, 403]
    assert player.state["completedAt"]


def test_a_launch_ends_the_sitting_before(player: Player) -> None:
    assert say(player, "initialized").status == 200
    former, said = player.key, statement(player, "completed")
    player.launch(0)
    player.fetch()
    player.key, current = former, player.key
    assert player.speak("POST", "statements", said).error.code == "CMI5_RULE"
    player.key = current
    told = [row["verb"]["id"].rpartition("/")[2] for row in player.speak("GET", "statements").json["statements"]]
    assert "abandoned" in told and told.count("launched") == 2


def test_documents_are_kept_for_the_unit_alone(player: Player) -> None:
    said = player.parameters()
    at = {"activityId": said["activityId"], "agent": said["actor"], "registration": said["registration"]}
    mine = {**at, "stateId": "bookmark"}
    assert player.speak("GET", "activities/state", None, mine).status == 404
    assert player.speak("PUT", "activities/state", {"page": 3}, mine).status == 204
    assert player.speak("POST", "activities/state", {"zoom": 2}, mine).status == 204
    kept = player.speak("GET", "activities/state", None, mine)
    assert kept.json == {"page": 3, "zoom": 2} and kept.headers["ETag"]
    assert player.speak("GET", "activities/state", None, at).json == ["bookmark"]
    assert player.speak("PUT", "activities/state", {}, {**at, "stateId": "LMS.LaunchData"}).status == 403
    assert player.speak("GET", "activities/state", None, {**mine, "activityId": "https://x.org"}).status == 403
    assert player.speak("GET", "activities/state", None, {**mine, "agent": "{}"}).status == 403
    assert player.speak("DELETE", "activities/state", None, mine).status == 204
    assert player.speak("GET", "activities/state", None, mine).status == 404
    profile = {"agent": said["actor"], "profileId": "cmi5LearnerPreferences"}
    assert player.speak("GET", "agents/profile", None, profile).json["audioPreference"] == "on"
    assert player.speak("PUT", "agents/profile", {"audioPreference": "off"}, profile).status == 204
    assert player.speak("GET", "agents/profile", None, profile).json == {"audioPreference": "off"}
    assert player.speak("GET", "about").json == {"version": ["1.0.3"]}


def test_a_key_is_one_of_a_sitting_alone(player: Player) -> None:
    for wrong in ("", "x", player.ticket, player.key[:-1]):
        player.key = wrong
        assert player.speak("GET", "statements").status in {401, 404}


def test_cmi5_wants_an_origin_of_its_own(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    from lyceum.kit.settings import settings

    from functions.integrations.packages import play_sessions

    monkeypatch.setattr(play_sessions, "settings", settings)
    player, _ = shelf.in_lesson(cmi5())
    asked = {"lessonId": player.lesson_id}
    refused = player.learner.post(f"/xapi/packages/{player.content_id}/launch", asked)
    assert refused.error.fields == {"NO_PACKAGES_ORIGIN"}
