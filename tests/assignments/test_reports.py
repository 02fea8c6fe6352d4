"""Grade reports and gradebooks: weighted, lettered, complete, for those they concern."""

import csv
import io
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyceum.events.courses import QuizPublished
from lyceum.events.exams import ExamCompleted, ExamGraded, ExamReleased
from lyceum.kit import clock
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.event import Event
from lyceum.kit.table import write_many
from lyceum.model.assignments import GradeSheet
from lyceum.model.courses.enrolments import Enrolment
from tests.assignments.conftest import Term
from tests.courses.conftest import COURSE, School
from tests.support.http import LAMBDA, Client
from tests.support.workers import record

from functions.assignments.events import coursework
from functions.assignments.grades.grade_totals import letter, total
from functions.courses.events import progress

GRADING = {
    "weights": {"homework": 30, "project": 50, "quiz": 20},
    "letters": [{"letter": "P", "fromPercent": 50}, {"letter": "F", "fromPercent": 0}],
}


def hand(consumer: Consumer, *events: Event) -> int:
    entries = [
        {"DetailType": event.name, "Source": "lyceum", "Detail": event.model_dump_json(by_alias=True)}
        for event in events
    ]
    return len(consumer.handler({"Records": [record(entry) for entry in entries]}, LAMBDA)["batchItemFailures"])


def quiz_result(student: Client, course_id: str, score: int) -> ExamCompleted:
    facts = {
        "mode": "quiz",
        "cause": "submitted",
        "passed": True,
        "finished_at": "2027-01-11T09:00:00Z",
        "topic_ids": [],
        "percent": 10 * score,
    }
    return ExamCompleted.model_validate(
        {
            **facts,
            "exam_id": f"e{score}",
            "user_id": student.user_id,
            "score": score,
            "max_score": 10,
            "course_id": course_id,
            "quiz_id": "q1",
        }
    )


def result(
    student: Client,
    course_id: str,
    exam_id: str,
    score: str | None,
    *,
    kind: type[Event] = ExamCompleted,
    **values: Any,
) -> Event:
    facts = {
        "mode": "quiz",
        "cause": "submitted",
        "passed": True,
        "finished_at": "2027-01-11T09:00:00Z",
        "topic_ids": [],
        "revision": 1,
        "max_score": 10,
    }
    scored = {"score": score, "percent": score and Decimal(score) * 10}
    return kind.model_validate(
        {
            **facts,
            **scored,
            "exam_id": exam_id,
            "user_id": student.user_id,
            "course_id": course_id,
            "quiz_id": "q1",
            **values,
        }
    )


def quiz_points(term: Term) -> list[str]:
    courses = term.ada.get(f"/api/grades/{term.ada.user_id}").data["courses"]
    return [grade["points"] for course in courses for grade in course["grades"]]


def test_g6_the_best_attempt_at_a_quiz_counts_once_each_is_complete(term: Term) -> None:
    of_ada = partial(result, term.ada, term.course_id)
    assert hand(coursework.consumer, of_ada("first", "6"), of_ada("second", None)) == 0
    assert quiz_points(term) == ["6"]
    assert hand(coursework.consumer, of_ada("second", "8", kind=ExamGraded), of_ada("third", "7")) == 0
    assert quiz_points(term) == ["8"]


def test_r3_a_regrade_reaches_the_grade_sheet_exactly_once_in_any_order(term: Term) -> None:
    of_ada = partial(result, term.ada, term.course_id)
    regraded = of_ada("first", "4", kind=ExamGraded, revision=2, earlier_revision=1)
    assert hand(coursework.consumer, of_ada("first", "9"), of_ada("second", "7"), regraded, regraded) == 0
    assert quiz_points(term) == ["7"], "what was best was lowered, and the other attempt is better now"
    assert hand(coursework.consumer, of_ada("third", "8", kind=ExamGraded, revision=2), of_ada("third", "10")) == 0
    assert quiz_points(term) == ["8"], "an earlier revision that comes late changes nothing"


def test_l1_a_grade_that_may_not_be_told_waits_for_its_release(term: Term) -> None:
    of_ada = partial(result, term.ada, term.course_id)
    assert hand(coursework.consumer, of_ada("first", "9", is_released=False)) == 0
    assert quiz_points(term) == []
    assert hand(coursework.consumer, of_ada("first", "9", kind=ExamReleased)) == 0
    assert quiz_points(term) == ["9"]


def graded(term: Term, student: Client, points: str, **fields: Any) -> str:
    assignment_id = term.assignment(**fields)
    term.submit(student, assignment_id)
    assert term.grade(assignment_id, student, points).status == 200
    return assignment_id


def test_a_report_weighs_categories_and_gives_the_courses_letters(term: Term) -> None:
    term.teacher.put(f"/api/courses/{term.course_id}", {**COURSE, "timeZone": "Africa/Lagos", "grading": GRADING})
    graded(term, term.ada, "10")
    graded(term, term.ada, "20")
    path = f"/api/grades/{term.ada.user_id}"
    (course,) = term.ada.get(path).data["courses"]
    assert (course["percent"], course["letter"]) == ("75.00", "P"), "the weights of what is not graded yet are spread"
    graded(term, term.ada, "8", category="project")
    hand(progress.consumer, QuizPublished(quiz_id="q1", course_id=term.course_id, title="Sets"))
    assert (
        hand(
            coursework.consumer,
            quiz_result(term.ada, term.course_id, 5),
            quiz_result(term.ada, term.course_id, 9),
            quiz_result(term.ada, term.course_id, 7),
        )
        == 0
    )
    reply = term.ada.get(path)
    (course,) = reply.data["courses"]
    assert course["categories"] == [
        {"category": "homework", "weight": 30, "percent": "75.00"},
        {"category": "project", "weight": 50, "percent": "40.00"},
        {"category": "quiz", "weight": 20, "percent": "90.00"},
    ]
    assert (course["percent"], course["letter"]) == ("60.50", "P")
    assert {grade["title"] for grade in course["grades"]} == {"Essay", "Sets"}
    assert reply.cost.operations == ["Query", "BatchGetItem"]


