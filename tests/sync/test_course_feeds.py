"""What changes in a course reaches the devices of all who are in it, in order, and of nobody else."""

from collections.abc import Callable
from functools import partial
from typing import Any

from lyceum.events.courses import CourseDeleted, CoursePartChanged, QuizPublished, QuizWithdrawn
from lyceum.kit import clock as clocks
from lyceum.kit import ids
from lyceum.kit.table import find_all
from lyceum.model.sync import CourseFeedChange, CourseFeedPosition
from tests.courses.conftest import School, school
from tests.support.clock import Clock
from tests.support.threads import at_once
from tests.sync.test_pull import everything

from functions.sync import course_feeds, events, feed

__all__ = ["school"]
Work = Callable[[], None]


def told(changes: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(each["type"], None if each["isRemoved"] else each["value"].get("title")) for each in changes]


def test_lessons_assignments_and_announcements_of_a_course_reach_who_is_in_it(school: School, work: Work) -> None:
    course = school.course(lessons=1)
    student, other = school.student(course), school.client.as_("other", "student")
    work()
    (_, cursor), (_, other_cursor) = everything(student), everything(other)
    lesson = school.lesson(course, title="Sets")
    teacher = school.teacher
    work_due = {"courseId": course, "title": "Essay", "points": "10", "dueAt": "2030-01-01T10:00:00Z"}
    assignment = teacher.post("/api/assignments", work_due).data["assignmentId"]
    teacher.post("/api/announcements", {"courseId": course, "title": "Monday", "body": "No class."})
    work()
    changes, cursor = everything(student, cursor)
    assert told(changes) == [("lesson", "Sets"), ("assignment", "Essay"), ("announcement", "Monday")]
    by_type = {each["type"]: each for each in changes}
    assert by_type["lesson"]["key"] == lesson and by_type["lesson"]["value"]["courseId"] == course
    assert by_type["assignment"]["value"]["dueAt"].startswith("2030-01-01T10:00:00")
    assert everything(other, other_cursor) == ([], other_cursor)
    teacher.delete(f"/api/courses/{course}/lessons/{lesson}")
    teacher.delete(f"/api/assignments/{assignment}")
    work()
    changes, _ = everything(student, cursor)
    assert told(changes) == [("lesson", None), ("assignment", None)]


def test_an_edited_part_is_told_once_as_it_is_now(school: School, work: Work) -> None:
    course = school.course(lessons=2)
    student = school.student(course)
    first, second = school.lessons(course)
    work()
    _, cursor = everything(student)
    for title in ("One", "Two", "Three"):
        school.teacher.put(f"/api/courses/{course}/lessons/{first}", {"title": title})
    school.teacher.put(f"/api/courses/{course}/lessons/order", {"lessonIds": [second, first]})
    work()
    changes, cursor = everything(student, cursor)
    assert sorted(told(changes), key=str) == [("lesson", "Three"), ("lessonOrder", None)]
    rows = find_all(CourseFeedChange, course_id=course, from_sort="0", to_sort=course_feeds.LAST)
    assert [row.key for row in rows if row.type == "lesson"] == [first]
    assert everything(student, cursor) == ([], cursor)


def test_a_course_is_told_of_from_entering_to_leaving_it(school: School, work: Work) -> None:
    course = school.course(lessons=1)
    student = school.client.as_("student", "student")
    work()
    _, cursor = everything(student)
    student.post(f"/api/courses/{course}/enroll", {})
    work()
    changes, cursor = everything(student, cursor)
    assert [each["type"] for each in changes] == ["course"]
    school.lesson(course, title="While in")
    work()
    changes, cursor = everything(student, cursor)
    assert told(changes) == [("lesson", "While in")]
    student.delete(f"/api/courses/{course}/enroll")
    school.lesson(course, title="After")
    work()
    changes, cursor = everything(student, cursor)
    assert [each["type"] for each in changes] == ["course"]
    assert everything(student, cursor)[0] == []


