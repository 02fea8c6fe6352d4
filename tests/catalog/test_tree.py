"""The catalogue's tree: children are counted, parents with children stay, edits are guarded by their version."""

import pytest

from lyceum.events.questions import QuestionApproved, QuestionRetired
from lyceum.model.catalog import Topic
from lyceum.model.courses.course import Course
from tests.support.http import LAMBDA, Client
from tests.support.story import Story
from tests.support.workers import consumers, record

UNIVERSITY = {"name": "Ogun Valley University", "country": "NG", "website": "https://ovu.example.edu"}


def test_the_tree_is_read_from_its_root(client: Client) -> None:
    admin = client.as_("admin")
    university = admin.post("/api/universities", UNIVERSITY).data
    faculties = [
        admin.post("/api/faculties", {"name": name, "universityId": university["universityId"]}).data
        for name in ("Law", "Arts")
    ]
    shown = client.get(f"/api/universities/{university['universityId']}")
    assert [faculty["name"] for faculty in shown.data["faculties"]] == ["Arts", "Law"]
    assert shown.data["facultyCount"] == 2
    assert shown.headers["Cache-Control"] == "public, max-age=60"
    assert [each["name"] for each in client.get("/api/universities").data] == [UNIVERSITY["name"]]
    assert client.get(f"/api/faculties/{faculties[0]['facultyId']}/departments").data == []
    assert shown.cost.operations == ["GetItem", "Query"]


def test_a_parent_with_children_stays_and_goes_when_empty(client: Client) -> None:
    admin = client.as_("admin")
    university_id = admin.post("/api/universities", UNIVERSITY).data["universityId"]
    faculty_id = admin.post("/api/faculties", {"name": "Law", "universityId": university_id}).data["facultyId"]
    refused = admin.delete(f"/api/universities/{university_id}")
    assert (refused.status, refused.error.code) == (409, "HAS_CHILDREN")
    assert admin.delete(f"/api/faculties/{faculty_id}").status == 200
    assert admin.delete(f"/api/universities/{university_id}").status == 200
    assert client.get(f"/api/universities/{university_id}").status == 404


def test_a_department_with_courses_stays(client: Client) -> None:
    topic_id = Story(client).topic(client.as_("admin"), client.as_("instructor"))
    topic = client.get(f"/api/topics/{topic_id}").data
    assert client.as_("admin").delete(f"/api/departments/{topic['departmentId']}").error.code == "HAS_CHILDREN"
    rows = client.get(f"/api/departments/{topic['departmentId']}/courses").data
    assert [row["code"] for row in rows] == ["MTH 101"]
    assert client.get(f"/api/courses/{topic['courseId']}/topics").data[0]["topicId"] == topic_id


@pytest.mark.parametrize(
    ("path", "parent"),
    [("/api/faculties", "universityId"), ("/api/departments", "facultyId"), ("/api/topics", "courseId")],
)
def test_nothing_hangs_on_a_missing_parent(client: Client, path: str, parent: str) -> None:
    label = "title" if path == "/api/topics" else "name"
    assert client.as_("admin").post(path, {label: "Lost", parent: "0" * 26}).status == 404


def test_an_edit_of_what_changed_meanwhile_is_refused(client: Client) -> None:
    admin = client.as_("admin")
    path = f"/api/universities/{admin.post('/api/universities', UNIVERSITY).data['universityId']}"
    etag = client.get(path).headers["ETag"]
    assert admin.put(path, {**UNIVERSITY, "name": "First"}, if_match=etag).data["name"] == "First"
    refused = admin.put(path, {**UNIVERSITY, "name": "Second"}, if_match=etag)
    assert (refused.status, refused.error.code) == (412, "PRECONDITION_FAILED")
    assert client.get("/api/universities").data[0]["name"] == "First"


def message(event: QuestionApproved | QuestionRetired) -> dict[str, object]:
    return record({"DetailType": event.name, "Source": "lyceum", "Detail": event.model_dump_json(by_alias=True)})


def test_counters_count_each_event_once_and_a_poison_message_fails_alone(client: Client) -> None:
    topic_id = Story(client).topic(client.as_("admin"), client.as_("instructor"))
    course_id = client.get(f"/api/topics/{topic_id}").data["courseId"]
    facts = {"topic_id": topic_id, "course_id": course_id}
    approved = [QuestionApproved(question_id=f"q{number}", author_id="a", **facts) for number in range(7)]
    again = QuestionApproved(question_id="edited", author_id="a", first_time=False, **facts)
    retired = QuestionRetired(question_id="q0", **facts)
    poison = {"messageId": "poison", "body": "{}"}
    batches = [
        [approved[0], approved[1], approved[0]],
        [approved[1], approved[2], again],
        [*approved, retired],
        [retired, *approved[::-1]],
    ]
    for name in ("functions.catalog.events", "functions.courses.events.statistics"):
        for batch in batches:
            answer = consumers()[name].handler({"Records": [poison, *(message(event) for event in batch)]}, LAMBDA)
            assert answer == {"batchItemFailures": [{"itemIdentifier": "poison"}]}
    assert Topic.require(topic_id=topic_id).question_count == 6
    assert Course.require(course_id=course_id).question_count == 6
