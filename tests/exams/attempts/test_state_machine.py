"""Sessions under everything at once: a state machine against a model that shares no code with the product.

Answers, flags, submits, the sweep, the clock, pauses, extensions, two devices, and requests whose process dies before
or after any of their storage calls. The model knows what was acknowledged and what may have happened.
"""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from lyceum.kit import ids
from lyceum.kit.table import find, write_many
from lyceum.kit.table.connection import StorageConnection
from lyceum.model.exams.marks import ExamMarks
from lyceum.model.exams.sessions import ExamSession, SessionEvent
from lyceum.model.questions.question import AnswerKey, Question
from tests.exams.conftest import sweep, visit_only
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import Client, Reply

from functions.exams.attempts import audit_log
from functions.exams.attempts.state import require_attempt
from functions.exams.marking.keys import keys_of
from functions.exams.marking.marks import pinned_entries, score_of

LIMIT, GRACE = timedelta(seconds=900), timedelta(seconds=30)
TAKEN = {200}


class Died(BaseException):
    """The process is gone in the middle of a request."""


@dataclass
class Expected:
    """What a session must be, by the rules as people would tell them."""

    deadline: datetime
    device: str = "laptop"
    paused_since: datetime | None = None
    ended: datetime | None = None
    stored: dict[str, tuple[int, str]] = field(default_factory=dict)
    unsure: dict[str, set[tuple[int, str]]] = field(default_factory=dict)
    is_end_unsure: bool = False

    def closed(self, now: datetime) -> bool:
        """Nothing is taken any more."""
        return self.ended is not None or (self.paused_since is None and now > self.deadline + GRACE)

    def end(self, now: datetime) -> None:
        """It ends now, or has ended at its deadline."""
        if self.ended is None:
            self.ended = min(now, self.deadline)