def test_a_report_is_for_its_student_and_for_instructors_of_its_courses(term: Term) -> None:
    graded(term, term.ada, "10")
    path, client = f"/api/grades/{term.ada.user_id}", term.school.client
    assert term.bola.get(path).status == 403
    shown = {
        name: len(client.as_(name, role).get(path).data["courses"])
        for name, role in (("instructor", "instructor"), ("eve", "instructor"), ("admin", "admin"))
    }
    assert shown == {"instructor": 1, "eve": 0, "admin": 1}
    assert client.of("elsewhere").as_("admin").get(path).data["courses"] == []


def test_the_gradebook_has_a_row_a_student_and_a_column_an_assessment(term: Term) -> None:
    graded(term, term.ada, "10")
    graded(term, term.bola, "20", title="Report")
    path = f"/api/courses/{term.course_id}/gradebook"
    reply = term.teacher.get(path)
    assert sorted(column["title"] for column in reply.data["columns"]) == ["Essay", "Report"]
    rows = {row["student"]["firstName"]: sorted(row["points"], key=str) for row in reply.data["rows"]}
    assert rows == {"Ada": ["10.00", None], "Bola": ["20.00", None]}
    assert reply.cost.operations == ["BatchGetItem", "Query", "BatchGetItem"]
    first = term.teacher.get(path, {"limit": 1})
    second = term.teacher.get(path, {"limit": 1, "cursor": first.data["nextCursor"]})
    assert len({row["student"]["userId"] for row in first.data["rows"] + second.data["rows"]}) == 2
    assert [caller.get(path).status for caller in (term.ada, term.school.client.as_("eve", "instructor"))] == [403, 403]


def test_the_csv_has_everybody_and_no_formulas(term: Term) -> None:
    client = term.school.client
    for name in ("=cmd|' /C calc'!A0", "@SUM(1+1)", " +1", "Núñez, Ana"):
        student = client.as_(name, "student")
        student.post(f"/api/courses/{term.course_id}/enroll")
    assignment_id = graded(term, term.ada, "10", title='=HYPERLINK("http://x")')
    term.submit(term.bola, assignment_id)
    term.grade(assignment_id, term.bola, "0")
    reply = term.teacher.get(f"/api/courses/{term.course_id}/gradebook", {"format": "csv"})
    assert reply.headers["Content-Type"] == "text/csv"
    assert f'filename="gradebook-{term.course_id}.csv"' in reply.headers["Content-Disposition"]
    assert reply.body[0] == "\ufeff", "or spreadsheets garble names"
    head, *lines = list(csv.reader(io.StringIO(reply.body[1:])))
    assert head[4] == '\'=HYPERLINK("http://x")'
    assert len(lines) == 6
    assert not [
        cell
        for line in [head, *lines]
        for cell in line
        if cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
    ]
    assert "Núñez, Ana" in [line[1] for line in lines]
    assert [line[4:] for line in lines if line[1] == "Ada"] == [["10.00", "50.00", "C"]]
    assert [line[4:] for line in lines if line[1] == "Bola"] == [["0.00", "0.00", "F"]]


def test_a_whole_gradebook_costs_few_requests(school: School) -> None:
    course_id = school.course()
    people = [f"{number:026d}" for number in range(120)]
    sheet = {
        f"{number:026d}": {
            "kind": "assignment",
            "title": "x",
            "category": "homework",
            "points": "5",
            "max_points": "10",
        }
        for number in range(30)
    }
    write_many(Enrolment(course_id=course_id, user_id=each, state="active", enrolled_at=clock.now()) for each in people)
    write_many(GradeSheet(course_id=course_id, user_id=each, entries=sheet) for each in people)
    reply = school.teacher.get(f"/api/courses/{course_id}/gradebook", {"format": "csv"})
    assert len(reply.body.splitlines()) == 121
    assert len(reply.cost.operations) <= 1 + 2 * 4


ENTRIES = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=3),
    st.builds(
        lambda share, most, category: {
            "points": str(Decimal(most) * share / 100),
            "max_points": str(most),
            "category": category,
        },
        st.integers(0, 100),
        st.integers(1, 100),
        st.sampled_from(["homework", "project", "quiz", "other"]),
    ),
    max_size=8,
)


@given(entries=ENTRIES, grading=st.sampled_from([None, GRADING, {"weights": {"project": 1}}]))
def test_a_total_is_between_the_worst_and_the_best_category(
    entries: dict[str, Any], grading: dict[str, Any] | None
) -> None:
    result = total(entries, {"weights": grading["weights"]} if grading else None)
    counted = [percent for weight, percent in result.categories.values() if weight or not grading]
    if not counted:
        assert result.percent is None
    else:
        assert result.percent is not None
        assert min(counted) - Decimal("0.01") <= result.percent <= max(counted) + Decimal("0.01")


@pytest.mark.parametrize(
    ("percent", "given_letter"),
    [("100", "A"), ("70", "A"), ("69.99", "B"), ("40", "E"), ("39.99", "F"), ("0", "F"), (None, None)],
)
def test_letters_start_at_their_percentage(percent: str | None, given_letter: str | None) -> None:
    assert letter(Decimal(percent) if percent else None, None) == given_letter
