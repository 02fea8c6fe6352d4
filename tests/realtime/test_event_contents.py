"""What events tell: who was graded and how, and what became of a verification, for good or bad."""

from decimal import Decimal

import pytest

from lyceum.events.assignments import AssignmentGraded, AssignmentSubmitted
from lyceum.events.content import ContentFailed, ContentProcessed, ContentRejected, ContentReturned, ContentVerified
from lyceum.events.sync import SyncAdvanced
from lyceum.kit.event import Event
from lyceum.kit.table import write_many
from lyceum.model.courses.course import Course
from tests.realtime.conftest import Gateway, publish
from tests.support.http import Client


def test_a_grade_names_its_student_and_says_what_it_is(client: Client, gateway: Gateway) -> None:
    student = client.as_("student")
    socket = gateway.connect(student)
    graded = AssignmentGraded(
        assignment_id="s",
        course_id="c",
        user_id=student.user_id,
        title="Essay",
        points=Decimal("7.5"),
        max_points=Decimal(10),
        percent=Decimal("75.00"),
    )
    assert publish(graded) == 0
    (event,) = [each for each in socket.got if each["event"] == "assignment.graded"]
    assert event["data"] == {
        "assignmentId": "s",
        "courseId": "c",
        "studentId": student.user_id,
        "grade": {"points": "7.5", "maxPoints": "10", "percent": "75.00"},
        "points": "7.5",
        "maxPoints": "10",
    }


@pytest.mark.parametrize(
    ("kind", "more", "told"),
    [
        (ContentVerified, {}, {"status": "verified"}),
        (ContentReturned, {"reason": "Too dark."}, {"status": "rejected", "reason": "Too dark."}),
    ],
)
def test_a_verification_is_told_with_its_outcome(
    client: Client, gateway: Gateway, kind: type[Event], more: dict[str, str], told: dict[str, str]
) -> None:
    owner = client.as_("student")
    socket = gateway.connect(owner)
    event = kind.model_validate({"content_id": "k", "owner_id": owner.user_id, "title": "Notes", **more})
    assert publish(event) == 0
    (shown,) = [each for each in socket.got if each["event"] == "content.verified"]
    assert shown["data"] == {"contentId": "k", "title": "Notes", **told}


@pytest.mark.parametrize(
    ("kind", "more", "told"),
    [
        (ContentProcessed, {}, {"state": "ready"}),
        (ContentRejected, {"reason": "malware"}, {"state": "rejected", "reason": "malware"}),
        (ContentFailed, {"reason": "broken"}, {"state": "failed", "reason": "broken"}),
    ],
)
def test_an_owner_sees_what_became_of_a_file(
    client: Client, gateway: Gateway, kind: type[Event], more: dict[str, str], told: dict[str, str]
) -> None:
    owner = client.as_("student")
    socket = gateway.connect(owner)
    assert publish(kind.model_validate({"upload_id": "u", "owner_id": owner.user_id, **more})) == 0
    (shown,) = [each for each in socket.got if each["event"] == "sync.status"]
    assert shown["data"] == {"uploadId": "u", **told}


def test_a_user_sees_on_all_devices_how_far_operations_are_settled(client: Client, gateway: Gateway) -> None:
    student = client.as_("student")
    sockets = [gateway.connect(student), gateway.connect(student), gateway.connect(client.as_("eve", "student"))]
    facts = {"user_id": student.user_id, "device_id": "d", "total": 40}
    for state, settled in (("syncing", 11), ("done", 40)):
        assert publish(SyncAdvanced(**facts, state=state, settled=settled)) == 0
    seen = [[each["data"] for each in socket.got if each["event"] == "sync.status"] for socket in sockets]
    assert seen[0] == [
        {"deviceId": "d", "state": "syncing", "syncing": True, "progress": 0.28},
        {"deviceId": "d", "state": "done", "syncing": False, "progress": 1.0},
    ]
    assert (seen[1], seen[2]) == (seen[0], [])


def test_everybody_who_teaches_a_course_sees_what_is_handed_in(client: Client, gateway: Gateway, tenant: str) -> None:
    owner, colleague = client.as_("instructor"), client.as_("colleague", "instructor")
    write_many([Course(course_id="c", instructor_id=owner.user_id, teacher_ids={colleague.user_id}, title="Bread")])
    sockets = [gateway.connect(each) for each in (owner, colleague)]
    submitted = AssignmentSubmitted(
        assignment_id="s", course_id="c", user_id=client.as_("student").user_id, attempt=1, days_late=0
    )
    assert publish(submitted) == 0
    assert [socket.received() for socket in sockets] == [[("assignment.submitted", "user")]] * 2
