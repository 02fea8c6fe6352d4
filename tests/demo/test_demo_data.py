"""The demo data is complete and consistent: catalogue, questions and people."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any, get_args

import pytest

from lyceum.rules.questions.types import read_question

from functions.assignments.schemas.assignments import NewAssignment
from functions.courses.lessons.schemas import NewLesson
from functions.courses.schemas.courses import Category
from functions.exams.authoring.schemas.assessments import NewPracticeTest, NewQuiz

CATEGORIES = get_args(Category)
DEMO = Path(__file__).resolve().parents[2] / "demo"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
PROFILES = {
    "student": {"gradeLevel", "school", "district"},
    "mentor": {"expertise", "availability", "background"},
    "instructor": {"qualification", "subjects", "experienceYears", "institution"},
    "moderator": set[str](),
    "admin": set[str](),
    "super_admin": set[str](),
}


def load(name: str) -> Any:
    """Read one file of the demo data."""
    return json.loads((DEMO / name).read_text(encoding="utf-8"))


CATALOGUE: dict[str, Any] = load("catalogue.json")
QUESTIONS: list[dict[str, Any]] = load("questions.json")
PEOPLE: list[dict[str, Any]] = load("people.json")


def keys(level: str) -> list[str]:
    """List the keys of one level of the catalogue."""
    return [node["key"] for node in CATALOGUE[level]]


def texts(question: dict[str, Any]) -> list[str]:
    """List all that a reader sees of a question."""
    return [question["stem"], question["explanation"], *(option["text"] for option in question["options"])]


def test_the_catalogue_has_the_promised_size() -> None:
    """Two faculties, three departments, three courses, and two topics a course."""
    assert [len(CATALOGUE[level]) for level in ("faculties", "departments", "courses", "topics")] == [2, 3, 3, 6]
    assert Counter(topic["course"] for topic in CATALOGUE["topics"]) == dict.fromkeys(keys("courses"), 2)


def test_every_key_is_a_unique_slug() -> None:
    """No two nodes share a key, and a key is a slug."""
    found = [
        CATALOGUE["university"]["key"],
        *(key for level in ("faculties", "departments", "courses", "topics") for key in keys(level)),
    ]
    assert len(set(found)) == len(found)
    assert all(SLUG.fullmatch(key) for key in found)


@pytest.mark.parametrize(
    ("level", "parent", "parents"),
    [
        ("faculties", "university", {CATALOGUE["university"]["key"]}),
        ("departments", "faculty", set(keys("faculties"))),
        ("courses", "department", set(keys("departments"))),
        ("topics", "course", set(keys("courses"))),
    ],
)
def test_every_parent_exists_and_has_children(level: str, parent: str, parents: set[str]) -> None:
    """Each node names a parent of the level above, and no parent is left without children."""
    assert {node[parent] for node in CATALOGUE[level]} == parents


def test_courses_and_topics_hold_sensible_values() -> None:
    """Codes, levels and credit units are in range, and a course's topics are numbered from 1."""
    for course in CATALOGUE["courses"]:
        assert re.fullmatch(r"[A-Z]{3} \d{3}", course["code"])
        assert course["level"] in range(100, 901, 100)
        assert course["creditUnits"] in range(1, 7)
        assert sorted(topic["order"] for topic in CATALOGUE["topics"] if topic["course"] == course["key"]) == [1, 2]
    assert all(topic["syllabusTags"] for topic in CATALOGUE["topics"])


def test_the_course_is_one_that_can_be_taught() -> None:
    """Its course, student, lessons and assignment are what the endpoints take."""
    course = load("course.json")
    assert course["course"] in keys("courses")
    assert course["student"] in {person["key"] for person in PEOPLE}
    assert [NewLesson.model_validate(lesson).body for lesson in course["lessons"]] == [
        lesson["body"] for lesson in course["lessons"]
    ]
    task = {name: value for name, value in course["assignment"].items() if name != "dueInDays"}
    assert NewAssignment.model_validate({**task, "courseId": "0" * 26}).instructions == task["instructions"]
    assert all(node["category"] in CATEGORIES for node in CATALOGUE["courses"])


def test_there_are_sixty_questions_ten_a_topic() -> None:
    """Each topic of the catalogue has ten questions, and none belongs elsewhere."""
    assert len(QUESTIONS) == 60
    assert Counter(question["topic"] for question in QUESTIONS) == dict.fromkeys(keys("topics"), 10)


