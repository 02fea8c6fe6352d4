"""Loads the demonstration data into a deployed stack; a second run finds it there and changes nothing."""

import hashlib
import json
import os
import secrets
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "layers/lyceum/python"), str(HERE.parent)]

from ulid import ULID  # noqa: E402

from lyceum.kit import clock, context  # noqa: E402
from lyceum.kit.table import Entity, Unit, write_many  # noqa: E402
from lyceum.kit.values.text import normalise  # noqa: E402
from lyceum.model.auth import Credential, LoginName  # noqa: E402
from lyceum.model.catalog import Department, Faculty, Topic, University  # noqa: E402
from lyceum.model.courses.course import Course, CourseOutline  # noqa: E402
from lyceum.model.courses.enrolments import Seats  # noqa: E402
from lyceum.model.imports import QuestionFingerprint  # noqa: E402
from lyceum.model.users.account import User  # noqa: E402
from lyceum.model.users.directory import UserCount  # noqa: E402
from lyceum.rules.questions.storage import items_of, stored  # noqa: E402
from lyceum.rules.questions.types import read_question  # noqa: E402

Accounts = dict[str, dict[str, str]]


def main(stack: dict[str, Any], tenant: str = context.MAIN_TENANT) -> Accounts:
    """Load everything that a tenant does not hold yet and return e-mail and password of each person by key.

    `stack` is what `stack.json` will hold; passwords that it knows already are kept, others are made at random.
    """
    point_at(stack)
    with context.working(context.RequestContext(tenant, actor="demo")):
        people = [
            {**person, "email": person["email"].replace("@example.com", address_of(tenant))}
            for person in _read("people.json")
        ]
        accounts = {person["key"]: _account(person, stack.get("accounts", {})) for person in people}
        if University.fetch(university_id=demo_id(_read("catalogue.json")["university"]["key"])) is None:
            _questions()
            _tree()
            _course()
            _assessments()
            _plans()
        for person in people:
            enter(person, accounts[person["key"]])
        _running_exam()
    return accounts


def demo_id(key: str) -> str:
    """Return the id of a demonstration item: a ULID that follows from its key, so that it is the same everywhere."""
    digest = hashlib.sha256(f"lyceum demo {key}".encode()).digest()
    return str(ULID.from_bytes(bytes([0, *digest[:15]])))


def address_of(tenant: str) -> str:
    """Return how the addresses of a tenant's demonstration people end."""
    return "@example.com" if tenant == context.MAIN_TENANT else f"@{tenant}.example.com"


def point_at(stack: dict[str, Any]) -> None:
    """Let this process write to the table of a stack."""
    os.environ["AWS_ENDPOINT_URL"] = stack["endpointUrl"]
    os.environ["AWS_DEFAULT_REGION"] = stack["region"]
    os.environ["LYCEUM_TABLE"] = stack["outputs"]["TableName"]
    from lyceum.kit.settings import LOCAL, settings

    os.environ["LYCEUM_STAGE"] = LOCAL
    settings.cache_clear()
    Entity._connection = None


def _people(tenant: str) -> list[dict[str, Any]]:
    ending = address_of(tenant)
    return [{**person, "email": person["email"].replace("@example.com", ending)} for person in _read("people.json")]


def _read(name: str) -> Any:
    return json.loads((HERE / name).read_text())


def _account(person: dict[str, Any], known: Accounts) -> dict[str, str]:
    return known.get(person["key"]) or {"email": person["email"], "password": secrets.token_urlsafe(12)}


