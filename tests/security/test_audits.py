"""What staff do to what is not theirs stands in the audit, and what they do to their own does not."""

from typing import Any

import pytest

from lyceum.model.audit import AuditEvent
from tests.api.belongings import Belongings
from tests.support.http import Client

COURSE = {"code": "BIO 101", "title": "Cells", "level": 100, "creditUnits": 3}


def acts(client: Client) -> list[tuple[str, str]]:
    """Return what was audited and by whom."""
    items = [item for item in client.cloud.items(client.tenant) if item["kind"]["S"] == "audit_event"]
    found = [AuditEvent.from_raw_data(item) for item in items]
    return sorted((str(act.action), str(act.actor_id)) for act in found)


@pytest.fixture
def department(client: Client) -> str:
    admin = client.as_("admin")
    university = admin.post("/api/universities", {"name": "U", "shortName": "U", "country": "NG"})
    faculty = admin.post("/api/faculties", {"name": "F", "universityId": university.data["universityId"]})
    made = admin.post("/api/departments", {"name": "D", "facultyId": faculty.data["facultyId"]})
    return str(made.data["departmentId"])


def test_the_catalogue_is_everybodys(client: Client, department: str) -> None:
    admin = client.as_("admin")
    assert admin.delete(f"/api/departments/{department}").status == 200
    verbs = ["department.create", "department.remove", "faculty.create", "university.create"]
    assert acts(client) == [(verb, admin.user_id) for verb in verbs]


def course(client: Client, department: str) -> Any:
    return client.as_("instructor").post("/api/courses", COURSE | {"departmentId": department}).data


def test_a_course_that_an_administrator_changes_is_audited_and_ones_own_is_not(client: Client, department: str) -> None:
    made, before = course(client, department), acts(client)
    path = f"/api/courses/{made['courseId']}"
    teacher, admin = client.as_("instructor"), client.as_("admin")
    assert teacher.post(f"{path}/publish", {"isPublished": True}).status == 200
    assert acts(client) == before
    assert admin.post(f"{path}/publish", {"isPublished": False}).status == 200
    assert admin.delete(path).status == 200
    assert sorted(set(acts(client)) - set(before)) == [
        ("course.delete", admin.user_id),
        ("course.publish", admin.user_id),
    ]


def test_an_announcement_to_all_is_audited_and_one_to_ones_course_is_not(client: Client, department: str) -> None:
    made, before = course(client, department), acts(client)
    teacher, admin = client.as_("instructor"), client.as_("admin")
    told = {"title": "Tomorrow", "body": "No lessons."}
    assert teacher.post("/api/announcements", told | {"courseId": made["courseId"]}).status == 201
    assert acts(client) == before
    assert admin.post("/api/announcements", told).status == 201
    assert set(acts(client)) - set(before) == {("announcement.post", admin.user_id)}


def test_a_refused_act_leaves_no_audit(client: Client, department: str) -> None:
    made, before = course(client, department), acts(client)
    assert client.as_("eve", "instructor").delete(f"/api/courses/{made['courseId']}").status in {403, 404}
    assert client.as_("admin").delete(f"/api/universities/{'0' * 26}").status == 404
    assert acts(client) == before


def test_changes_of_credentials_are_audited(client: Client) -> None:
    student = client.as_("student")
    assert student.put("/api/profile/update", {"username": "another.name"}).status == 200
    assert acts(client) == [("username.change", student.user_id)]


def test_what_is_done_to_all_who_sit_an_exam_is_audited_and_so_is_a_grade_that_changes(client: Client) -> None:
    things = Belongings(client)
    exam_id, teacher, reason = things.exam_id, things.teacher, {"reason": "a power cut"}
    before, for_all = acts(client), {**reason, "scope": "exam"}
    exam = f"/api/exams/{things.test_id}"
    assert teacher.post(f"{exam}/extend", {"seconds": 60, **for_all}).status == 200
    assert teacher.post(f"{exam}/pause", {"action": "pause", **for_all}).status == 200
    assert teacher.post(f"{exam}/pause", {"action": "resume", **for_all}).status == 200
    assert things.student.post(f"/api/exams/{exam_id}/submit").status == 200
    ruling = {"ruling": "full_marks", "questionId": things.question_ids[0], **reason}
    assert teacher.post(f"/api/exams/{exam_id}/regrade", ruling).data["session"]["applied"]
    assert teacher.post(f"{exam}/regrade", {**ruling, "scope": "exam"}).status == 200
    done = {verb for verb, _ in set(acts(client)) - set(before)}
    assert done == {"exam.extend", "exam.pause", "exam.resume", "exam.regrade", "grade.change"}
