"""Practice tests, quizzes and papers: making, changing, publishing, and whose they are."""

import json
from typing import Any

import pytest

from lyceum.kit import clock as clocks
from lyceum.kit.table import find, write_many
from lyceum.model.audit import AuditEvent
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.rules.questions.storage import listed
from tests.exams.conftest import CANARY, Bank, Publisher
from tests.support import workers
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import Client

NOTHING = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


@pytest.fixture
def course(client: Client, tenant: str) -> str:
    """A course of the instructor's."""
    write_many(
        [
            Course(
                course_id="C" * 26,
                department_id="D",
                instructor_id=client.as_("instructor").user_id,
                code="MTH 101",
                title="Algebra",
                level=100,
                credit_units=3,
            )
        ]
    )
    return "C" * 26


def quiz(publisher: Publisher, course_id: str, **values: Any) -> Any:
    publisher.bank.topic(2)
    body = {
        "title": "Week 1",
        "courseId": course_id,
        "questionIds": publisher.bank.ids[-2:],
        "published": True,
        **values,
    }
    return publisher.instructor.post("/api/quizzes", body)


def test_students_see_what_a_test_is_and_never_what_it_asks(publisher: Publisher, client: Client) -> None:
    test = publisher.test(rules={"attempts": 2, "passingPercent": "60"})
    path = f"/api/practice-tests/{test['assessmentId']}"
    owner, student = publisher.instructor.get(path), client.as_("student").get(path)
    assert len(owner.data["questionIds"]) == 4
    assert not {"questionIds", "seed", "rules", "accommodations"} & student.data.keys()
    shared = (
        "title",
        "subject",
        "gradeLevel",
        "questionCount",
        "maxScore",
        "attempts",
        "passingPercent",
        "durationSeconds",
        "state",
    )
    assert [student.data[name] for name in shared] == ["Sets", "Mathematics", "SS3", 4, "4", 2, "60", 3600, "published"]
    assert student.cost.operations == ["BatchGetItem"]
    assert not any(question in student.body for question in publisher.bank.ids)


def test_a_draft_is_its_owners_until_it_is_published(publisher: Publisher, client: Client) -> None:
    test = publisher.test(published=False)
    path, student = f"/api/practice-tests/{test['assessmentId']}", client.as_("student")
    assert [student.get(path).status, publisher.start(test).status] == [404, 404]
    assert student.get("/api/practice-tests").data == []
    assert publisher.instructor.put(path, {"published": True}).data["state"] == "published"
    assert [student.get(path).status, publisher.start(test).status] == [200, 201]
    publisher.instructor.put(path, {"published": False})
    assert publisher.start(test, "eve").status == 404


def test_tests_are_listed_by_subject_and_grade_level(publisher: Publisher, client: Client) -> None:
    for subject, grade in (("Mathematics", "SS3"), ("Mathematics", "SS2"), ("Physics", "SS3")):
        publisher.test(1, subject=subject, gradeLevel=grade, title=f"{subject} {grade}")

    def titles(**query: str) -> list[str]:
        reply = client.as_("mentor").get("/api/practice-tests", query)
        assert reply.cost.requests == 1
        return [test["title"] for test in reply.data]

    assert titles() == ["Mathematics SS2", "Mathematics SS3", "Physics SS3"]
    assert titles(subject="mathematics") == ["Mathematics SS2", "Mathematics SS3"]
    assert titles(subject="Mathematics", gradeLevel="ss3") == ["Mathematics SS3"]
    assert titles(gradeLevel="SS3") == ["Mathematics SS3", "Physics SS3"]
    first = client.as_("mentor").get("/api/practice-tests", {"limit": 2})
    rest = client.as_("mentor").get("/api/practice-tests", {"limit": 2, "cursor": first.pagination["nextCursor"]})
    assert [test["title"] for test in rest.data] == ["Physics SS3"]


@pytest.mark.parametrize(("who", "status"), [("student", 404), ("other", 404), ("moderator", 404), ("admin", 200)])
def test_what_is_anothers_is_not_there(publisher: Publisher, client: Client, who: str, status: int) -> None:
    test = publisher.test()
    caller = client.as_(who, "instructor" if who == "other" else who)
    path = f"/api/practice-tests/{test['assessmentId']}"
    assert caller.get(f"{path}/analytics").status == status
    assert caller.put(path, {"title": "Mine"}).status == status
    assert caller.delete(path).status == status


def test_a_deleted_test_is_gone_and_its_results_stay(publisher: Publisher, client: Client) -> None:
    test = publisher.test()
    running = publisher.begin(test)
    path = f"/api/practice-tests/{test['assessmentId']}"
    assert publisher.instructor.delete(path).data == {"id": test["assessmentId"]}
    for caller in (publisher.instructor, running.student):
        assert [caller.get(path).status, caller.delete(path).status] == [404, 404]
    assert client.as_("student").get("/api/practice-tests").data == []
    running.answer()
    assert running.submit().data["score"] == "1.00"
    assert running.student.get(f"{path}/results/{running.id}").data["score"] == "1.00"


def test_a_stale_change_is_refused(publisher: Publisher) -> None:
    test = publisher.test()
    path = f"/api/practice-tests/{test['assessmentId']}"
    etag = publisher.instructor.get(path).headers["ETag"]
    assert publisher.instructor.put(path, {"title": "One"}, if_match=etag).status == 200
    assert publisher.instructor.put(path, {"title": "Two"}, if_match=etag).status == 412
    assert publisher.instructor.delete(path, if_match=etag).status == 412


@pytest.mark.parametrize(("values", "field"), [
    ({"subject": "Maths#1"}, "subject"), ({"questionIds": []}, "questionIds"),
    ({"rules": {"attempts": 0}}, "rules.attempts"),
    ({"rules": {"allowedNetworks": ["300.1.1.1/8"]}}, "rules.allowedNetworks[0]"),
    ({"rules": {"durationSeconds": 59}}, "rules.durationSeconds"),
    ({"rules": {"partialCredit": {"multiple": "half"}}}, "rules.partialCredit.multiple"), ({"surprise": 1}, "surprise"),
])  # fmt: skip
def test_wrong_fields_are_named(publisher: Publisher, values: dict[str, Any], field: str) -> None:
    body = {"title": "Sets", "subject": "Maths", "gradeLevel": "SS3", "questionIds": ["q"], **values}
    refused = publisher.instructor.post("/api/practice-tests", body)
    assert (refused.status, refused.error.fields) == (400, {field})


def test_questions_that_can_not_be_used_are_each_named(publisher: Publisher, bank: Bank) -> None:
    bank.topic(1)
    bank.topic(1, status="retired")
    body = {"title": "Sets", "subject": "Maths", "gradeLevel": "SS3", "questionIds": [*bank.ids, "nothing"]}
    refused = publisher.instructor.post("/api/practice-tests", body)
    assert refused.status == 422
    assert {detail["message"] for detail in refused.error.details} == {
        f"There is no approved question {bank.ids[1]}.", "There is no approved question nothing.",
    }  # fmt: skip


def test_l4_what_only_an_exam_asks_is_drawn_for_nobody_else(publisher: Publisher, client: Client, bank: Bank) -> None:
    owner = publisher.instructor.user_id
    topic = bank.topic(2, status="pending", author_id=owner)
    test = publisher.test(questions=bank.ids)
    assert len(publisher.begin(test).questions) == 2
    student = client.as_("eve", "student")
    assert student.post("/api/exams/start", {"mode": "practice", "topicIds": [topic], "count": 1}).error.fields == {
        "NOT_ENOUGH_QUESTIONS"
    }
    assert student.post("/api/exams/start", {"mode": "practice", "questionIds": bank.ids}).error.fields == {
        "UNKNOWN_QUESTION"
    }
    other = client.as_("other", "instructor")
    assert (
        other.post(
            "/api/practice-tests", {"title": "x", "subject": "M", "gradeLevel": "1", "questionIds": bank.ids}
        ).status
        == 422
    )


def test_l4_what_an_open_window_asks_is_drawn_listed_and_shown_to_nobody_else(
    publisher: Publisher, client: Client, bank: Bank, cloud: Cloud, tenant: str, clock: Clock
) -> None:
    topic = bank.topic(3)
    write_many([entry for question in bank.questions.values() for entry in listed(question)])
    window = {"closesAt": "2027-01-11T12:00:00", "timeZone": "UTC"}
    test = publisher.test(
        questions=bank.ids[:2],
        rules={"window": window, "feedback": "after_window", "durationSeconds": 600, "graceSeconds": 0},
    )
    workers.deliver(cloud, tenant, only="questions")
    student = client.as_("eve", "student")

    def seen() -> list[int]:
        drawn = student.post("/api/exams/start", {"mode": "practice", "topicIds": [topic], "count": 3}).status
        named = student.post("/api/exams/start", {"mode": "practice", "questionIds": bank.ids[:2]}).status
        random = student.get("/api/questions/random", {"topicId": topic, "count": 3}).status
        found = len(student.get("/api/questions").data)
        return [drawn, named, random, found, student.get(f"/api/questions/{bank.ids[0]}").status]

    assert seen() == [422, 422, 200, 1, 404]
    drawn = client.as_("joe", "student").get("/api/questions/random", {"topicId": topic, "count": 3}).data["questions"]
    assert [question["questionId"] for question in drawn] == bank.ids[2:]
    assert len(publisher.instructor.get("/api/questions").data) == 3
    assert len(publisher.begin(test).questions) == 2
    clock.move_to(clock.at.replace(hour=12, minute=1))
    assert seen() == [201, 201, 200, 3, 200]


def test_a_quiz_is_made_for_ones_own_course_and_told_to_it(
    publisher: Publisher, client: Client, course: str, tenant: str
) -> None:
    made = quiz(publisher, course, lessonId="L1", isRequired=False, rules={"attempts": 1, "durationSeconds": 600})
    assert made.status == 201
    other = client.as_("other", "instructor")
    assert (
        other.post("/api/quizzes", {"title": "x", "courseId": course, "questionIds": publisher.bank.ids}).status == 404
    )
    assert (
        publisher.instructor.post("/api/quizzes", {"title": "x", "courseId": NOTHING, "questionIds": ["q"]}).status
        == 404
    )
    (told,) = [entry for entry in client.cloud.outbox(tenant) if entry["DetailType"] == "quiz.published"]
    detail = json.loads(told["Detail"])
    assert (detail["quizId"], detail["courseId"], detail["title"], detail["lessonId"], detail["isRequired"]) == (
        made.data["assessmentId"], course, "Week 1", "L1", False,
    )  # fmt: skip
    path = f"/api/quizzes/{made.data['assessmentId']}"
    assert publisher.instructor.put(path, {"title": "Week one", "isRequired": True}).data["isRequired"] is True
    publisher.instructor.delete(path)
    assert [
        entry["DetailType"] for entry in client.cloud.outbox(tenant) if entry["DetailType"].startswith("quiz.")
    ] == ["quiz.withdrawn"]


@pytest.mark.parametrize("mode", ["quiz", "assignment"])
def test_a_quiz_tells_its_course_when_it_is_completed(
    publisher: Publisher, client: Client, course: str, mode: str
) -> None:
    from tests.exams.conftest import Running

    made = quiz(publisher, course, mode=mode).data
    student = client.as_("student")
    write_many([Enrolment(course_id=course, user_id=student.user_id, state="active", enrolled_at=clocks.now())])
    running = Running(student, student.post(f"/api/quizzes/{made['assessmentId']}/start", {}).data)
    assert running.state["mode"] == mode
    for question in running.questions:
        running.answer(question)
    running.submit()
    told = json.loads(running.events("exam.completed")[0]["Detail"])
    assert (told["courseId"], told["quizId"], told["passed"]) == (course, made["assessmentId"], True)


def test_results_of_a_quiz_are_the_owners(publisher: Publisher, client: Client, course: str, deliver: Any) -> None:
    from tests.exams.conftest import Running

    made = quiz(publisher, course).data
    path = f"/api/quizzes/{made['assessmentId']}"
    for name, options in (("ada", "bb"), ("eve", "ba"), ("joe", "")):
        student = client.as_(name, "student")
        write_many([Enrolment(course_id=course, user_id=student.user_id, state="active", enrolled_at=clocks.now())])
        running = Running(student, student.post(f"{path}/start", {}).data)
        for question, option in zip(running.questions, options, strict=False):
            running.answer(question, option)
        if name != "joe":
            running.submit()
    deliver()
    reply = publisher.instructor.get(f"{path}/results", {"limit": 2})
    assert reply.cost.operations == ["BatchGetItem", "GetItem", "Query"]
    assert [(row["state"], row["percent"], row["isPassed"]) for row in reply.data["results"]] == [
        ("finished", "100.00", True),
        ("finished", "50.00", True),
    ]
    assert (reply.data["distribution"]["attempts"], reply.data["distribution"]["meanPercent"]) == (2, "75.00")
    rest = publisher.instructor.get(f"{path}/results", {"limit": 2, "cursor": reply.data["nextCursor"]})
    assert [row["state"] for row in rest.data["results"]] == ["running"]
    assert client.as_("other", "instructor").get(f"{path}/results").status == 404
    assert publisher.instructor.get(f"/api/quizzes/{NOTHING}/results").status == 404
    for forced in ({}, {"force": "true"}):
        refused = publisher.instructor.send("DELETE", path, None, forced)
        assert (refused.status, refused.error.code) == (409, "HAS_GRADES")
    assert client.as_("admin").send("DELETE", path).status == 409
    assert client.as_("admin").send("DELETE", path, None, {"force": "true"}).status == 200


def test_a_paper_is_its_authors_with_its_marking_scheme(publisher: Publisher, client: Client, bank: Bank) -> None:
    topic = bank.topic(6)
    sections = [{"title": "A", "topicIds": [topic], "count": 4, "marksEach": "2"}]
    made = publisher.instructor.post(
        "/api/papers/generate", {"title": "Mock", "blueprint": {"sections": sections, "seed": "s1"}}
    )
    assert made.status == 201
    paper = publisher.instructor.get(f"/api/papers/{made.data['assessmentId']}")
    assert paper.data["forms"] == made.data["forms"]
    (form,) = paper.data["forms"]
    assert {question["marks"] for question in form["questions"]} == {"2"}
    assert {tuple(question["correctOptionIds"]) for question in form["questions"]} == {("b",)}
    assert form["questions"][0]["explanation"].startswith(CANARY)
    assert paper.cost.operations == ["BatchGetItem", "BatchGetItem"]
    for caller, status in (
        (client.as_("other", "instructor"), 404),
        (client.as_("student"), 403),
        (client.as_("admin"), 422),
    ):
        assert caller.get(f"/api/papers/{made.data['assessmentId']}").status == status


def test_u3_reading_anothers_paper_needs_a_reason_that_is_logged(
    publisher: Publisher, client: Client, bank: Bank
) -> None:
    sections = [{"title": "A", "topicIds": [bank.topic(2)], "count": 2}]
    made = publisher.instructor.post(
        "/api/papers/generate", {"title": "Mock", "blueprint": {"sections": sections}}
    ).data
    admin, path = client.as_("admin"), f"/api/papers/{made['assessmentId']}"
    assert admin.get(path).error.fields == {"REASON_MISSING"}
    read = admin.get(path, {"reason": "A complaint"})
    rights = ["BatchGetItem"]  # of who administers they are read afresh
    asked = [*rights, "BatchGetItem", "PutItem", "BatchGetItem"]
    assert (read.data["forms"], read.cost.operations) == (made["forms"], asked)
    (logged,) = find(AuditEvent, subject_id=made["assessmentId"]).items
    assert (logged.action, logged.actor_id, logged.reason) == ("paper.read", admin.user_id, "A complaint")


def test_a_published_paper_is_sat_with_its_sections(publisher: Publisher, client: Client, bank: Bank) -> None:
    from tests.exams.conftest import Running

    topics = [bank.topic(4), bank.topic(4)]
    sections = [
        {"title": "A", "topicIds": [topics[0]], "count": 2, "scaleTo": "100"},
        {
            "title": "B",
            "topicIds": [topics[1]],
            "count": 3,
            "marksEach": "10",
            "answer": 2,
            "instructions": "Answer 2 of 3.",
        },
    ]
    body = {"title": "Mock", "blueprint": {"sections": sections}, "published": True, "forms": 1}
    made = publisher.instructor.post("/api/papers/generate", body).data
    student = client.as_("student")
    running = Running(
        student, student.post("/api/exams/start", {"assessmentId": made["assessmentId"], "mode": "paper"}).data
    )
    assert (running.state["maxScore"], [section["title"] for section in running.state["sections"]]) == (
        "120.00",
        ["A", "B"],
    )
    by_section = [[q["questionId"] for q in running.state["questions"] if q["section"] == number] for number in (0, 1)]
    assert [len(part) for part in by_section] == [2, 3]
    running.answer(by_section[0][0])
    for question in by_section[1]:
        running.answer(question)
    assert running.submit().data["score"] == "70.00"
    result = running.summary().data
    assert [(part["title"], part["score"], part["maxScore"]) for part in result["sections"]] == [
        ("A", "50.00", "100.00"),
        ("B", "20.00", "20.00"),
    ]
    assert sum(question["counted"] for question in result["questions"] if question["section"] == 1) == 2
