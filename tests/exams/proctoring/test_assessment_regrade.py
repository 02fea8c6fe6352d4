"""A ruling on a whole assessment: previewed for every session, applied once, listed, told to whom it changed."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, find
from lyceum.model.exams.assessments import Incident
from lyceum.model.questions.question import AnswerKey
from tests.exams.conftest import Bank, Publisher, Running
from tests.support import workers
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import Client, Reply

from functions.exams.proctoring import assessment_regrade


@pytest.fixture
def hall(publisher: Publisher, clock: Clock) -> list[Running]:
    """Two finished attempts, of which the second has the third question right, and one that runs."""
    test = publisher.test()
    sat = []
    for name, options in (("ada", "bba"), ("bola", "bbb")):
        running = publisher.begin(test, name)
        for question, option in zip(sorted(running.questions), options, strict=False):
            running.answer(question, option)
        running.submit()
        sat.append(running)
    sat.append(publisher.begin(test, "chi"))
    clock.advance(seconds=1)
    return sat


def rule(client: Client, hall: list[Running], name: str = "instructor", **values: Any) -> Reply:
    about = {"ruling": "full_marks", "questionId": sorted(hall[0].questions)[2], "reason": "The key was wrong"}
    path = f"/api/assessments/{hall[0].state['assessmentId']}/regrade"
    role = "student" if name == "student" else "instructor"
    return client.as_(name, role).post(path, {**about, **values})


def rows(client: Client, cloud: Cloud, job: dict[str, Any], tenant: str) -> list[dict[str, Any]]:
    """The file that a job left, row by row."""
    shown = client.as_("instructor").get(f"/api/jobs/{job['jobId']}").data
    assert (shown["state"], shown["done"]) == ("done", 3), shown
    prefix = f"derived/exports/{tenant}/{client.as_('instructor').user_id}/{job['jobId']}/"
    found = cloud.s3.list_objects_v2(Bucket=settings().bucket, Prefix=prefix)["Contents"]
    last = max(found, key=lambda each: int(each["Key"].rpartition("-")[2].partition(".")[0]))
    body = cloud.s3.get_object(Bucket=settings().bucket, Key=last["Key"])["Body"].read()
    return list(json.loads(body)["sessions"])


def by_user(found: list[dict[str, Any]]) -> list[tuple[str, str | None, str | None, str | None]]:
    return [(row["outcome"], row.get("earlierScore"), row.get("score"), row["why"]) for row in found]


CHANGES = [("changed", "2.00", "3.00", None), ("same", "3.00", "3.00", None), ("left_out", None, None, "EXAM_RUNNING")]


def test_the_preview_of_every_session_is_what_is_then_applied(
    hall: list[Running], client: Client, cloud: Cloud, tenant: str, deliver: Callable[[], int]
) -> None:
    preview = rule(client, hall, preview=True)
    assert (preview.status, preview.data["type"]) == (202, "sessions.regrade")
    assert deliver() == 0
    assert by_user(rows(client, cloud, preview.data, tenant)) == CHANGES
    assert [each.session.revision for each in hall] == [1, 1, 0]
    assert find(Incident, assessment_id=hall[0].state["assessmentId"]).items == []
    applied = rule(client, hall)
    assert deliver() == 0
    found = rows(client, cloud, applied.data, tenant)
    assert by_user(found) == CHANGES
    assert [row.get("applied") for row in found] == [True, True, None]
    assert [each.session.score for each in hall[:2]] == ["3.00", "3.00"]
    [done] = find(Incident, assessment_id=hall[0].state["assessmentId"]).items
    assert (done.listed, done.is_listed, done.done, done.left_out, done.failed) == (3, True, 2, 1, 0)


def test_pages_that_come_twice_rule_once_and_the_file_has_every_session(
    hall: list[Running],
    client: Client,
    cloud: Cloud,
    tenant: str,
    deliver: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(assessment_regrade, "_PAGE", 1)
    job = rule(client, hall).data
    for _ in range(3):
        assert deliver() == 0
    assert [row["outcome"] for row in rows(client, cloud, job, tenant)] == ["changed", "same", "left_out"]
    again = rule(client, hall).data
    for _ in range(3):
        assert deliver() == 0
    assert [row["outcome"] for row in rows(client, cloud, again, tenant)] == ["same", "same", "left_out"]
    assert [(each.session.score, each.session.revision) for each in hall[:2]] == [("3.00", 2), ("3.00", 2)]


def test_scores_are_lowered_on_purpose_only(
    hall: list[Running], client: Client, cloud: Cloud, tenant: str, deliver: Callable[[], int]
) -> None:
    name = min(hall[0].questions)
    Unit().create(AnswerKey(question_id=name, revision=2, key={"correct_option_ids": ["d"]})).commit()
    wrong: dict[str, Any] = {"ruling": "key", "questionId": name, "revision": 2}
    jobs = [rule(client, hall, preview=True, **wrong).data, rule(client, hall, **wrong).data]
    assert deliver() == 0
    for job in jobs:
        found = rows(client, cloud, job, tenant)
        assert [row["why"] for row in found] == ["LOWERED", "LOWERED", "EXAM_RUNNING"]
        assert [(row.get("earlierScore"), row.get("score")) for row in found[:2]] == [
            ("2.00", "1.00"),
            ("3.00", "2.00"),
        ]
        assert all(row["userId"] for row in found)
    assert [each.session.score for each in hall[:2]] == ["2.00", "3.00"]
    rule(client, hall, lower=True, **wrong)
    assert deliver() == 0
    assert [each.session.score for each in hall[:2]] == ["1.00", "2.00"]


def test_those_whom_it_changed_are_told(hall: list[Running], client: Client, cloud: Cloud, tenant: str) -> None:
    workers.deliver(cloud, tenant)
    rule(client, hall)
    workers.deliver(cloud, tenant)
    told = [each["type"] for each in hall[0].student.get("/api/notifications").data]
    assert sum(each.startswith("exam.") for each in told) == 2


def test_rulings_are_for_the_owner_on_what_was_asked(hall: list[Running], client: Client, bank: Bank) -> None:
    assert rule(client, hall, "student").status == 403
    assert rule(client, hall, "other").status == 404
    assert rule(client, hall, questionId="nothing").error.fields == {"UNKNOWN_QUESTION"}
    assert rule(client, hall, ruling="key", revision=9).error.fields == {"UNKNOWN_REVISION"}
    for body in ({"ruling": "restore", "questionId": None, "revision": 1}, {"ruling": "key"}, {"reason": ""}):
        assert rule(client, hall, **body).status == 400
    for preview in (True, False):  # what a preview lists of others is audited with its job
        assert rule(client, hall, preview=preview).cost.operations[-2:] == ["GetItem", "TransactWriteItems"]


def test_a_session_that_ran_is_ruled_on_when_it_ends(
    hall: list[Running], client: Client, deliver: Callable[[], int]
) -> None:
    running = hall[2]
    for question, option in zip(sorted(running.questions), "bba", strict=False):
        running.answer(question, option)
    rule(client, hall)
    assert deliver() == 0
    assert running.session.state == "running"
    assert running.submit().data["score"] == "2.00"
    assert deliver() == 0
    assert (running.session.score, running.session.revision) == ("3.00", 2)
    [done] = find(Incident, assessment_id=running.state["assessmentId"]).items
    assert (done.listed, done.done, done.left_out, done.failed) == (3, 3, 0, 0)
    assert done.incident_id in running.session.incident_ids


def test_a_ruling_on_one_sessions_exam_reaches_those_that_run_at_their_end_too(
    hall: list[Running], client: Client, deliver: Callable[[], int]
) -> None:
    running, name = hall[2], sorted(hall[0].questions)[2]
    body = {"scope": "exam", "ruling": "left_out", "questionId": name, "reason": "It was ambiguous"}
    assert client.as_("instructor").post(f"/api/exams/{hall[0].id}/regrade", body).status == 200
    assert deliver() == 0
    for question, option in zip(sorted(running.questions), "bba", strict=False):
        running.answer(question, option)
    running.submit()
    assert deliver() == 0
    assert running.session.max_score == "3.00"
    assert running.session.score == "2.00"


def test_a_ruling_that_lowers_a_session_at_its_end_leaves_it(
    hall: list[Running], client: Client, deliver: Callable[[], int]
) -> None:
    running, name = hall[2], min(hall[0].questions)
    Unit().create(AnswerKey(question_id=name, revision=2, key={"correct_option_ids": ["d"]})).commit()
    rule(client, hall, ruling="key", questionId=name, revision=2)
    assert deliver() == 0
    running.answer(name, "b")
    running.submit()
    assert deliver() == 0
    assert (running.session.score, running.session.revision) == ("1.00", 1)
    [done] = find(Incident, assessment_id=running.state["assessmentId"]).items
    assert (done.done, done.left_out) == (0, 3)


def test_a_session_that_begins_after_a_ruling_is_ruled_on_too(
    hall: list[Running], client: Client, publisher: Publisher, clock: Clock, deliver: Callable[[], int]
) -> None:
    rule(client, hall)
    assert deliver() == 0
    clock.advance(seconds=1)
    later = publisher.begin({"assessmentId": hall[0].state["assessmentId"]}, "dayo")
    later.submit()
    assert deliver() == 0
    assert later.session.score == "1.00"
    [done] = find(Incident, assessment_id=later.state["assessmentId"]).items
    assert (done.listed, done.done, done.left_out) == (4, 3, 1)
