"""What people do in the scenarios, acted by a few of them in process and recorded.

Everybody acts in a minute of their own, so that what belongs to a minute is told from what is shared. The first few
have their messages delivered one by one, the others together, so that workers which fold show it.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from infra.functions import FUNCTIONS
from lyceum.events.courses import AnnouncementPosted
from lyceum.kit import ids
from lyceum.kit.table import write_many
from lyceum.model.users.account import User
from lyceum.tasks.exams import CloseSessions
from tests.exams.conftest import Bank
from tests.scale.profiles import EVERYBODY, UNCOUNTED, Profile, learn
from tests.scale.recording import Recorder, Sent, recording
from tests.support.acting import acting
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import LAMBDA, Client, Reply
from tests.support.story import PASSWORD, Story
from tests.support.workers import consumers, record, wants

from functions.courses.enrolments import seats
from functions.exams.papers import spreading
from functions.notifications.inbox.inbox_writer import EXPIRY_SHARDS
from functions.notifications.inbox.notices.study import NEWS_PARTS

QUESTIONS = 60
CANDIDATES = 400_000
_SINGLY, _TOGETHER = 3, 4
_OPENS, _CLOSES = "2027-01-11T08:00:00", "2027-01-11T12:00:00"
_ROUNDS = 6
_NAMES = {row.entry: row.name for row in FUNCTIONS}
Signing = tuple[str, Callable[[], Reply]]
"""Who signs in, and how."""


@dataclass
class Stage:
    """Where a story is acted: its clock, its people and all that is recorded."""

    client: Client
    clock: Clock
    recorder: Recorder
    unheeded: frozenset[str] = frozenset({"first", "fresher-1", "student-1"})
    """Those who only come first: what they find empty is empty for nobody after them."""
    _delivered: int = 0

    def act(self, name: str, actor: str, call: Callable[[], Reply], function: str = "http") -> Reply:
        """Let somebody do something as a step of this name; a refusal is an error of the story."""
        with self.recorder.step(name, actor, function):
            reply = call()
        assert reply.status < 400, (name, reply.status, reply.body)
        return reply

    def deliver(self, *, together: bool = False) -> None:
        """Bring the messages of the steps so far to their workers, and what these send, until nobody sends more."""
        for _ in range(_ROUNDS):
            steps = self.recorder.steps[self._delivered :]
            self._delivered = len(self.recorder.steps)
            waiting: dict[tuple[str, str], list[tuple[str, Sent]]] = defaultdict(list)
            for step in steps:
                for sent in step.sent:
                    for worker in self._workers(sent):
                        waiting[worker, sent.name].append((step.actor, sent))
            for (worker, message), arrived in waiting.items():
                for group in [arrived] if together else [[each] for each in arrived]:
                    self.hand_over(worker, message, group)

    def forget(self) -> None:
        """Leave out of the story what was done so far: it only prepared what follows."""
        self.deliver(together=True)
        self.recorder.steps.clear()
        self._delivered = 0

    def hand_over(self, worker: str, message: str, arrived: Sequence[tuple[str, Sent]]) -> None:
        """Call a worker with messages, as one step."""
        short = _NAMES[worker]
        records = [record({"DetailType": sent.name, "Source": "lyceum", "Detail": sent.detail}) for _, sent in arrived]
        actor = arrived[0][0] if len(arrived) == 1 else "several"
        name = f"{short} < {message}" if actor not in self.unheeded else f"{UNCOUNTED}{short} < {message})"
        with acting(worker), self.recorder.step(name, actor, short, len(records)):
            failed = consumers()[worker].handler({"Records": records}, LAMBDA)["batchItemFailures"]
        assert not failed, (worker, message)

    def _workers(self, sent: Sent) -> Iterator[str]:
        for name, consumer in consumers().items():
            if wants(consumer, sent.name) and (not sent.worker or sent.worker == _NAMES[name]):
                yield name


@contextmanager
def stage(cloud: Cloud) -> Iterator[Stage]:
    """Set up a stage in a tenant of its own."""
    with Clock(datetime(2027, 1, 11, 9, 0, tzinfo=UTC)) as clock, cloud.new_tenant() as tenant, recording() as recorder:
        yield Stage(Client(cloud, tenant), clock, recorder)


def exam(cloud: Cloud, questions: int = QUESTIONS, expected: int | None = CANDIDATES) -> dict[str, Profile]:
    """Sit one assessment: start, save each answer, submit or run out of time, and be told the result when it closes.

    Its lists are laid out for as many as are expected.
    """
    with stage(cloud) as here:
        bank = Bank()
        bank.topic(questions)
        window = {"opensAt": _OPENS, "closesAt": _CLOSES, "timeZone": "UTC"}
        rules = {"feedback": "after_window", "window": window, "durationSeconds": 3600, "attempts": 1}
        rules |= {"expectedCandidates": expected} if expected else {}
        labels = {"title": "Finals", "subject": "Mathematics", "gradeLevel": "SS3"}
        body = {**labels, "published": True, "rules": rules, "questionIds": bank.ids}
        test = here.client.as_("instructor").post("/api/practice-tests", body).data
        _sit(here, test["assessmentId"], "first", is_hasty=True)
        here.deliver()
        sitting = [_sit(here, test["assessmentId"], f"candidate{number}") for number in range(_SINGLY)]
        here.clock.advance(hours=1, minutes=10)
        late = [(name, exam_id) for name, exam_id, is_late in sitting if is_late]
        _do_what_is_due(here, "close", late)
        here.deliver()
        hasty = [_sit(here, test["assessmentId"], f"hasty{number}", is_hasty=True) for number in range(_TOGETHER)]
        here.deliver(together=True)
        here.clock.move_to(datetime(2027, 1, 11, 12, 2, tzinfo=UTC))
        _do_what_is_due(here, "release", [(name, exam_id) for name, exam_id, _ in sitting])
        here.deliver()
        _do_what_is_due(here, f"{UNCOUNTED}release)", [(name, exam_id) for name, exam_id, _ in hasty])
        here.deliver(together=True)
        parts = -(-(expected or 1) // spreading.CANDIDATES_A_PART)
        spread = {**dict.fromkeys(("ATTEMPTS", "DUE"), parts), "INBOXENDS": EXPIRY_SHARDS}
        return learn(here.recorder, spread)


def _sit(here: Stage, assessment_id: str, name: str, *, is_hasty: bool = False) -> tuple[str, str, bool]:
    """Sit an exam; returns who did, the session, and whether it is left to run out of time.

    Who is hasty answers one question, so that something follows for points and boards.
    """
    student = here.client.as_(name, "student")
    steps = ("start", "save", "submit")
    start, save, submit = [f"{UNCOUNTED}{step})" for step in steps] if is_hasty else steps
    path = f"/api/practice-tests/{assessment_id}/start"
    begun = here.act(start, name, partial(student.post, path, {}), "exams-assessments").data
    exam_id, is_late = str(begun["examId"]), name == "candidate0"
    for seq, question in enumerate(begun["questions"][: 1 if is_hasty else None], start=1):
        here.clock.advance(seconds=1)
        body = {"questionId": question["questionId"], "optionIds": ["b"], "seq": seq, "timeSpentSeconds": 50}
        here.act(save, name, partial(student.post, f"/api/exams/{exam_id}/answer", body), "exams-delivery")
    if not is_late:
        here.act(submit, name, partial(student.post, f"/api/exams/{exam_id}/submit", {}), "exams-marking")
    here.clock.advance(minutes=2)
    return name, exam_id, is_late


def _do_what_is_due(here: Stage, name: str, sessions: Sequence[tuple[str, str]]) -> None:
    worker = "functions.exams.events.sessions"
    for actor, exam_id in sessions:
        task = CloseSessions(exam_ids=[exam_id])
        body = record({"DetailType": task.name, "Source": "", "Detail": task.model_dump_json(by_alias=True)})
        with acting(worker), here.recorder.step(name, actor, _NAMES[worker]):
            assert not consumers()[worker].handler({"Records": [body]}, LAMBDA)["batchItemFailures"]


def school(cloud: Cloud, *, is_ordinary: bool = False) -> dict[str, Profile]:
    """Register, sign in, enter a course, read messages; an announcement goes to all; sign in again a day later.

    On an ordinary day only what follows from the second day counts.
    """
    with stage(cloud) as here:
        story = Story(here.client)
        story.topic(here.client.as_("admin"), here.client.as_("instructor"))
        course_id = here.client.get("/api/courses").data[0]["courseId"]
        devices = []
        for number in range(-1, _SINGLY + _TOGETHER):
            devices.append(_join(here, story, course_id, f"fresher{number}", is_counted=0 <= number < _SINGLY))
            if number < _SINGLY:
                here.deliver()
        here.deliver(together=True)
        _announce(here, None)
        if is_ordinary:
            here.forget()
        _come_back(here, devices)
        return learn(here.recorder, {"SEATS": seats.PARTS, "INBOXENDS": EXPIRY_SHARDS})


def _join(here: Stage, story: Story, course_id: str, name: str, *, is_counted: bool) -> Signing:
    """Take the first steps of somebody, and return how they sign in from then on."""
    named = partial(_named, is_counted=is_counted)
    person, address = story.person(name), f"198.51.100.{len(here.client.people) + 1}"
    caller = Client(here.client.cloud, here.client.tenant, address=address)
    here.act(named("register"), name, partial(caller.post, "/api/auth/register", person), "auth-accounts")
    signed = {"identifier": name, "password": PASSWORD}
    told = here.act(named("sign in"), name, partial(caller.post, "/api/auth/login", signed), "auth-accounts").data
    student = here.client.as_(f"{name}b", "student")
    here.act(named("enrol"), name, partial(student.post, f"/api/courses/{course_id}/enroll"), "courses")
    here.act(named("read messages"), name, partial(student.get, "/api/notifications"), "notifications")
    here.clock.advance(minutes=2)
    return name, partial(caller.post, "/api/auth/login", {**signed, "deviceToken": told["deviceToken"]})


def _named(step: str, *, is_counted: bool) -> str:
    return step if is_counted else f"{UNCOUNTED}{step})"


def _come_back(here: Stage, people: Sequence[Signing]) -> None:
    """Sign in as one does on an ordinary day: on a device that is known, having been there the day before."""
    here.clock.advance(days=1)
    for number, (name, sign_in) in enumerate(people):
        is_counted = 0 < number <= _SINGLY
        here.act(_named("sign in again", is_counted=is_counted), name, sign_in, "auth-accounts")
        reader = here.client.as_(f"{name}b", "student")
        here.act(
            _named("read messages", is_counted=is_counted),
            name,
            partial(reader.get, "/api/notifications"),
            "notifications",
        )
        here.clock.advance(minutes=2)
        if is_counted:
            here.deliver()
    here.deliver(together=True)


def _announce(here: Stage, course_id: str | None, readers: int = 120) -> None:
    """Tell everybody, so many readers more than there are: two chunks and a page of them."""
    write_many(
        User(user_id=ids.new_id(), username=f"u{number}", first_name="U", last_name="N", role="student")
        for number in range(readers)
    )
    event = AnnouncementPosted(
        announcement_id=ids.new_id(), author_id="a", title="The library is open again", course_id=course_id
    )
    with here.recorder.step("announce", EVERYBODY, "courses") as step:
        step.sent.append(Sent(event.name, "", json.dumps(json.loads(event.model_dump_json(by_alias=True)))))
    here.deliver()


def course(cloud: Cloud, *, is_ordinary: bool = False) -> dict[str, Profile]:
    """Complete a lesson of a large course; write a question into a large bank; tell the course something.

    On an ordinary day it is the second lesson, a day after the first, and only what follows from that counts.
    """
    with stage(cloud) as here:
        story = Story(here.client)
        topic_id = story.topic(here.client.as_("admin"), here.client.as_("instructor"))
        course_id = here.client.get("/api/courses").data[0]["courseId"]
        teacher = here.client.as_("instructor")
        lesson = {"title": "Sets", "format": "text"}
        lessons = [teacher.post(f"/api/courses/{course_id}/lessons", lesson).data["lessonId"] for _ in range(4)]
        for number in range(-1, _SINGLY + _TOGETHER):
            _study(here, story, course_id, lessons[0], topic_id, number)
            if number < _SINGLY:
                here.deliver()
        here.deliver(together=True)
        if is_ordinary:
            here.forget()
            _go_on(here, lessons[1])
        return learn(here.recorder, {"SEATS": seats.PARTS, "*": NEWS_PARTS, "INBOXENDS": EXPIRY_SHARDS})


def _go_on(here: Stage, lesson_id: str) -> None:
    """Complete a lesson more, a day after the one before."""
    here.clock.advance(days=1)
    for number in range(-1, _SINGLY + _TOGETHER):
        name = f"student{number}"
        step = _named("complete a lesson", is_counted=0 <= number < _SINGLY)
        student = here.client.as_(name, "student")
        done = {"lessonId": lesson_id}
        here.act(step, name, partial(student.post, "/api/lessons/complete", done), "courses-lessons")
        here.clock.advance(minutes=2)
        if number < _SINGLY:
            here.deliver()
    here.deliver(together=True)


def _study(here: Stage, story: Story, course_id: str, lesson_id: str, topic_id: str, number: int) -> None:
    named = partial(_named, is_counted=0 <= number < _SINGLY)
    name = f"student{number}"
    student, author = here.client.as_(name, "student"), here.client.as_(f"author{number}", "instructor")
    here.act(named("enrol"), name, partial(student.post, f"/api/courses/{course_id}/enroll"), "courses")
    done = {"lessonId": lesson_id}
    here.act(named("complete a lesson"), name, partial(student.post, "/api/lessons/complete", done), "courses-lessons")
    written = here.act(named("write a question"), name, partial(story.question, author, topic_id), "questions").data
    moderator = here.client.as_(f"moderator{number}", "moderator")
    body = {"questionIds": [written["questionId"]]}
    here.act(
        named("approve a question"),
        name,
        partial(moderator.post, "/api/admin/questions/batch-approve", body),
        "questions",
    )
    here.clock.advance(minutes=2)


def day(cloud: Cloud) -> dict[str, Profile]:
    """Do what an ordinary day has: sign in, read, study, and take a short test."""
    return {
        **exam(cloud, questions=20, expected=None),
        **course(cloud, is_ordinary=True),
        **school(cloud, is_ordinary=True),
    }