def test_stems_are_unique() -> None:
    """No question is asked twice, whatever its case and spacing."""
    assert len({" ".join(question["stem"].casefold().split()) for question in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["stem"][:40])
def test_a_question_is_well_formed(question: dict[str, Any]) -> None:
    """Four different options a to d, an answer among them, an explanation, tags and marks."""
    assert set(question) == {"topic", "stem", "options", "answer", "explanation", "difficulty", "tags", "marks"}
    assert [option["id"] for option in question["options"]] == ["a", "b", "c", "d"]
    assert len({option["text"] for option in question["options"]}) == 4
    assert question["answer"] in {"a", "b", "c", "d"}
    assert len(question["explanation"]) >= 80
    assert question["tags"]
    assert question["marks"] in {1, 2}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["stem"][:40])
def test_markup_is_closed(question: dict[str, Any]) -> None:
    """Formulas and HTML elements are closed, and a bare angle bracket or ampersand stands nowhere."""
    for text in texts(question):
        assert len(re.findall(r"\\\(.*?\\\)", text)) == text.count(r"\(") == text.count(r"\)")
        assert sorted(re.findall(r"<([a-z]+)>", text)) == sorted(re.findall(r"</([a-z]+)>", text))
        assert not re.search(r"[<>]|&(?!(?:lt|gt|amp);)", re.sub(r"</?[a-z]+>", "", text))


def test_no_text_names_an_option_by_its_letter() -> None:
    """Options are shuffled for each student, so no text may speak of option A or answer (b)."""
    named = re.compile(r"(?i:option|answer|choice)s? (?:\([a-d]\)|[A-Db-d]\b)|(?i:all|none|both|neither) of the above")
    assert not [text for question in QUESTIONS for text in texts(question) if named.search(text)]


def test_answers_are_spread_over_the_options() -> None:
    """Each letter is right about equally often."""
    assert all(12 <= count <= 18 for count in Counter(question["answer"] for question in QUESTIONS).values())


def test_every_topic_mixes_difficulties() -> None:
    """Easy, medium and hard questions are in every topic."""
    for topic in keys("topics"):
        assert {question["difficulty"] for question in QUESTIONS if question["topic"] == topic} == {
            "easy",
            "medium",
            "hard",
        }


def test_there_is_one_user_a_role_and_a_second_student() -> None:
    """Every role has its user, and students are two."""
    assert Counter(person["role"] for person in PEOPLE) == {**dict.fromkeys(PROFILES, 1), "student": 2}
    assert set(PROFILES) <= {person["key"] for person in PEOPLE}, "a role's first user goes by the role's name"


def test_people_are_told_apart() -> None:
    """Keys, usernames and addresses are unique, and addresses are on example.com."""
    for field in ("key", "username", "email"):
        assert len({person[field] for person in PEOPLE}) == len(PEOPLE)
    assert all(person["email"].endswith("@example.com") for person in PEOPLE)


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person["key"])
def test_a_profile_fits_the_role(person: dict[str, Any]) -> None:
    """A person has the fields of the role and nothing else, least of all a password."""
    assert set(person) == {"key", "username", "email", "firstName", "lastName", "role", "profile"}
    assert set(person["profile"]) == PROFILES[person["role"]]


def test_what_is_published_is_what_the_api_accepts() -> None:
    """Test, quiz and theory question are valid, and the questions that they name exist."""
    wanted = load("assessments.json")
    courses = {topic["key"]: topic["course"] for topic in CATALOGUE["topics"]}
    about = [question for question in QUESTIONS if courses[question["topic"]] == wanted["quiz"]["course"]]
    assert len(about) >= 10 and wanted["theory"].pop("topic") in courses
    theory = read_question({**wanted["theory"], "type": "theory", "topicId": "0" * 26})
    assert sum(criterion.points for criterion in theory.rubric.criteria) == theory.marks
    test = NewPracticeTest.model_validate({**wanted["practiceTest"], "questionIds": ["a"], "published": True})
    course_id = wanted["quiz"].pop("course")
    quiz = NewQuiz.model_validate({**wanted["quiz"], "courseId": course_id, "questionIds": ["a"]})
    assert (test.rules.attempts, quiz.rules.attempts) == (None, 3)
