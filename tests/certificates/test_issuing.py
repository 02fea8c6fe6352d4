"""Issuing: what certificates are given for, one at a time, anew when something changed, not behind a revocation."""

from datetime import timedelta
from typing import Any

import pytest

from lyceum.kit import clock as time
from lyceum.kit import ids
from lyceum.kit.table import Unit
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.users.privacy import ConsentRecord
from tests.certificates.conftest import CHILD, School
from tests.support.threads import at_once


def test_a_completed_course_gives_a_certificate_once(school: School) -> None:
    course_id = school.completed()
    made = school.generate(courseId=course_id)
    assert made.status == 201
    assert (made.data["state"], made.data["holderName"], made.data["title"]) == ("valid", "Ada Okafor", "Algebra I")
    again = school.generate(courseId=course_id, reissue=True).data
    assert again["certificateId"] == made.data["certificateId"]
    listed = school.student.get("/api/certificates").data
    assert [each["certificateId"] for each in listed] == [made.data["certificateId"]]
    assert school.client.as_("eve", "student").get("/api/certificates").data == []


def test_what_issuing_and_reading_cost(school: School) -> None:
    course_id = school.completed()
    reply = school.generate(courseId=course_id)
    assert reply.cost.operations[1:] == ["BatchGetItem", "GetItem", "TransactWriteItems"]
    name = reply.data["certificateId"]
    assert school.generate(courseId=course_id).cost.operations[1:] == ["BatchGetItem", "GetItem", "GetItem"]
    assert school.client.get(f"/api/certificates/{name}").cost.operations == ["GetItem"]
    assert school.client.get(f"/api/certificates/{name}/verify").cost.operations == ["GetItem", "Query"]
    assert school.client.get(f"/api/certificates/{name}/pdf").cost.operations[1:] == ["GetItem"]
    assert school.student.get("/api/certificates").cost.operations == ["Query"]


def test_a_passed_exam_gives_a_certificate_with_its_result(school: School) -> None:
    session = school.passed()
    made = school.certificate(examId=session.exam_id)
    assert (made["kind"], made["percent"], made["sourceId"]) == ("exam", "75", session.assessment_id)
    better = school.passed(assessment_id=session.assessment_id, percent="90")
    assert school.certificate(examId=better.exam_id)["certificateId"] == made["certificateId"]
    assert school.certificate(examId=better.exam_id, reissue=True)["percent"] == "90"


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"is_passed": False}, "EXAM_NOT_PASSED"),
        ({"released_at": None}, "RESULT_NOT_RELEASED"),
        ({"state": "running"}, "RESULT_NOT_RELEASED"),
        ({"assessment_id": None}, "NOT_CERTIFIABLE"),
        ({"is_preview": True}, "NOT_CERTIFIABLE"),
    ],
)
def test_exams_that_prove_nothing_give_none(school: School, changed: dict[str, Any], rule: str) -> None:
    refused = school.generate(examId=school.passed(**changed).exam_id)
    assert (refused.status, refused.error.fields) == (422, {rule})


def test_courses_that_are_not_completed_or_not_ones_own_give_none(school: School) -> None:
    unfinished = school.generate(courseId=school.completed(completed_at=None))
    assert (unfinished.status, unfinished.error.fields) == (422, {"COURSE_NOT_COMPLETED"})
    others = school.completed(school.client.as_("eve", "student"))
    assert school.generate(courseId=others).status == 404
    assert school.generate(examId=school.passed(school.client.as_("eve", "student")).exam_id).status == 404
    assert school.generate().error.code == "VALIDATION_ERROR"
    assert school.generate(courseId=others, examId=others).error.code == "VALIDATION_ERROR"


def test_many_who_ask_at_once_get_the_same_certificate(school: School) -> None:
    course_id = school.completed()
    made = at_once(*[lambda: school.generate(courseId=course_id) for _ in range(4)])
    assert {reply.status for reply in made} == {201}
    assert len({reply.data["certificateId"] for reply in made}) == 1
    assert len(school.student.get("/api/certificates").data) == 1