class Sessions(RuleBasedStateMachine):
    """One student's session of four questions, and everything that happens to it."""

    cloud: Cloud

    @initialize()
    def start(self) -> None:
        """Start the session."""
        self.clock = Clock()
        self.clock.__enter__()
        self.place = self.cloud.new_tenant()
        self.tenant = self.place.__enter__()
        self.client = Client(self.cloud, self.tenant)
        topic_id, items = ids.new_id(), []
        for number in range(4):
            name = f"q{number}"
            options = [{"id": letter, "text": letter} for letter in "abc"]
            items += [
                Question(
                    question_id=name,
                    topic_id=topic_id,
                    course_id="c",
                    department_id="d",
                    author_id="u",
                    type="single",
                    stem="?",
                    sort_key=f"{number:016x}",
                    difficulty="easy",
                    marks=1,
                    status="approved",
                    fingerprint=name,
                    content={"options": options},
                ),
                AnswerKey(question_id=name, revision=1, key={"correct_option_ids": ["b"]}),
            ]
        write_many(items)
        person = self.client.as_("student")
        self.devices = {
            name: replace(person, principal=replace(person.principal, session_id=name)) for name in ("laptop", "phone")
        }  # type: ignore[type-var]
        self.admin = self.client.as_("admin")
        body = {"mode": "timed_exam", "topicIds": [topic_id], "count": 4, "durationSeconds": 900, "graceSeconds": 30}
        started = self.devices["laptop"].post("/api/exams/start", body).data
        self.path = f"/api/exams/{started['examId']}"
        self.exam_id = started["examId"]
        self.model = Expected(self.clock.at + LIMIT)
        self.seq = 0

    def teardown(self) -> None:
        """Check the story's end, then forget it."""
        if hasattr(self, "model"):
            self.the_end_is_one_and_can_be_computed_again()
            self.place.__exit__(None, None, None)
            self.clock.__exit__()

    @property
    def now(self) -> datetime:
        """The time by the server's clock."""
        return self.clock.at

    @rule(
        question=st.integers(0, 3),
        option=st.sampled_from("ab"),
        device=st.sampled_from(["laptop", "phone"]),
        behind=st.integers(0, 2),
    )
    def answer(self, question: int, option: str, device: str, behind: int) -> None:
        """Save an answer, sometimes an outdated one."""
        self.seq += 1
        seq, name = max(1, self.seq - behind), f"q{question}"
        reply = self._send_answer(device, name, option, seq)
        self._judge(reply, device, name, option, seq)

    def _send_answer(self, device: str, name: str, option: str, seq: int) -> Reply:
        body = {"questionId": name, "optionIds": [option], "seq": seq, "operationId": f"op{seq}"}
        return self.devices[device].post(f"{self.path}/answer", body)

    def _judge(self, reply: Reply, device: str, name: str, option: str, seq: int) -> None:
        known = self.model.stored.get(name, (0, ""))
        sure = not self.model.unsure.get(name) and not self.model.is_end_unsure
        if reply.status == 200:
            assert (
                (seq, option) == known
                or not sure
                or (not self.model.closed(self.now) and not self.model.paused_since and seq > known[0])
            )
            if not sure or seq > known[0]:
                self.model.stored[name] = (seq, option)
                self.model.unsure.pop(name, None)
            return
        code = reply.error.code
        if not sure:
            assert code in {"SESSION_FINISHED", "LEASED_ELSEWHERE", "EXAM_PAUSED", "STALE_ANSWER"}
        elif self.model.closed(self.now):
            assert code == "SESSION_FINISHED"
        elif device != self.model.device:
            assert code == "LEASED_ELSEWHERE"
        elif self.model.paused_since:
            assert code == "EXAM_PAUSED"
        else:
            assert code == "STALE_ANSWER"
            assert seq <= known[0]

    @rule(question=st.integers(0, 3), option=st.sampled_from("ab"), after=st.booleans())
    def answer_and_die(self, question: int, option: str, after: bool) -> None:
        """Save an answer in a process that dies: never acknowledged, it may be stored or not, and is asked again."""
        self.seq += 1
        name = f"q{question}"
        with self._dying(1, after=after):
            self._send_answer(self.model.device, name, option, self.seq)
        if after and not self.model.closed(self.now) and not self.model.paused_since:
            self.model.stored[name] = (self.seq, option)

    @rule(question=st.integers(0, 3), device=st.sampled_from(["laptop", "phone"]))
    def flag(self, question: int, device: str) -> None:
        """Mark a question for review: never a reason for anything to change."""
        self.devices[device].post(f"{self.path}/flag", {"questionId": f"q{question}"})

    @rule(device=st.sampled_from(["laptop", "phone"]))
    def submit(self, device: str) -> None:
        """Submit."""
        reply = self.devices[device].post(f"{self.path}/submit", {})
        if not self.model.closed(self.now) and (self.model.paused_since or device != self.model.device):
            assert reply.status == 409
            return
        assert reply.status == 200
        self.model.end(self.now)
        assert reply.data["finishedAt"] == self._text(self.model.ended)

    @rule(call=st.integers(1, 3), after=st.booleans())
    def submit_and_die(self, call: int, after: bool) -> None:
        """Submit in a process that dies at one of its storage calls; only the last of them ends the session."""
        was_open = self.model.ended is None
        with self._dying(call, after=after):
            self.devices[self.model.device].post(f"{self.path}/submit", {})
        if was_open and call == 3 and after and not self.model.paused_since:
            self.model.end(self.now)

    @rule(seconds=st.sampled_from([1, 60, 300, 899, 900, 930, 931]))
    def time_passes(self, seconds: int) -> None:
        """Move the clock."""
        self.clock.advance(seconds=seconds)

    @rule()
    def sweep(self) -> None:
        """The minute schedule runs."""
        with pytest.MonkeyPatch.context() as patched:
            visit_only(patched, self.tenant)
            sweep()

    @rule(device=st.sampled_from(["laptop", "phone"]))
    def take_over(self, device: str) -> None:
        """Resume on a device."""
        reply = self.devices[device].post(f"{self.path}/resume", {})
        assert (reply.status == 200) is not self.model.closed(self.now)
        if reply.status == 200:
            self.model.device = device

    @rule(action=st.sampled_from(["pause", "resume"]))
    def pause(self, action: str) -> None:
        """A proctor pauses or resumes."""
        reply = self.admin.post(f"{self.path}/pause", {"action": action, "reason": "a reason"})
        is_paused = self.model.paused_since is not None
        assert (reply.status == 200) is (not self.model.closed(self.now) and is_paused is (action == "resume"))
        if reply.status == 200 and self.model.paused_since:
            self.model.deadline += self.now - self.model.paused_since
            self.model.paused_since = None
        elif reply.status == 200:
            self.model.paused_since = self.now

    @rule(seconds=st.sampled_from([60, 600]), reopen=st.booleans())
    def extend(self, seconds: int, reopen: bool) -> None:
        """A proctor gives more time, sometimes to a session that ended by itself."""
        was_closed = self.model.closed(self.now)
        submitted = ExamSession.require(exam_id=self.exam_id, consistent=True).cause == "submitted"
        reply = self.admin.post(
            f"{self.path}/extend", {"seconds": seconds, "reason": "a reason", "reopen": reopen, "afterKeys": reopen}
        )
        assert (reply.status == 200) is (not was_closed or (reopen and not submitted))
        if reply.status == 200:
            self.model.deadline = (self.now if was_closed else self.model.deadline) + timedelta(seconds=seconds)
            self.model.ended = None

    @precondition(lambda self: hasattr(self, "model"))
    @invariant()
    def the_state_is_what_it_must_be(self) -> None:
        """What the student sees is what the model says."""
        state = self.devices[self.model.device].get(self.path).data
        is_closed = self.model.closed(self.now)
        expected = "finished" if is_closed else "paused" if self.model.paused_since else "running"
        assert (state["state"], state["deadlineAt"]) == (expected, self._text(self.model.deadline))
        shown = {question["questionId"]: question.get("answer") for question in state["questions"]}
        assert bool(shown) is (expected == "running" and self.now <= self.model.deadline)
        for name, answer in shown.items():
            seq, option = self.model.stored.get(name, (0, ""))
            assert answer == ({"optionIds": [option], "seq": seq} if seq else None)

    def the_end_is_one_and_can_be_computed_again(self) -> None:
        """End the session, whatever happened, and compare score, event and audit log with the model's."""
        if self.model.paused_since:
            self.pause("resume")
        reply = self.devices[self.model.device].post(f"{self.path}/submit", {})
        self.model.end(self.now)
        right = sum(option == "b" for _, option in self.model.stored.values())
        assert (reply.data["score"], reply.data["finishedAt"]) == (f"{right}.00", self._text(self.model.ended))
        attempt = require_attempt(self.exam_id)
        entries, marks = pinned_entries(attempt), ExamMarks.require(exam_id=self.exam_id, consistent=True)
        again = score_of(attempt, entries, keys_of(entries), marks.grades)
        assert (str(again.score), str(again.percent)) == (attempt.session.score, attempt.session.percent)
        events = find(SessionEvent, exam_id=self.exam_id, consistent=True).items
        assert audit_log.is_intact(attempt.session, events)
        ends = [event for event in events if event.name == "finished"]
        assert len(ends) == 1 + sum(
            event.name == "reopened" and "finished" in {each.name for each in events[: int(event.number) - 1]}
            for event in events
        )
        assert ends[-1].facts["answers"] == audit_log.hash_of_answers(attempt.sheet.answers.as_dict())
        told = [
            entry
            for entry in self.cloud.outbox(self.tenant)
            if entry["DetailType"] in {"exam.completed", "exam.graded"}
        ]
        assert [json.loads(entry["Detail"])["score"] for entry in told] == [attempt.session.score]

    def _dying(self, call: int, *, after: bool) -> "Dying":
        return Dying(call, after=after)

    @staticmethod
    def _text(moment: datetime | None) -> str:
        assert moment is not None
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


class Dying:
    """Lets the process die before or after one of its storage calls."""

    def __init__(self, call: int, *, after: bool) -> None:
        self.call, self.after = call, after
        self.original = StorageConnection._call_once

    def __enter__(self) -> None:
        """Count the calls from here on."""
        count, original = 0, self.original

        def call(connection: StorageConnection, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
            nonlocal count
            count += 1
            if count == self.call and not self.after:
                raise Died
            answer = original(connection, name, arguments)
            if count == self.call:
                raise Died
            return answer

        StorageConnection._call_once = call  # type: ignore[method-assign]

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        """The next process knows nothing of it."""
        StorageConnection._call_once = self.original  # type: ignore[method-assign]
        return kind is Died


@pytest.mark.filterwarnings("ignore")
def test_sessions_hold_whatever_happens(cloud: Cloud) -> None:
    class Machine(Sessions):
        pass

    Machine.cloud = cloud
    from hypothesis.stateful import run_state_machine_as_test

    checks = list(HealthCheck)
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=10,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=checks,
        ),
    )
