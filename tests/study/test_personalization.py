"""The personalization quiz, and what it advises."""

from typing import Any

import pytest

from lyceum.kit import ids
from lyceum.kit.table import Unit, write_many
from lyceum.model.courses.course import Course, CourseRanking
from lyceum.model.courses.enrolments import Enrolment
from tests.study.conftest import Student
from tests.support.clock import Clock

PATH = "/api/personalization/quiz"
ANSWERS = {
    "goals": ["exam"],
    "times": ["early_morning", "evening"],
    "subjects": ["programming"],
    "level": ["beginner"],
    "pace": ["steady"],
    "device": ["phone"],
    "connection": ["slow"],
    "motivation": ["milestones"],
}


@pytest.fixture
def courses(tenant: str) -> dict[str, str]:
    """Published courses of several subjects and levels, by their titles."""
    rows = [
        ("Loops", "programming", "beginner"),
        ("Types", "programming", "advanced"),
        ("Ads", "marketing", "beginner"),
    ]
    made = {}
    for number, (title, category, difficulty) in enumerate(rows):
        course_id = made[title] = ids.new_id()
        shared: dict[str, Any] = {
            "course_id": course_id,
            "department_id": "d",
            "instructor_id": "i",
            "code": f"C {number}",
            "level": 100,
            "sort_title": title.lower(),
            "category": category,
            "difficulty": difficulty,
            "enrolment_count": number,
            "rating_count": 0,
        }
        course = Course(title=title, credit_units=3, **shared)
        write_many([course, CourseRanking(rating=0, as_of=1, **shared)])
    return made


def test_the_quiz_has_eight_questions_and_remembers_the_answers(student: Student) -> None:
    shown = student.client.get(PATH)
    assert (len(shown.data["questions"]), shown.data["version"]) == (8, 1)
    assert "answers" not in shown.data
    assert shown.cost.requests == 1
    assert set(ANSWERS) == {question["id"] for question in shown.data["questions"]}
    student.client.post(PATH, {"version": 1, "answers": ANSWERS})
    assert student.client.get(PATH).data["answers"] == ANSWERS


def test_advice_fits_the_answers_and_says_why(student: Student, courses: dict[str, str], clock: Clock) -> None:
    advised = student.client.post(PATH, {"version": 1, "answers": ANSWERS}).data
    assert [course["title"] for course in advised["courses"]] == ["Loops", "Types"]
    assert advised["courses"][0]["reason"] == (
        "You want to study programming, and this course is at the level that you named."
    )
    assert advised["plan"]["plan"] == {
        "courseId": courses["Loops"],
        "targetDate": "2027-04-05",
        "dailyGoal": {"questions": 20, "minutes": 60},
        "daysOff": {"weekdays": ["sunday", "saturday"]},
    }
    assert [(time["time"], time["minutes"]) for time in advised["studyTimes"]] == [("06:00", 30), ("19:00", 30)]
    assert {each["name"]: each["value"] for each in advised["preferences"] + advised["goals"]} == {
        "studyTime": "06:00",
        "lowBandwidth": True,
        "weeklyGoalHours": 5,
    }
    everything = [*advised["courses"], advised["plan"], *advised["studyTimes"], *advised["preferences"]]
    assert all(each["reason"].endswith(".") for each in everything)


def test_courses_that_were_taken_are_not_advised(student: Student, courses: dict[str, str], clock: Clock) -> None:
    taken = Enrolment(course_id=courses["Loops"], user_id=student.client.user_id, state="active", enrolled_at=clock.at)
    Unit().create(taken).commit()
    advised = student.client.post(PATH, {"version": 1, "answers": ANSWERS, "targetDate": "2027-03-01"}).data
    assert [course["title"] for course in advised["courses"]] == ["Types"]
    assert advised["plan"]["plan"]["targetDate"] == "2027-03-01"


def test_advice_may_be_taken_as_it_is(student: Student, courses: dict[str, str]) -> None:
    advised = student.client.post(PATH, {"version": 1, "answers": ANSWERS}).data
    plan = {**advised["plan"]["plan"], "topics": [{"title": "Loops"}]}
    assert student.client.post("/api/study-plans", plan).status == 201
    chosen = {each["name"]: each["value"] for each in advised["preferences"] + advised["goals"]}
    assert student.client.put("/api/profile/preferences", chosen).status == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"level": []}, "answers.level"),
        ({"level": ["expert"]}, "answers.level"),
        ({"level": ["beginner", "advanced"]}, "answers.level"),
        ({"times": ["night", "night"]}, "answers.times"),
        ({"colour": ["red"]}, "answers.colour"),
    ],
)
def test_answers_that_are_none_are_refused(student: Student, changes: dict[str, Any], field: str) -> None:
    refused = student.client.post(PATH, {"version": 1, "answers": {**ANSWERS, **changes}})
    assert refused.status == 400
    assert field in refused.error.fields


def test_an_answer_that_is_left_out_and_another_version_are_refused(student: Student) -> None:
    some = {name: answer for name, answer in ANSWERS.items() if name != "pace"}
    assert student.client.post(PATH, {"version": 1, "answers": some}).error.fields == {"answers.pace"}
    assert student.client.post(PATH, {"version": 2, "answers": ANSWERS}).error.code == "QUIZ_CHANGED"
    late = student.client.post(PATH, {"version": 1, "answers": ANSWERS, "targetDate": "2027-01-11"})
    assert late.error.fields == {"targetDate"}
