"""People helping people: a question, its lists and answers, a message, conversations, a group's chat, a report."""

from functools import partial
from itertools import count

from lyceum.kit import clock, ids
from lyceum.kit.table import Unit, write_many
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from tests.bench.requests import rows_of
from tests.support.http import Client, Reply

_QUESTIONS, _MESSAGES = 100, 200
_numbers = count(1)


def table(client: Client) -> list[str]:
    """Measure and return the rows of a Markdown table."""
    asker, mentor, eve = client.as_("asker", "student"), client.as_("mentor"), client.as_("eve", "student")
    _let_meet(asker, eve)
    for number in range(_QUESTIONS):
        last = _ask(client.as_(f"asker{number}", "student"))
    question_id = last.data["question"]["questionId"]
    answer = f"/api/qa/questions/{question_id}/answer"
    for number in range(_MESSAGES):
        client.as_(f"w{number}", "moderator").post("/api/messages", {"to": eve.user_id, "content": f"Hello {number}"})
    group = asker.post("/api/groups", {"name": "Night owls"}).data
    eve.post("/api/groups/join", {"code": group["joinCode"]})
    chat = f"/api/groups/{group['groupId']}/messages"
    calls = {
        "POST /api/qa/questions": lambda: _ask(client.as_(ids.new_id().lower(), "student")),
        f"GET /api/qa/questions ({_QUESTIONS} there)": partial(asker.get, "/api/qa/questions"),
        "GET /api/qa/questions/{questionId}": partial(asker.get, f"/api/qa/questions/{question_id}"),
        "GET /api/qa/queue": partial(mentor.get, "/api/qa/queue"),
        "POST /api/qa/questions/{questionId}/answer": lambda: _write(client, answer, "text", "moderator"),
        "POST /api/messages (again)": lambda: asker.post("/api/messages", {"to": eve.user_id, "content": _text()}),
        f"GET /api/messages ({_MESSAGES} conversations)": partial(eve.get, "/api/messages"),
        "POST /api/groups/{groupId}/messages": lambda: eve.post(chat, {"content": _text()}),
        "GET /api/groups/{groupId}/messages": partial(asker.get, chat),
        "POST /api/reports": lambda: _report(client.as_(ids.new_id().lower(), "student"), question_id),
    }
    return rows_of("community", calls)


def _text() -> str:
    return f"Text number {next(_numbers)}."


def _ask(asker: Client) -> Reply:
    title = f"How do I solve equation {next(_numbers)}?"
    return asker.post("/api/qa/questions", {"subject": "Mathematics", "title": title, "text": f"<p>{title}</p>"})


def _write(client: Client, path: str, field: str, role: str) -> Reply:
    return client.as_(ids.new_id().lower(), role).post(path, {field: _text()})


def _report(reporter: Client, question_id: str) -> Reply:
    return reporter.post("/api/reports", {"itemType": "help_question", "itemId": question_id, "type": "duplicate"})


def _let_meet(*students: Client) -> None:
    course = Course(course_id=ids.new_id(), instructor_id="i", title="Algebra", sort_title="algebra")
    Unit().put(course).commit()
    now = clock.now()
    write_many(
        Enrolment(course_id=course.course_id, user_id=each.user_id, state="active", enrolled_at=now)
        for each in students
    )
