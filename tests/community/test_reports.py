"""Reports: made once, weighed, held, decided by moderators, appealed; safeguarding has its own queue."""

import json
from collections.abc import Callable
from typing import Any, get_args

import pytest

from lyceum.kit import ids
from lyceum.kit.table import find_all
from lyceum.messages.catalogue import LANGUAGES, words
from lyceum.model.audit import AuditEvent
from lyceum.model.community.reports import OpenReport
from tests.community.conftest import Community
from tests.support.acting import within_rights
from tests.support.clock import Clock
from tests.support.http import Client, Reply
from tests.support.logs import watched_logs

from functions.community.reports.schemas import ItemType

REPORTS, ADMIN = "/api/reports", "/api/admin/reports"
Ask = Callable[..., dict[str, Any]]


def report(reporter: Client, item_type: str, item_id: str, kind: str = "offensive", **values: Any) -> Reply:
    return reporter.post(REPORTS, {"itemType": item_type, "itemId": item_id, "type": kind, "text": "Look.", **values})


@pytest.fixture
def moderator(people: Community) -> Client:
    return people.person("moderator", "moderator")


@pytest.fixture
def question(people: Community, ask: Ask) -> str:
    return str(ask(people.adult("author"))["questionId"])


def decide(moderator: Client, report_id: str, action: str, resolution: str = "We looked at it.") -> Reply:
    return moderator.post(f"{ADMIN}/{report_id}/resolve", {"resolution": resolution, "action": action})


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_is_reported_has_a_name_in_every_language(language: str) -> None:
    assert all(words(language, f"reported.{each}") for each in get_args(ItemType))


def test_a_report_is_made_looked_at_and_resolved(people: Community, question: str, moderator: Client) -> None:
    eve = people.adult("eve")
    with within_rights():
        made = report(eve, "help_question", question).data
        assert report(eve, "help_question", question).error.code == "REPORTED_ALREADY"
        people.settle()
        (waiting,) = moderator.get(ADMIN).data
        assert waiting["excerpt"].startswith("How do I solve") and waiting["priority"] == 300
        path = f"{ADMIN}/{made['reportId']}/status"
        looked = moderator.patch(path, {"status": "investigating", "reason": "mine"}).data
        assert (looked["status"], looked["assignedTo"]) == ("investigating", moderator.user_id)
        resolved = decide(moderator, made["reportId"], "none").data
        people.settle("")
    assert [step["toStatus"] for step in resolved["history"]] == ["investigating", "resolved"]
    (own,) = eve.get(REPORTS).data
    assert (own["status"], own["resolution"]) == ("resolved", "We looked at it.")
    assert "report.decided" in people.notices(eve)
    titles = [each["title"] for each in eve.get("/api/notifications").data]
    assert "Your report of a question to mentors was looked at" in titles
    assert moderator.get(ADMIN).data == []
    assert [each["reportId"] for each in moderator.get(ADMIN, {"status": "resolved"}).data] == [made["reportId"]]
    assert report(eve, "help_question", question).status == 201
    acts = [each.action for each in find_all(AuditEvent, subject_id=made["reportId"])]
    assert acts == ["report.step", "report.decide"]


def test_steps_that_there_are_not_are_refused(people: Community, question: str, moderator: Client) -> None:
    made = report(people.adult("eve"), "help_question", question).data
    path = f"{ADMIN}/{made['reportId']}/status"
    assert moderator.patch(path, {"status": "dismissed"}).status == 400
    assert moderator.patch(path, {"status": "dismissed", "reason": "nothing"}).data["status"] == "dismissed"
    for status in ("pending", "resolved", "dismissed"):
        assert moderator.patch(path, {"status": status, "reason": "x"}).error.code == "NO_SUCH_STEP"
    assert decide(moderator, made["reportId"], "none").error.code == "NO_SUCH_STEP"
    assert moderator.patch(path, {"status": "investigating"}).data["status"] == "investigating"
    assert people.adult("eve").patch(path, {"status": "pending"}).status == 403


def test_repeated_reports_raise_the_priority_and_hold_the_thing(
    people: Community, question: str, moderator: Client
) -> None:
    path = f"/api/qa/questions/{question}"
    reporters = [people.adult(f"r{number}") for number in range(3)]
    for reporter in reporters[:2]:
        assert report(reporter, "help_question", question).status == 201
        people.settle()
    assert reporters[0].get(path).status == 200
    report(reporters[2], "help_question", question)
    people.settle()
    assert reporters[0].get(path).status == 404
    assert [row["rule"] for row in people.adult("author").get(path).data["heldFor"]] == ["REPORTED"]
    rows = moderator.get(ADMIN, {"itemType": "help_question"}).data
    assert {row["priority"] for row in rows} == {300 + 2 * 60}
    assert decide(moderator, rows[0]["reportId"], "restore").status == 200
    people.settle()
    assert reporters[0].get(path).status == 200
    assert moderator.get(ADMIN).data == []
    assert list(find_all(OpenReport, item_key=f"help_question.{question}")) == []
    assert {row["status"] for each in reporters for row in each.get(REPORTS).data} == {"resolved"}