def test_a_new_name_is_issued_anew_and_the_old_certificate_says_by_which(school: School) -> None:
    course_id = school.completed()
    old = school.certificate(courseId=course_id)["certificateId"]
    document = school.credential(old)
    school.person(school.student, last_name="Eze")
    assert school.certificate(courseId=course_id)["certificateId"] == old
    new = school.certificate(courseId=course_id, reissue=True)
    assert (new["holderName"], new["supersedes"]) == ("Ada Eze", old)
    page = school.client.get(f"/api/certificates/{old}", {"form": "credential"}).data
    assert (page["state"], page["supersededBy"], page["holderName"]) == ("superseded", new["certificateId"], "")
    assert "credential" not in page
    assert school.verify(old)["failure"] == "SUPERSEDED"
    assert school.verify(old, credential=document)["failure"] == "SUPERSEDED"
    assert school.verify(new["certificateId"])["isValid"]


def test_issuing_anew_at_once_leaves_one_that_holds(school: School) -> None:
    course_id = school.completed()
    school.certificate(courseId=course_id)
    school.person(school.student, last_name="Eze")
    at_once(*[lambda: school.generate(courseId=course_id, reissue=True) for _ in range(3)])
    states = [each["state"] for each in school.student.get("/api/certificates").data]
    assert sorted(states) == ["superseded", "valid"]


def test_minors_are_shown_by_initials_until_a_guardian_agrees(school: School) -> None:
    school.person(school.student, profile=CHILD)
    course_id = school.completed()
    made = school.certificate(courseId=course_id)
    assert made["holderName"] == "A. O."
    assert "Okafor" not in str(school.credential(made["certificateId"]))
    _decide(school, given_by=school.student.user_id)
    assert school.certificate(courseId=course_id, reissue=True)["holderName"] == "A. O."
    _decide(school, given_by=ids.new_id())
    assert school.certificate(courseId=course_id, reissue=True)["holderName"] == "Ada Okafor"
    _decide(school, given_by=ids.new_id(), is_given=False)
    assert school.certificate(courseId=course_id, reissue=True)["holderName"] == "A. O."


def _decide(school: School, *, given_by: str, is_given: bool = True) -> None:
    school.clock.advance(seconds=1)
    record = ConsentRecord(
        user_id=school.student.user_id,
        purpose="certificates",
        record_id=ids.new_id(),
        text_version="1",
        is_given=is_given,
        given_by=given_by,
        decided_at=time.now(),
    )
    Unit().create(record).commit()


def test_certificates_end_as_the_tenant_sets_and_are_renewed_by_a_new_result(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.certificates.issuing.issuing.limits.value", lambda _name: 12)
    session = school.passed()
    made = school.certificate(examId=session.exam_id)
    assert school.credential(made["certificateId"])["validUntil"] == made["expiresAt"][:19] + "Z"
    school.clock.advance(days=361)
    assert school.client.get(f"/api/certificates/{made['certificateId']}").data["state"] == "expired"
    assert school.verify(made["certificateId"])["failure"] == "EXPIRED"
    assert school.certificate(examId=session.exam_id)["certificateId"] == made["certificateId"]
    anew = school.passed(assessment_id=session.assessment_id)
    renewed = school.certificate(examId=anew.exam_id)
    assert (renewed["supersedes"], renewed["state"]) == (made["certificateId"], "valid")
    assert renewed["expiresAt"] > made["expiresAt"]


def test_the_holder_is_told_of_a_certificate(school: School) -> None:
    made = school.certificate()
    school.work("notifications")
    told = school.student.get("/api/notifications").data
    assert [(each["type"], each["title"]) for each in told] == [("certificate.issued", "Your certificate: Algebra I")]
    assert told[0]["data"]["certificateId"] == made["certificateId"]


def test_after_a_revocation_only_a_later_achievement_counts(school: School) -> None:
    course_id = school.completed()
    made = school.certificate(courseId=course_id)
    path = f"/api/certificates/{made['certificateId']}/revoke"
    assert school.teacher.post(path, {"reason": "sat by somebody else"}).status == 200
    refused = school.generate(courseId=course_id)
    assert refused.error.fields == {"CERTIFICATE_REVOKED"}
    school.clock.advance(days=1)
    enrolment = Enrolment.require(course_id=course_id, user_id=school.student.user_id)
    Unit().change(enrolment, Enrolment.completed_at.set(time.now() + timedelta(seconds=1))).commit()
    anew = school.certificate(courseId=course_id)
    assert (anew["state"], anew["supersedes"]) == ("valid", made["certificateId"])
    assert school.verify(made["certificateId"])["failure"] == "REVOKED"