def test_pages_of_two_courses_lose_nothing_and_cost_three_requests(school: School, work: Work) -> None:
    courses = [school.course(), school.course()]
    student = school.student(*courses)
    work()
    _, cursor = everything(student)
    titles = {f"{course[-3:]} {number}" for course in courses for number in range(5)} | {f"{courses[0][-3:]} 5"}
    for course in courses:
        for number in range(5):
            school.lesson(course, title=f"{course[-3:]} {number}")
    student.post("/api/notes", {"lessonId": school.lesson(courses[0], title=f"{courses[0][-3:]} 5"), "text": "Mine."})
    work()
    changes, cursor = everything(student, cursor, limit=2)
    assert changes[0]["type"] == "note"
    assert {title for kind, title in told(changes[1:])} == titles
    idle = student.get("/api/sync/pull", {"cursor": cursor})
    assert idle.cost.requests == 2 and idle.data["cursor"] == cursor
    again = student.get("/api/sync/pull", {"cursor": cursor}, if_none_match=idle.headers["ETag"])
    assert again.status == 304


def test_quizzes_come_and_go_and_a_course_that_is_deleted_says_so(school: School, work: Work, clock: Clock) -> None:
    course = school.course()
    student = school.student(course)
    work()
    _, cursor = everything(student)
    quiz = ids.new_id()
    unit: Any = None
    events.note_quiz(QuizPublished(quiz_id=quiz, course_id=course, title="Week 1"), unit)
    changes, cursor = everything(student, cursor)
    assert told(changes) == [("quiz", "Week 1")]
    events.note_gone_quiz(QuizWithdrawn(quiz_id=quiz, course_id=course), unit)
    events.note_card(CourseDeleted(course_id=course, instructor_id="i", title="t"), unit)
    changes, _ = everything(student, cursor)
    assert told(changes) == [("quiz", None), ("courseCard", None)]
    assert CourseFeedPosition.fetch(course_id=course).ttl is not None  # type: ignore[union-attr]


def test_no_row_of_a_course_comes_behind_a_reader(school: School, work: Work) -> None:
    course = school.course()
    student = school.student(course)
    work()
    _, cursor = everything(student)
    keys, seen = [ids.new_id() for _ in range(30)], list[str]()

    def read() -> None:
        nonlocal cursor
        changes, cursor = everything(student, cursor)
        seen.extend(each["key"] for each in changes)

    for start in range(0, 30, 6):
        at_once(
            *(
                partial(feed.add_to_course, course, "lesson", key, clocks.now(), title="x")
                for key in keys[start : start + 6]
            ),
            read,
        )
    read()
    assert sorted(seen) == sorted(keys)


def test_of_more_courses_than_a_cursor_holds_the_last_are_told() -> None:
    from functions.sync.schemas import Change

    entered = [Change(type="course", key=f"{n:02d}", value={"state": "active"}) for n in range(course_feeds.MOST + 2)]
    places = course_feeds.after({}, entered)
    assert list(places) == [f"{n:02d}" for n in range(2, course_feeds.MOST + 2)]
    left = Change(type="course", key="05", value={"state": "left"})
    assert "05" not in course_feeds.after(places, [left])


def test_an_older_event_that_arrives_late_does_not_bring_back_what_went(
    school: School, work: Work, clock: Clock
) -> None:
    course = school.course()
    student = school.student(course)
    work()
    _, cursor = everything(student)
    lesson = ids.new_id()
    unit: Any = None
    edited = CoursePartChanged(course_id=course, part="lesson", part_id=lesson, title="Edited")
    clock.advance(seconds=1)
    removed = CoursePartChanged(course_id=course, part="lesson", part_id=lesson, is_removed=True)
    for event in (removed, edited, removed):
        events.note_part(event, unit)
    changes, _ = everything(student, cursor)
    assert told(changes) == [("lesson", None)]