def test_safeguarding_has_its_own_queue_and_an_alarm(people: Community, question: str, moderator: Client) -> None:
    eve = people.adult("eve")
    made = report(eve, "help_question", question, "self_harm").data
    with watched_logs() as lines:
        people.settle()
    assert sum("SafeguardingReports" in json.loads(line) for line in lines) == 1
    people.settle("notifications")
    assert moderator.get(ADMIN).data == []
    (row,) = moderator.get(ADMIN, {"queue": "safeguarding"}).data
    assert row["reportId"] == made["reportId"] and row["priority"] == 900
    assert "report.safeguarding" in people.notices(moderator)
    assert eve.get(f"/api/qa/questions/{question}").status == 404
    assert moderator.delete(f"{ADMIN}/{made['reportId']}").error.code == "SAFEGUARDING_STAYS"


def test_an_author_appeals_and_somebody_else_decides(
    people: Community, question: str, moderator: Client, clock: Clock
) -> None:
    eve, author = people.adult("eve"), people.adult("author")
    made = report(eve, "help_question", question).data
    assert decide(moderator, made["reportId"], "remove").status == 200
    people.settle("")
    assert "moderation.decided" in people.notices(author)
    path = f"{REPORTS}/{made['reportId']}/appeal"
    assert eve.post(path, {"text": "x"}).status == 404
    assert author.post(path, {"text": "It was a fair question."}).data["state"] == "open"
    assert author.post(path, {"text": "Again."}).error.code == "APPEALED_ALREADY"
    (row,) = moderator.get(ADMIN).data
    assert row["appeal"]["text"] == "It was a fair question." and row["status"] == "investigating"
    assert decide(moderator, made["reportId"], "restore").error.code == "DECIDED_BEFORE"
    colleague = people.person("colleague", "moderator")
    assert decide(colleague, made["reportId"], "restore").data["appeal"]["state"] == "granted"
    people.settle("")
    assert eve.get(f"/api/qa/questions/{question}").status == 200
    assert people.notices(author).count("moderation.decided") == 2


def test_a_refused_appeal_leaves_the_thing_out_of_sight(people: Community, question: str, moderator: Client) -> None:
    author = people.adult("author")
    made = report(people.adult("eve"), "help_question", question).data
    decide(moderator, made["reportId"], "remove")
    author.post(f"{REPORTS}/{made['reportId']}/appeal", {"text": "Why?"})
    assert (
        decide(people.person("colleague", "moderator"), made["reportId"], "none").data["appeal"]["state"] == "refused"
    )
    assert people.adult("eve").get(f"/api/qa/questions/{question}").status == 404


def test_an_appeal_comes_within_thirty_days(people: Community, question: str, moderator: Client, clock: Clock) -> None:
    made = report(people.adult("eve"), "help_question", question).data
    decide(moderator, made["reportId"], "warn")
    clock.advance(days=31)
    late = people.adult("author").post(f"{REPORTS}/{made['reportId']}/appeal", {"text": "Late."})
    assert late.error.code == "NOT_APPEALABLE"


def test_everything_that_people_write_can_be_reported_by_who_sees_it(people: Community, ask: Ask) -> None:
    author, eve, stranger = people.adult("author"), people.adult("eve"), people.adult("stranger")
    people.course(people.person("instructor"), author, eve)
    bank, mentor = people.bank_question(), people.mentor("mona", "Mathematics")
    asked = ask(eve)["questionId"]
    answer = mentor.post(f"/api/qa/questions/{asked}/answer", {"text": "So."}).data["answerId"]
    discussion = author.post("/api/discussions", {"questionId": bank, "title": "Why?", "text": "x"}).data[
        "discussionId"
    ]
    reply = author.post(f"/api/discussions/{discussion}/reply", {"text": "Well."}).data["replyId"]
    message = author.post("/api/messages", {"to": eve.user_id, "content": "Hi"}).data["messageId"]
    group = author.post("/api/groups", {"name": "G"}).data
    eve.post("/api/groups/join", {"code": group["joinCode"]})
    said = author.post(f"/api/groups/{group['groupId']}/messages", {"content": "Hey"}).data["messageId"]
    things = [
        ("question", bank, {}),
        ("answer", answer, {}),
        ("discussion", discussion, {}),
        ("reply", reply, {"within": discussion}),
        ("message", message, {"within": author.user_id}),
        ("group_message", said, {"within": group["groupId"]}),
        ("user", author.user_id, {}),
    ]
    assert [report(eve, kind, name, **more).status for kind, name, more in things] == [201] * 7
    hidden = [things[4], things[5], ("content", ids.new_id(), {}), ("help_question", ids.new_id(), {})]
    assert [report(stranger, kind, name, **more).status for kind, name, more in hidden] == [404] * 4
    assert report(author, "discussion", discussion).error.fields == {"OWN_ITEM"}
    people.settle()


def test_a_reported_message_is_held_from_its_reader(people: Community, moderator: Client) -> None:
    author, eve = people.adult("author"), people.adult("eve")
    people.course(people.person("instructor"), author, eve)
    message = author.post("/api/messages", {"to": eve.user_id, "content": "Bad"}).data["messageId"]
    made = report(eve, "message", message, "threat", within=author.user_id).data
    people.settle()
    assert eve.get("/api/messages", {"userId": author.user_id}).data == []
    assert len(author.get("/api/messages", {"userId": eve.user_id}).data) == 1
    assert decide(moderator, made["reportId"], "remove").status == 200


def test_what_can_not_be_held_is_not_removed_by_a_report(people: Community, moderator: Client) -> None:
    made = report(people.adult("eve"), "question", people.bank_question(), "incorrect_answer").data
    assert decide(moderator, made["reportId"], "remove").error.fields == {"ACTION_NOT_POSSIBLE"}
    assert decide(moderator, made["reportId"], "none").status == 200


def test_nobody_decides_about_their_own(people: Community, ask: Ask) -> None:
    judge = people.person("judge", "moderator")
    made = report(people.adult("eve"), "help_question", ask(judge)["questionId"]).data
    assert decide(judge, made["reportId"], "none").error.code == "OWN_ITEM"


def test_spam_is_removed_and_a_decision_is_not(people: Community, question: str, moderator: Client) -> None:
    eve = people.adult("eve")
    made = report(eve, "help_question", question, "spam").data
    assert moderator.delete(f"{ADMIN}/{made['reportId']}").status == 200
    assert eve.get(REPORTS).data == []
    again = report(eve, "help_question", question, "spam").data
    decide(moderator, again["reportId"], "none")
    assert moderator.delete(f"{ADMIN}/{again['reportId']}").error.code == "REPORT_DECIDED"


def test_queues_are_filtered_and_the_most_urgent_come_first(people: Community, moderator: Client, ask: Ask) -> None:
    author, eve = people.adult("author"), people.adult("eve")
    kinds = ("duplicate", "harassment", "other")
    made = {
        kind: report(eve, "help_question", ask(author, f"About {kind}?")["questionId"], kind).data for kind in kinds
    }
    rows = moderator.get(ADMIN).data
    assert [row["type"] for row in rows] == ["harassment", "other", "duplicate"]
    assert [row["type"] for row in moderator.get(ADMIN, {"type": "other"}).data] == ["other"]
    path = f"{ADMIN}/{made['other']['reportId']}/status"
    moderator.patch(path, {"status": "investigating"})
    mine = moderator.get(ADMIN, {"assignedTo": moderator.user_id}).data
    assert [row["type"] for row in mine] == ["other"]
    assert [row["type"] for row in moderator.get(ADMIN, {"status": "pending", "limit": 1}).data] == ["harassment"]


def test_a_report_is_given_to_nobody_who_may_not_decide_it(people: Community, moderator: Client, ask: Ask) -> None:
    author, eve = people.adult("author"), people.adult("eve")
    colleague = people.client.as_("colleague", "moderator")
    made = report(eve, "help_question", ask(author)["questionId"], "self_harm").data
    path = f"{ADMIN}/{made['reportId']}/status"
    for nobody in (eve.user_id, author.user_id, people.mentor("fatou").user_id, made["reportId"]):
        refused = moderator.patch(path, {"status": "investigating", "assignedTo": nobody})
        assert refused.error.fields == {"NOT_A_MODERATOR"}
    given = moderator.patch(path, {"status": "investigating", "assignedTo": colleague.user_id})
    assert given.data["assignedTo"] == colleague.user_id
    assert moderator.patch(path, {"status": "investigating", "assignedTo": eve.user_id}).error.fields == {
        "NOT_A_MODERATOR"
    }
