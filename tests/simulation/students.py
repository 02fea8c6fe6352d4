"""Students: how they are entered, what one of them does, and what the API has confirmed to them."""

import math
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from demo import load
from lyceum.kit import clock, context, ids
from lyceum.kit.identity.hashing import hasher
from lyceum.kit.table import write_many
from lyceum.model.auth import Credential, LoginName
from lyceum.model.users.account import User
from lyceum_client import ApiError, LineBroken, Lyceum, Surroundings
from lyceum_client.errors import Conflict
from lyceum_client.sending import Patience
from tests.e2e.conftest import Stack
from tests.simulation.line import Line

PASSWORD = "a quiet green river"
COURSE = load.demo_id("csc-201")
TOPICS = [load.demo_id(key) for key in ("csc-201-control-flow", "csc-201-data-structures", "mth-101-sets-probability")]
_QUESTIONS = 4
_TRIES = 8


def enter(stack: Stack, count: int) -> list[str]:
    """Enter students with one password among them, and return their names; registering so many would be refused."""
    load.point_at(stack.facts)
    mark, hashed = ids.new_id()[-8:].lower(), hasher().hash(PASSWORD)
    names = [f"sim{mark}{number:05d}" for number in range(count)]
    with context.working(context.RequestContext(stack.tenant, actor="simulation")):
        for name in names:
            user_id = ids.new_id()
            known = {"username": name, "first_name": "Sim", "last_name": name[-5:].upper(), "role": "student"}
            user = User(user_id=user_id, is_verified=True, profile={"birthDate": "2000-01-01"}, **known)
            credential = Credential(user_id=user_id, password_hash=hashed, changed_at=clock.now())
            write_many([user, LoginName(name=name, user_id=user_id), credential])
        load.count("student", count)
    return names


@dataclass
class Confirmed:
    """What the API said is done: by lesson, by session the answers and whether it was handed in, and by note."""

    lessons: set[str] = field(default_factory=set)
    answers: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    handed_in: set[str] = field(default_factory=set)
    notes: set[str] = field(default_factory=set)

    @property
    def count(self) -> int:
        """The number of acts."""
        return len(self.lessons) + len(self.handed_in) + len(self.notes) + sum(map(len, self.answers.values()))


class Stopped(Exception):
    """The time of the simulation is over."""


@dataclass(frozen=True)
class Pauses:
    """The mean of the seconds that a student thinks, when all stop, and a factor of what the client waits by itself."""

    think: float
    stops: float = math.inf
    patience: float = 1.0


class Student:
    """One student on a line."""

    def __init__(self, name: str, url: str, line: Line, pauses: Pauses) -> None:
        self.name, self.confirmed = name, Confirmed()
        self.given_up: Counter[str] = Counter()
        self._line, self._pauses, self._dice = line, pauses, random.Random(name)
        waits = Surroundings(sleep=lambda seconds: time.sleep(seconds * pauses.patience))
        self._client = Lyceum(url, transport=line, surroundings=waits, patience=Patience(tries=_TRIES))

    def do(self, operation: str, *, is_sure: bool = True, **asked: Any) -> Any:
        """Carry an operation out and return its data; what knows its own repetition is sent again until it is sure."""
        self._line.doing.operation = operation
        return self._client.call(operation, repeatable=is_sure or None, **asked).data

    def every(self, operation: str) -> Iterator[Any]:
        """Go through all rows of a list."""
        self._line.doing.operation = operation
        return self._client.pages(operation, query={"limit": 50})

    @property
    def user_id(self) -> str:
        """The id of who is signed in."""
        return str((self._client.session.user or {})["userId"])

    def think(self) -> None:
        """Let time pass, as people do; raises Stopped when the time of all is over."""
        mean = self._pauses.think
        time.sleep(min(4 * mean, self._dice.expovariate(1 / mean), max(0.0, self._pauses.stops - time.monotonic())))
        if time.monotonic() >= self._pauses.stops:
            raise Stopped

    def begin(self) -> None:
        """Sign in and enter the course."""
        self._line.doing.operation = "logIn"
        for attempt in range(_TRIES):
            try:
                self._client.sign_in(self.name, PASSWORD)
                break
            except LineBroken:
                if attempt == _TRIES - 1:
                    raise
        self.think()
        with suppress(Conflict):  # the answer to the first time was lost
            self.do("enrolInCourse", path={"courseId": COURSE})

    def day(self) -> None:
        """Read, finish a lesson, practise, write a note, and look at what came of it."""
        acts: list[Callable[[], None]] = [self._look_around, self._learn, self._practise, self._note, self._look_back]
        for act in acts:
            self._unless_refused(act)

    def _unless_refused(self, act: Callable[[], None]) -> None:
        try:
            act()
        except (ApiError, LineBroken) as error:
            self.given_up[f"{self._line.doing.operation}: {getattr(error, 'code', 'no answer')}"] += 1
        self.think()

    def _look_around(self) -> None:
        self.do("showStudentHome")
        self.think()
        self.do("listCourses", query={"limit": 20})
        self.think()
        self.do("showCourse", path={"courseId": COURSE})

    def _learn(self) -> None:
        lessons = [each["lessonId"] for each in self.do("listLessons", path={"courseId": COURSE}, query={"limit": 20})]
        left = [each for each in lessons if each not in self.confirmed.lessons] or lessons
        self.think()
        self.do("showLesson", path={"lessonId": left[0]})
        self.think()
        self.do("completeLesson", body={"lessonId": left[0]})
        self.confirmed.lessons.add(left[0])

    def _practise(self) -> None:
        topic = self._dice.choice(TOPICS)
        exam = self.do("startExam", body={"mode": "practice", "topicIds": [topic], "count": _QUESTIONS})
        exam_id = exam["examId"]
        saved = self.confirmed.answers.setdefault(exam_id, {})
        for question in exam["questions"]:
            self.think()
            if not question.get("options"):
                continue
            chosen = [self._dice.choice(question["options"])["id"]]
            answer = {"questionId": question["questionId"], "optionIds": chosen, "seq": 1, "timeSpentSeconds": 9}
            self.do("saveAnswer", path={"examId": exam_id}, body=answer)
            saved[question["questionId"]] = chosen
        self.think()
        self.do("submitExam", path={"examId": exam_id}, body={})
        self.confirmed.handed_in.add(exam_id)
        self.think()
        self.do("showExamSummary", path={"examId": exam_id})

    def _note(self) -> None:
        text = f"{self.name} {ids.new_id()}"
        self.do("makeNote", body={"topicId": TOPICS[0], "text": text})
        self.confirmed.notes.add(text)

    def _look_back(self) -> None:
        self.do("listNotifications", query={"limit": 10})
        self.think()
        self.do("showMe")


def together(students: list[Student], act: Callable[[Student], None], seconds: float) -> list[BaseException]:
    """Let students act at the same time, each beginning somewhere within some seconds; returns what went wrong."""
    failures: list[BaseException] = []
    starts = random.Random(len(students))

    def run(student: Student, delay: float) -> None:
        time.sleep(delay)
        try:
            act(student)
        except BaseException as failure:  # a student who can go no further stops no other
            failures.append(failure)

    threads = [threading.Thread(target=run, args=[each, starts.uniform(0, seconds)], daemon=True) for each in students]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures
