"""What a course asks for may change at any time: completions, percentages and grades follow for everyone, once."""

from functools import partial

import pytest

from lyceum.events.courses import QuizPublished, QuizWithdrawn
from lyceum.kit.errors import Conflict
from lyceum.kit.table import Unit
from lyceum.model.courses.enrolments import Enrolment
from tests.assignments.conftest import Term, term
from tests.assignments.test_reports import hand as hand_to
from tests.assignments.test_reports import result
from tests.courses.conftest import COURSE, School
from tests.courses.test_progress import hand, passed_quiz, report_id, sent
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.workers import deliver

from functions.assignments.events import coursework
from functions.assignments.grades.grade_totals import total
from functions.courses.enrolments import progress

__all__ = ["term"]


def settle(client: Client) -> None:
    assert deliver(client.cloud, client.tenant, rounds=6) == 0


def standing(student: Client, course_id: str) -> tuple[int, bool]:
    """Return a student's percentage, and whether the course is completed."""
    shown = student.get(f"/api/courses/{course_id}/progress").data
    return shown["percent"], "completedAt" in shown


def test_a_deleted_lesson_completes_the_course_for_those_who_have_the_rest(client: Client, school: School) -> None:
    course_id, after = school.course(lessons=2), school.course()
    first, second = school.lessons(course_id)
    school.teacher.post(f"/api/courses/{after}/prerequisites", {"prerequisiteId": course_id})
    students = [school.student(course_id, name=name) for name in ("ada", "bola", "chi")]
    for student in students[:2]:
        school.complete(student, first)
    students[1].delete(f"/api/courses/{course_id}/enroll")
    settle(client)
    school.teacher.delete(f"/api/courses/{course_id}/lessons/{second}")
    for _ in range(2):
        settle(client)
    assert [standing(each, course_id) for each in students] == [(100, True), (100, False), (0, False)]
    assert sent(client, "course.completed") == 1
    assert [each.post(f"/api/courses/{after}/enroll").status for each in students] == [201, 422, 422]
    assert "completedAt" in students[1].post(f"/api/courses/{course_id}/enroll").data, "who comes back completes then"
    settle(client)
    assert client.get(f"/api/courses/{course_id}").data["statistics"]["completions"] == 2
    school.lesson(course_id)
    settle(client)
    assert standing(students[0], course_id) == (50, True), "what was completed is never taken away"


def test_a_part_made_optional_completes_the_course(client: Client, school: School) -> None:
    course_id = school.course(lessons=2)
    first, second = school.lessons(course_id)
    student = school.student(course_id)
    school.complete(student, first)
    school.teacher.put(f"/api/courses/{course_id}/lessons/{second}", {"title": "Extra", "isRequired": False})
    settle(client)
    assert standing(student, course_id) == (100, True)


def test_assignments_made_optional_or_deleted_complete_the_course(client: Client, term: Term) -> None:
    first, second, third = (term.assignment(title=title) for title in "ABC")
    term.submit(term.ada, first)
    settle(client)
    fields = {"title": "B", "points": "20", "isRequired": False}
    assert term.teacher.put(f"/api/assignments/{second}", fields).status == 200
    settle(client)
    assert standing(term.ada, term.course_id) == (50, False)
    term.teacher.delete(f"/api/assignments/{third}")
    settle(client)
    assert standing(term.ada, term.course_id) == (100, True)


def test_a_withdrawn_quiz_completes_the_course(client: Client, school: School) -> None:
    course_id = school.course(lessons=1)
    student = school.student(course_id)
    hand(QuizPublished(quiz_id="q1", course_id=course_id, title="Sets"))
    school.complete(student, school.lessons(course_id)[0])
    hand(QuizWithdrawn(quiz_id="q1", course_id=course_id))
    settle(client)
    assert standing(student, course_id) == (100, True)


def test_what_is_passed_before_the_quiz_is_listed_or_after_one_left_is_kept(client: Client, school: School) -> None:
    course_id = school.course(lessons=1)
    student = school.student(course_id)
    school.complete(student, school.lessons(course_id)[0])
    hand(passed_quiz(student, course_id, "q1"))
    student.delete(f"/api/courses/{course_id}/enroll")
    hand(passed_quiz(student, course_id, "q2"))
    hand(*(QuizPublished(quiz_id=each, course_id=course_id, title=each) for each in ("q1", "q2")))
    settle(client)
    student.post(f"/api/courses/{course_id}/enroll")
    assert student.get(f"/api/courses/{course_id}/progress").data["quizzes"] == {"completed": 2, "total": 2}


def test_a_lesson_completed_while_another_is_deleted_completes_the_course(school: School) -> None:
    course_id = school.course(lessons=2)
    first, second = school.lessons(course_id)
    student = school.student(course_id)
    mine = {"course_id": course_id, "user_id": student.user_id}
    before, stale = (Enrolment.require(**mine) for _ in range(2))
    school.teacher.delete(f"/api/courses/{course_id}/lessons/{second}")
    progress.settle_all(course_id, [before])
    with pytest.raises(Conflict):
        Unit().replace(stale).commit()
    school.complete(student, first)
    assert standing(student, course_id) == (100, True)


def test_each_lesson_has_the_time_of_its_completion(clock: Clock, school: School) -> None:
    course_id = school.course(lessons=2)
    student, lessons = school.student(course_id), school.lessons(course_id)
    times = []
    for lesson_id in lessons:
        clock.advance(hours=1)
        times.append(clock.at.strftime("%Y-%m-%dT%H:%M:%S.000Z"))
        school.complete(student, lesson_id)
    school.complete(student, lessons[0])
    shown = student.get(f"/api/courses/{course_id}/progress").data["lessonCompletions"]
    assert [(each["lessonId"], each["completedAt"]) for each in shown] == list(zip(lessons, times, strict=True))
    unknown = Enrolment.require(course_id=course_id, user_id=student.user_id)
    unknown.lesson_completions = {}
    Unit().replace(unknown).commit()
    shown = student.get(f"/api/courses/{course_id}/progress").data["lessonCompletions"]
    assert [list(each) for each in shown] == [["lessonId"], ["lessonId"]], "an older completion has no time"


def test_titles_and_categories_of_grades_are_those_of_now(client: Client, term: Term) -> None:
    grading = {"weights": {"homework": 1, "project": 3}}
    term.teacher.put(f"/api/courses/{term.course_id}", {**COURSE, "timeZone": "Africa/Lagos", "grading": grading})
    first, second = term.assignment(title="A"), term.assignment(title="B")
    for assignment_id, points in ((first, "20"), (second, "10")):
        term.submit(term.ada, assignment_id)
        term.grade(assignment_id, term.ada, points)
    path = f"/api/grades/{term.ada.user_id}"
    assert term.ada.get(path).data["courses"][0]["percent"] == "75.00"
    term.teacher.put(f"/api/assignments/{second}", {"title": "Project", "points": "20", "category": "project"})
    (course,) = term.ada.get(path).data["courses"]
    assert course["percent"] == "62.50"
    assert {(each["title"], each["category"]) for each in course["grades"]} == {
        ("A", "homework"),
        ("Project", "project"),
    }
    book = term.teacher.get(f"/api/courses/{term.course_id}/gradebook").data
    assert [row["percent"] for row in book["rows"] if row["student"]["userId"] == term.ada.user_id] == ["62.50"]


def test_a_withdrawn_quiz_counts_no_longer_as_a_deleted_assignment_does(client: Client, term: Term) -> None:
    of_ada = partial(result, term.ada, term.course_id)
    hand(QuizPublished(quiz_id="q1", course_id=term.course_id, title="Sets"))
    assert hand_to(coursework.consumer, of_ada("first", "6")) == 0
    path = f"/api/grades/{term.ada.user_id}"
    assert term.ada.get(path).data["courses"][0]["percent"] == "60.00"
    hand(QuizPublished(quiz_id="q1", course_id=term.course_id, title="Sets and maps"))
    assert term.ada.get(path).data["courses"][0]["grades"][0]["title"] == "Sets and maps"
    hand(QuizWithdrawn(quiz_id="q1", course_id=term.course_id))
    (course,) = term.ada.get(path).data["courses"]
    assert [each["counts"] for each in course["grades"]] == [False]
    assert "percent" not in course


def entry(points: str, most: str, category: str) -> dict[str, str]:
    return {"points": points, "max_points": most, "category": category}


def test_a_category_with_nothing_to_earn_does_not_count() -> None:
    entries = {"a": entry("8", "10", "homework"), "b": entry("0", "0", "project")}
    counted = total(entries, {"weights": {"homework": 30, "project": 70}})
    assert (str(counted.percent), list(counted.categories)) == ("80.00", ["homework"])
    assert total({"b": entries["b"]}, None).percent is None


def test_a_category_outside_the_weights_weighs_as_the_lightest() -> None:
    entries = {"a": entry("10", "10", "project"), "b": entry("0", "10", "lab")}
    counted = total(entries, {"weights": {"homework": 25, "project": 75}})
    assert (str(counted.percent), counted.categories["lab"][0]) == ("75.00", 25)


def test_study_time_is_counted_by_the_servers_own_bounds(clock: Clock, school: School) -> None:
    course_id = school.course(lessons=1)
    (lesson_id,) = school.lessons(course_id)
    student = school.student(course_id)

    def report(identity: str, seconds: int = 300) -> int:
        reply = student.post(f"/api/lessons/{lesson_id}/time", {"beatId": identity, "seconds": seconds})
        return int(reply.data["countedSeconds"])

    clock.advance(minutes=10)
    assert report("7" + "Z" * 25) == 300, "a clock that is far ahead"
    early, late = report_id(clock, 1), report_id(clock, 2)
    assert [report(late), report(early)] == [300, 0], "two reports for the time that is left of ten minutes"
    clock.advance(minutes=5)
    assert [report("0" * 26), report(report_id(clock, 3))] == [300, 0], "a clock that is far behind"
    clock.advance(days=3)
    assert sum(report(report_id(clock, 100 + number)) for number in range(20)) == 3600, "a burst counts for an hour"
    assert report("7" + "Z" * 25) == 0
