"""Revoking: by whom, for what, at the same time as something else, and what follows when an achievement falls."""

from typing import Any

from lyceum.events.courses import CourseUncompleted
from lyceum.events.exams import ExamGraded, ExamReleased
from lyceum.kit import clock as time
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.table import Unit, find_all
from lyceum.model.audit import AuditEvent
from lyceum.model.exams.sessions import ExamSession
from tests.certificates.conftest import School
from tests.support.http import Client, Reply
from tests.support.threads import at_once

from functions.certificates.credentials import status_lists
from functions.certificates.issuing import views


def _revoke(teacher: Client, certificate_id: str, reason: str = "sat by somebody else") -> Reply:
    return teacher.post(f"/api/certificates/{certificate_id}/revoke", {"reason": reason})


def test_the_teacher_revokes_with_a_reason_that_everybody_reads(school: School) -> None:
    name = school.certificate()["certificateId"]
    done = _revoke(school.teacher, name)
    assert (done.data["state"], done.data["reason"]) == ("revoked", "sat by somebody else")
    page = school.client.get(f"/api/certificates/{name}").data
    assert (page["state"], page["reason"]) == ("revoked", "sat by somebody else")
    found = school.verify(name)
    assert (found["isValid"], found["failure"]) == (False, "REVOKED")
    assert _revoke(school.teacher, name, "again").data["reason"] == "sat by somebody else"
    acts = list(find_all(AuditEvent, subject_id=school.student.user_id))
    assert [(act.action, act.actor_id) for act in acts] == [("certificate.revoke", school.teacher.user_id)]
    school.work("notifications")
    told = school.student.get("/api/notifications").data
    assert "sat by somebody else" in next(each["body"] for each in told if each["type"] == "certificate.revoked")


def test_others_may_not_revoke_and_administrators_may(school: School) -> None:
    name = school.certificate()["certificateId"]
    assert _revoke(school.client.as_("tom", "instructor"), name).status == 404
    assert _revoke(school.student, name).status == 403
    assert _revoke(school.client, name).status == 401
    assert _revoke(school.teacher, "0" * 26).status == 404
    assert _revoke(school.teacher, name, "").error.code == "VALIDATION_ERROR"
    assert _revoke(school.client.as_("admin"), name).status == 200


def test_a_superseded_certificate_is_not_revoked(school: School) -> None:
    course_id = school.completed()
    old = school.certificate(courseId=course_id)["certificateId"]
    school.person(school.student, last_name="Eze")
    school.certificate(courseId=course_id, reissue=True)
    assert _revoke(school.teacher, old).error.code == "CERTIFICATE_SUPERSEDED"


def test_revoking_while_it_is_issued_anew_leaves_one_story(school: School) -> None:
    course_id = school.completed()
    old = school.certificate(courseId=course_id)["certificateId"]
    school.person(school.student, last_name="Eze")
    anew, revoked = at_once(
        lambda: school.generate(courseId=course_id, reissue=True), lambda: _revoke(school.teacher, old)
    )
    assert (anew.status, revoked.status) in {(201, 409), (422, 200)}
    states = sorted(each["state"] for each in school.student.get("/api/certificates").data)
    assert states in (["revoked"], ["superseded", "valid"])


def test_revoking_two_of_one_list_at_once_sets_both_bits(school: School, monkeypatch: Any) -> None:
    monkeypatch.setattr("functions.certificates.credentials.status_lists._LISTS", 1)
    names = [school.certificate()["certificateId"] for _ in range(3)]
    at_once(*[lambda name=name: _revoke(school.teacher, name) for name in names])
    assert {school.verify(name)["failure"] for name in names} == {"REVOKED"}
    for name in names:
        stored = views.existing(name)
        assert status_lists.is_set(status_lists.show(stored.list_id), int(stored.list_index))


def _told(event: Any) -> None:
    Unit().create(OutboxItem.of(event), event).commit()


def test_a_course_that_is_taken_back_takes_its_certificate_along(school: School) -> None:
    course_id = school.completed()
    name = school.certificate(courseId=course_id)["certificateId"]
    _told(CourseUncompleted(course_id=course_id, user_id=school.student.user_id, revision=2))
    school.work()
    assert school.verify(name)["failure"] == "REVOKED"
    assert school.client.get(f"/api/certificates/{name}").data["reason"].startswith("The result that it was given for")


def _graded(session: ExamSession, kind: type[ExamGraded] = ExamGraded, **more: Any) -> ExamGraded:
    return kind(
        exam_id=session.exam_id, user_id=session.user_id, mode="practice", score=session.score, max_score="4",
        percent=session.percent, passed=session.is_passed, finished_at=time.now(), topic_ids=[], revision=2,
        assessment_id=session.assessment_id, **{"earlier_revision": 1, **more},
    )  # fmt: skip


def _regrade(school: School, session: ExamSession, **changed: Any) -> ExamSession:
    session = ExamSession.require(exam_id=session.exam_id)
    for name, value in changed.items():
        setattr(session, name, value)
    Unit().replace(session).commit()
    return session


def test_another_score_issues_anew_and_a_failure_revokes(school: School) -> None:
    session = school.passed()
    old = school.certificate(examId=session.exam_id)["certificateId"]
    session = _regrade(school, session, percent="85")
    for _ in range(2):
        _told(_graded(session))
        school.work()
    listed = school.student.get("/api/certificates").data
    assert [(each["state"], each["percent"]) for each in listed] == [("valid", "85"), ("superseded", "75")]
    assert listed[1]["certificateId"] == old
    session = _regrade(school, session, percent="40", is_passed=False)
    _told(_graded(session))
    school.work()
    assert [each["state"] for each in school.student.get("/api/certificates").data] == ["revoked", "superseded"]


def test_results_that_are_not_released_or_of_other_sittings_change_nothing(school: School) -> None:
    session = school.passed()
    name = school.certificate(examId=session.exam_id)["certificateId"]
    _told(_graded(_regrade(school, session, percent="85"), is_released=False))
    _told(_graded(school.passed(assessment_id=session.assessment_id, percent="10", is_passed=False)))
    _told(_graded(school.passed()))
    school.work()
    assert school.verify(name)["isValid"]
    _told(_graded(session, ExamReleased, earlier_revision=None))
    school.work()
    assert school.verify(name)["failure"] == "SUPERSEDED"