def enter(person: dict[str, Any], account: dict[str, str]) -> None:
    """Give somebody an account with a proven address unless they have one; its password becomes the one given."""
    from lyceum.kit.identity.hashing import hasher

    from functions.users import user_directory

    user_id = demo_id(person["key"])
    user = User(
        user_id=user_id,
        email=person["email"],
        email_verified_at=clock.now(),
        username=person["username"],
        first_name=person["firstName"],
        last_name=person["lastName"],
        role=person["role"],
        is_verified=True,
        profile=person.get("profile", {}),
    )
    names = [LoginName(name=name, user_id=user_id) for name in (person["email"], normalise(person["username"]))]
    if User.fetch(user_id=user_id) is None:
        write_many([user, *names, *user_directory.entries(user)])
        count(user.role, 1)
    credential = Credential.fetch(user_id=user_id)
    if credential is None or not _fits(credential.password_hash, account["password"]):
        hashed = hasher().hash(account["password"])
        Unit().put(Credential(user_id=user_id, password_hash=hashed, changed_at=clock.now())).commit()


def count(role: str, people: int) -> None:
    """Count accounts that were written past the events which are counted otherwise."""
    for group in ("all", role):
        changes = UserCount.group.set(group), UserCount.total.add(people)
        Unit().change(UserCount.at(group=group), *changes, or_create=True).commit()


def _fits(password_hash: str, password: str) -> bool:
    from lyceum.kit.identity.hashing import matches

    return matches(password_hash, password)


def _tree() -> None:
    tree = _read("catalogue.json")
    ids = {
        node["key"]: demo_id(node["key"])
        for nodes in tree.values()
        for node in (nodes if isinstance(nodes, list) else [nodes])
    }
    university = tree["university"]
    parents = {node["key"]: node for name in ("faculties", "departments", "courses") for node in tree[name]}
    children = [node[name] for plural, name in _PARENT.items() for node in tree[plural]]
    write_many(
        [
            University(
                university_id=ids[university["key"]],
                short_name=university["shortName"],
                country=university["country"],
                city=university["city"],
                website=university["website"],
                **_named(university, children),
            ),
            *(
                Faculty(faculty_id=ids[node["key"]], university_id=ids[node["university"]], **_named(node, children))
                for node in tree["faculties"]
            ),
            *(
                Department(
                    department_id=ids[node["key"]],
                    faculty_id=ids[node["faculty"]],
                    university_id=ids[parents[node["faculty"]]["university"]],
                    **_named(node, children),
                )
                for node in tree["departments"]
            ),
            *(
                Course(
                    course_id=ids[node["key"]],
                    department_id=ids[node["department"]],
                    instructor_id=demo_id("instructor"),
                    code=node["code"],
                    title=node["title"],
                    description=node["description"],
                    level=node["level"],
                    credit_units=node["creditUnits"],
                    sort_title=normalise(node["title"]),
                    slug=node["key"],
                    category=node["category"],
                    time_zone="Africa/Lagos",
                    child_count=children.count(node["key"]),
                    question_count=10 * children.count(node["key"]),
                )
                for node in tree["courses"]
            ),
            *(
                part
                for node in tree["courses"]
                for part in (CourseOutline(course_id=ids[node["key"]]), Seats(course_id=ids[node["key"]], state="open"))
            ),
            *(
                Topic(
                    topic_id=ids[node["key"]],
                    course_id=ids[node["course"]],
                    department_id=ids[parents[node["course"]]["department"]],
                    title=node["title"],
                    description=node["description"],
                    order=node["order"],
                    syllabus_tags=node["syllabusTags"],
                    question_count=10,
                )
                for node in tree["topics"]
            ),
        ]
    )  # fmt: skip
    _rankings([demo_id(node["key"]) for node in tree["courses"]])


def _rankings(course_ids: list[str]) -> None:
    from functions.courses.events.rankings import ranking_of

    write_many([ranking_of(Course.require(course_id=each)) for each in course_ids])


_PARENT = {"faculties": "university", "departments": "faculty", "courses": "department", "topics": "course"}


def _named(node: dict[str, Any], children: list[str]) -> dict[str, Any]:
    return {"name": node["name"], "sort_name": normalise(node["name"]), "child_count": children.count(node["key"])}


def _plans() -> None:
    from functions.payments.offers import plan_files

    plan_files.store(plan_files.read((HERE / "plans.json").read_text()))


