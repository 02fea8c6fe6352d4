"""Events in their chain: what is lost is seen as lost, what was tampered with is seen, and nothing counts twice."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from lyceum.kit import clock as clocks
from lyceum.kit.table import Unit
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.proctoring import ProctorEvent, ProctorSession, ProctorSnapshot
from tests.proctoring.conftest import FIRST, Watched
from tests.support.clock import Clock
from tests.support.conflicts import Conflicts
from tests.support.http import Client
from tests.support.jobs import run
from tests.support.threads import at_once

from functions.proctoring import jobs


def test_events_stand_in_their_chain(watched: Watched) -> None:
    started = watched.start().data
    assert (started["nextNumber"], started["lastHash"], started["takesSnapshots"]) == (1, FIRST, False)
    taken = watched.send(watched.event(), watched.event("focus", focused=True)).data
    assert (taken["taken"], taken["nextNumber"], taken["missing"], taken["lastHash"]) == (2, 3, [], watched.last)
    log = watched.teacher.get(f"{watched.path}/events").data
    assert (log["intact"], log["complete"], [each["type"] for each in log["events"]]) == (
        True, True, ["heartbeat", "focus"],
    )  # fmt: skip
    assert watched.rules() == []
    again = watched.start().data
    assert (again["nextNumber"], again["lastHash"], again["signingKey"]) == (3, watched.last, watched.key)


def test_a_lost_event_is_seen_as_lost_and_may_still_come(watched: Watched) -> None:
    watched.start()
    first, lost, third = watched.event(), watched.event("paste", characters=90), watched.event()
    watched.send(first)
    taken = watched.send(third).data
    assert taken["missing"] == [[2, 2]]
    assert watched.rules() == ["events_missing"]
    log = watched.teacher.get(f"{watched.path}/events").data
    assert (log["intact"], log["complete"]) == (True, False)
    assert watched.send(lost).data["missing"] == []
    assert sorted(watched.rules()) == ["events_missing", "text_pasted"]
    log = watched.teacher.get(f"{watched.path}/events").data
    assert (log["intact"], log["complete"], [each["isLate"] for each in log["events"]]) == (
        True, True, [False, True, False],
    )  # fmt: skip


def test_a_batch_that_comes_again_changes_nothing(watched: Watched) -> None:
    watched.start()
    batch = [watched.event("visibility", visible=False), watched.event()]
    watched.send(*batch)
    again = watched.send(*batch).data
    assert (again["taken"], again["known"]) == (0, 2)
    assert watched.rules() == ["page_hidden"]


@pytest.mark.parametrize("change", [{"facts": {"focused": True}}, {"at": "2027-01-11T00:00:00.000Z"}, {"number": 2}])
def test_what_was_changed_on_its_way_is_refused_and_seen(watched: Watched, change: dict[str, Any]) -> None:
    watched.start()
    event = watched.event("focus", focused=False)
    taken = watched.send({**event, **change}).data
    assert (taken["taken"], taken["refused"]) == (0, [change.get("number", 1)])
    assert watched.rules() == ["signature_wrong"]


@pytest.mark.parametrize("at", ["0000-13-45T99:99:99.999Z", "2026-02-30T10:00:00.000Z", "9999-12-31T23:59:59.999Z"])
def test_a_time_that_there_is_not_is_refused(watched: Watched, at: str) -> None:
    watched.start()
    refused = watched.send({**watched.event(), "at": at})
    assert (refused.status, refused.error.fields) == (400, {"events[0].at"})


def test_a_chain_that_does_not_hang_together_is_seen(watched: Watched) -> None:
    watched.start()
    watched.see("heartbeat")
    watched.last = "1" * 64
    watched.see("heartbeat")
    assert watched.rules() == ["chain_broken"]
    assert watched.teacher.get(f"{watched.path}/events").data["intact"] is False


def test_what_was_changed_in_storage_is_seen(watched: Watched) -> None:
    watched.start()
    watched.see("focus", focused=False)
    watched.see("heartbeat")
    stored = ProctorEvent.require(session_id=watched.exam_id, number=1, consistent=True)
    stored.facts = {"focused": True}
    Unit().replace(stored).commit()
    assert watched.teacher.get(f"{watched.path}/events").data["intact"] is False


def test_two_batches_at_once_are_one_chain(watched: Watched, conflicts: Conflicts) -> None:
    watched.start()
    first, second = watched.event(), watched.event()
    replies = at_once(partial(watched.send, first), partial(watched.send, second), partial(watched.send, first))
    assert {reply.status for reply in replies} == {200}
    watched.send(first, second)
    stored = ProctorSession.require(session_id=watched.exam_id, consistent=True)
    assert (int(stored.length), stored.missing) == (2, [])
    assert watched.teacher.get(f"{watched.path}/events").data["intact"] is True


def test_a_client_that_says_nothing_is_noticed(watched: Watched, clock: Clock) -> None:
    watched.start()
    clock.advance(seconds=110)
    watched.see("heartbeat")
    assert watched.rules() == []
    clock.advance(seconds=130)
    assert watched.teacher.get(f"{watched.path}/events").data["session"]["silentSeconds"] == 130
    watched.see("heartbeat")
    assert watched.rules() == ["silence"]


@pytest.mark.parametrize(
    ("type_", "facts", "rule"),
    [
        ("visibility", {"visible": False}, "page_hidden"),
        ("paste", {"characters": 20}, "text_pasted"),
        ("paste", {"characters": 19}, None),
        ("display", {"displays": 2}, "second_display"),
        ("face_count", {"faces": 2}, "several_people"),
        ("face_count", {"faces": 1}, None),
        ("network", {"online": False}, "network_lost"),
        ("focus", {"focused": "no"}, None),
    ],
)
def test_rules_make_hints_of_events(watched: Watched, type_: str, facts: dict[str, Any], rule: str | None) -> None:
    watched.start()
    watched.see(type_, **facts)
    assert watched.rules() == ([rule] if rule else [])


def test_what_counts_only_when_it_is_often(watched: Watched, clock: Clock) -> None:
    watched.start()
    for _ in range(2):
        watched.see("face_count", faces=0)
        clock.advance(seconds=100)
    assert watched.rules() == []
    for _ in range(3):
        watched.see("face_count", faces=0)
        clock.advance(seconds=10)
    assert watched.rules() == ["nobody_seen"]


def test_the_start_is_bound_to_a_running_exam_of_ones_own(watched: Watched, client: Client, clock: Clock) -> None:
    wanted = {"examId": watched.exam_id, "consents": {"watching": True}}
    eve = client.as_("eve", "student")
    assert eve.post("/api/proctoring/sessions", wanted).status == 404
    assert watched.start(consents={"watching": False}).status == 400
    assert watched.start(provider="nobody").status == 404
    watched.start()
    assert eve.post(f"{watched.path}/events", {"events": [watched.event()]}).status == 404
    assert eve.get(f"{watched.path}/violations").status == 403
    assert client.as_("other", "instructor").get(f"{watched.path}/violations").status == 404
    clock.advance(hours=2, minutes=6)
    assert watched.start().error.code == "EXAM_NOT_RUNNING"
    assert watched.send(watched.event()).error.code == "PROCTORING_ENDED"


def test_another_address_and_a_second_display_are_hints(watched: Watched, client: Client) -> None:
    watched.start(device={"displays": 2})
    client.people["student"] = watched.student.principal  # type: ignore[assignment]
    elsewhere = watched.student
    elsewhere.address = "159.65.1.1"
    wanted = {"examId": watched.exam_id, "consents": {"watching": True}}
    assert elsewhere.post("/api/proctoring/sessions", wanted).status == 201
    assert sorted(watched.rules()) == ["address_changed", "second_display"]
    stored = [each for each in client.cloud.items(client.tenant) if "proctor" in each["kind"]["S"]]
    assert "159.65.1.1" not in str(stored) and "203.0.113.7" not in str(stored)


def test_people_decide_and_needs_leave_rules_out(watched: Watched) -> None:
    watched.start()
    watched.see("focus", focused=False)
    [seen] = watched.teacher.get(f"{watched.path}/violations").data
    assert (seen["severity"], seen["accommodated"], "decision" in seen) == ("low", False, False)
    path = f"{watched.path}/violations/{seen['violationId']}"
    decided = watched.teacher.patch(path, {"decision": "dismissed", "note": "The bell rang."}).data
    assert (decided["decision"], decided["decidedBy"]) == ("dismissed", watched.teacher.user_id)
    assert watched.teacher.patch(f"{watched.path}/violations/x", {"decision": "confirmed", "note": "So."}).status == 404
    needs = {"accommodations": ["screen_reader"], "reason": "As agreed."}
    assert watched.teacher.put(f"{watched.path}/accommodations", needs).data["accommodations"] == ["screen_reader"]
    assert watched.teacher.get(f"{watched.path}/violations").data[0]["accommodated"] is True
    exam = ExamSession.require(exam_id=watched.exam_id)
    assert (exam.state, exam.score) == ("running", None)


def test_grave_hints_are_shown_at_once_and_not_too_often(watched: Watched, client: Client, clock: Clock) -> None:
    watched.start()
    told = []
    for seconds in (0, 10, 60):
        clock.advance(seconds=seconds)
        watched.see("display", displays=3)
        told.append([each["DetailType"] for each in client.cloud.published(client.tenant)].count("proctoring.flagged"))
    assert told == [1, 1, 2]


PICTURE = {"fileName": "me.jpg", "contentType": "image/jpeg", "sizeBytes": 1000}


def test_pictures_need_consent_and_go(watched: Watched, client: Client, clock: Clock) -> None:
    watched.start()
    assert watched.student.post(f"{watched.path}/snapshots", PICTURE).error.fields == {"CONSENT_MISSING"}
    stored = ProctorSession.require(session_id=watched.exam_id, consistent=True)
    stored.consents = {**stored.consents, "snapshots": clocks.iso(clocks.now())}
    Unit().replace(stored).commit()
    slot = watched.student.post(f"{watched.path}/snapshots", PICTURE).data
    assert client.as_("eve", "student").post(f"{watched.path}/snapshots", PICTURE).status == 404
    assert [each["uploadId"] for each in watched.teacher.get(f"{watched.path}/snapshots").data] == [slot["uploadId"]]
    assert watched.student.delete(f"/api/uploads/{slot['uploadId']}").error.code == "IN_USE"
    clock.at += timedelta(days=31)
    run(jobs)
    run(jobs)
    assert ProctorSnapshot.fetch(session_id=watched.exam_id, upload_id=slot["uploadId"]) is None
    orders = [each["DetailType"] for each in client.cloud.published(client.tenant)]
    assert orders.count("upload.discard") == 1