def _course() -> None:
    """Give one course its lessons and an assignment, and let the second student enter it."""
    from lyceum.kit.identity import Principal, Role

    from functions.assignments import authoring
    from functions.assignments.schemas.assignments import NewAssignment
    from functions.courses.enrolments import enrolment
    from functions.courses.lessons import lessons
    from functions.courses.lessons.schemas import NewLesson

    wanted = _read("course.json")
    course_id, task = demo_id(wanted["course"]), wanted["assignment"]
    teacher = Principal(demo_id("instructor"), context.tenant(), Role.INSTRUCTOR, "free", "demo")
    for lesson in wanted["lessons"]:
        lessons.add(teacher, course_id, NewLesson.model_validate(lesson))
    due_at = clock.now() + timedelta(days=task.pop("dueInDays"))
    authoring.create(teacher, NewAssignment.model_validate({**task, "courseId": course_id, "dueAt": due_at}))
    enrolment.enrol(Principal(demo_id(wanted["student"]), context.tenant(), Role.STUDENT, "free", "demo"), course_id)


def _assessments() -> None:
    """Publish a practice test with a theory question that its instructor marks, and a quiz of a course."""
    from lyceum.kit.identity import Principal, Role

    from functions.exams.authoring import assessments
    from functions.exams.authoring.schemas.assessments import NewPracticeTest, NewQuiz

    wanted = _read("assessments.json")
    teacher = Principal(demo_id("instructor"), context.tenant(), Role.INSTRUCTOR, "free", "demo")
    theory, quiz = wanted["theory"], wanted["quiz"]
    topic = Topic.require(topic_id=demo_id(theory.pop("topic")))
    question = read_question({**theory, "type": "theory", "topicId": topic.topic_id})
    theory_id = demo_id("theory question")
    write_many(items_of(*stored(question, topic, question_id=theory_id, author_id=teacher.user_id, level=200)))
    asked = [number for number, each in enumerate(_read("questions.json")) if each["topic"].startswith(quiz["course"])]
    names = [demo_id(f"question {number}") for number in asked]
    test = {**wanted["practiceTest"], "questionIds": [*names[:5], theory_id], "published": True}
    assessments.create_test(teacher, NewPracticeTest.model_validate(test))
    course_id = demo_id(quiz.pop("course"))
    assessments.create_quiz(
        teacher, NewQuiz.model_validate({**quiz, "courseId": course_id, "questionIds": names[5:10], "published": True})
    )


def _running_exam() -> None:
    """Start an exam of four hours for the second student; one that runs already stays as it is."""
    from lyceum.kit.identity import Principal, Role

    from functions.exams.attempts import delivery
    from functions.exams.attempts.schemas import StartExam

    student = Principal(demo_id("second_student"), context.tenant(), Role.STUDENT, "free", "")
    topic_ids = [demo_id(topic["key"]) for topic in _read("catalogue.json")["topics"]]
    delivery.start(student, "", StartExam(mode="timed_exam", topic_ids=topic_ids, count=30, duration_seconds=4 * 3600))


def _questions() -> None:
    tree = _read("catalogue.json")
    topics = {node["key"]: node for node in tree["topics"]}
    courses = {node["key"]: node for node in tree["courses"]}
    items: list[Entity] = []
    for number, asked in enumerate(_read("questions.json")):
        course = courses[topics[asked["topic"]]["course"]]
        topic = Topic(
            topic_id=demo_id(asked["topic"]),
            course_id=demo_id(course["key"]),
            department_id=demo_id(course["department"]),
        )
        question = read_question({
            **{name: asked[name] for name in ("stem", "difficulty", "tags", "marks", "explanation", "options")},
            "type": "single", "topicId": topic.topic_id, "correctOptionIds": [asked["answer"]],
        })  # fmt: skip
        facts = {
            "question_id": demo_id(f"question {number}"),
            "author_id": demo_id("instructor"),
            "level": course["level"],
        }
        item, key = stored(question, topic, status="approved", **facts)
        items += [*items_of(item, key), QuestionFingerprint(fingerprint=item.fingerprint, question_id=item.question_id)]
    write_many(items)
