"""An exam under everything that moves it: windows, accommodations, bulk actions out of order, retries, practice beside.

The model shares no code with the product. It knows until when what the exam asks is secret, and how much time the one
who sits it has got; whatever the order in which news arrives, nobody is told before and the time is the same.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from lyceum.kit.table import find, write_many
from lyceum.model.exams.assessments import Incident
from lyceum.rules.questions.storage import listed
from tests.exams.conftest import CANARY, Bank, Publisher, Running, sweep, visit_only
from tests.support import workers
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import Client, Reply

from functions.exams.proctoring import fan_out

LIMIT, GRACE = timedelta(minutes=60), timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=24)
REASON = "The power went out"


class Exam(RuleBasedStateMachine):
    """An exam of four questions: ada sits it, eve has handed in, and both practise with its questions."""

    cloud: Cloud

    @initialize()
    def begin(self) -> None:
        """Publish the exam, let both start, and start practice that the questions were drawn for before."""
        self.clock = Clock()
        self.clock.__enter__()
        self.place = self.cloud.new_tenant()
        self.tenant = self.place.__enter__()
        self.client = Client(self.cloud, self.tenant)
        self.publisher = Publisher(self.client, Bank())
        self.publisher.bank.topic(4)
        write_many([entry for question in self.publisher.bank.questions.values() for entry in listed(question)])
        student = self.client.as_("eve", "student")
        body = {"mode": "practice", "questionIds": self.publisher.bank.ids, "feedback": "at_once", "graceSeconds": 0}
        self.practice = Running(student, student.post("/api/exams/start", body).data)
        for name in self.practice.questions:
            self.practice.answer(name)
        self.window_end = self.clock.at + timedelta(hours=3)
        self.own_end: datetime | None = None
        self.extended, self.stood = timedelta(0), timedelta(0)
        self.paused_at: datetime | None = None
        self.test = self.publisher.test(questions=self.publisher.bank.ids, rules=self._rules())
        self._news()
        self.sat, self.ended = self.publisher.begin(self.test, "ada"), self.publisher.begin(self.test, "eve")
        self.ended.submit()
        self.started = self.clock.at
        self.given = timedelta(0)
        self.is_submitted = self.has_expired = False
        self.reached: set[str] = set()

    def teardown(self) -> None:
        """Let all news arrive and compare; then forget it all."""
        if hasattr(self, "reached"):
            self.the_end_does_not_depend_on_the_order()
            self.place.__exit__(None, None, None)
            self.clock.__exit__()

    def _rules(self) -> dict[str, Any]:
        window = {"closesAt": self.window_end.isoformat()}
        return {"feedback": "after_window", "window": window, "durationSeconds": 3600, "graceSeconds": 30}

    def _news(self) -> None:
        """Let questions hear of embargoes; sessions hear of incidents by `deliver`."""
        assert workers.deliver(self.cloud, self.tenant, only="questions.events.embargo") == 0

    @property
    def secret_until(self) -> datetime:
        """Until when nobody is to learn what the exam asks."""
        ends = [self.window_end, *([self.own_end] if self.own_end else [])]
        stands = LONGEST_PAUSE if self.paused_at else timedelta(0)
        return max(ends) + self.extended + self.stood + GRACE + stands

    def _put(self, **values: Any) -> Reply:
        return self.publisher.instructor.put(f"/api/practice-tests/{self.test['assessmentId']}", values)

    @rule(minutes=st.sampled_from([1, 10, 45, 120]))
    def time_passes(self, minutes: int) -> None:
        """Move the clock."""
        self.clock.advance(minutes=minutes)

    @rule(hours=st.sampled_from([1, 3, 6]))
    def move_the_window(self, hours: int) -> None:
        """Edit the end of the window."""
        self.window_end = self.clock.at + timedelta(hours=hours)
        assert self._put(rules={"window": {"closesAt": self.window_end.isoformat()}}).status == 200

    @rule(hours=st.sampled_from([0, 2, 8]))
    def accommodate(self, hours: int) -> None:
        """Give somebody a window of their own, or take it away."""
        self.own_end = self.clock.at + timedelta(hours=hours) if hours else None
        own = [{"userId": "somebody", "closesAt": self.own_end.isoformat()}] if self.own_end else []
        assert self._put(accommodations=own).status == 200

    @rule(seconds=st.sampled_from([60, 600]))
    def extend_everybody(self, seconds: int) -> None:
        """Give the whole exam more time."""
        body = {"seconds": seconds, "reason": REASON, "scope": "exam"}
        assert self.publisher.instructor.post(f"{self.sat.path}/extend", body).status == 200
        self.extended += timedelta(seconds=seconds)
        if not self._is_over():
            self.given += timedelta(seconds=seconds)

    @rule(action=st.sampled_from(["pause", "resume"]))
    def pause_everybody(self, action: str) -> None:
        """Pause the whole exam, or let it go on."""
        body = {"action": action, "reason": REASON, "scope": "exam"}
        reply = self.publisher.instructor.post(f"{self.sat.path}/pause", body)
        assert (reply.status == 200) is ((self.paused_at is None) is (action == "pause"))
        if reply.status != 200:
            return
        if action == "pause":
            self.was_over_at_pause = self._is_over()
            self.paused_at = self.clock.at
            return
        assert self.paused_at is not None
        stood = min(self.clock.at - self.paused_at, LONGEST_PAUSE)
        if not self.was_over_at_pause and self.clock.at - self.paused_at <= LONGEST_PAUSE:
            self.given += stood
        self.stood += stood
        self.paused_at = None

    def _is_over(self) -> bool:
        """Say whether the session had ended by the time that was given to it when something was decided."""
        if self.is_submitted:
            return True
        if self.paused_at is not None and not self.was_over_at_pause:
            return self.clock.at > self.paused_at + LONGEST_PAUSE
        if self.clock.at > self.started + LIMIT + self.given + GRACE:
            self.has_expired = True
        return self.has_expired

    @rule(order=st.permutations(range(4)), twice=st.booleans())
    def deliver(self, order: list[int], twice: bool) -> None:
        """Let some of the bulk actions reach ada's session, in any order, maybe twice."""
        incidents = self._incidents()[-4:]
        for number in [*order, *(order if twice else [])]:
            if number < len(incidents):
                fan_out._reach(self.sat.id, incidents[number])
                fan_out._reach(self.ended.id, incidents[number])

    def _incidents(self) -> list[Incident]:
        return find(Incident, assessment_id=self.test["assessmentId"], consistent=True, limit=200).items

    @rule()
    def sweep(self) -> None:
        """The minute schedule runs."""
        with pytest.MonkeyPatch.context() as patched:
            visit_only(patched, self.tenant)
            sweep()

    @rule()
    def start_again(self) -> None:
        """Ask for the session once more: while it takes answers it is the same."""
        reply = self.publisher.start(self.test, "ada")
        if reply.status == 201 and self.sat.show().data["state"] != "finished":
            assert reply.data["examId"] == self.sat.id

    @rule(option=st.sampled_from("ab"))
    def answer_twice(self, option: str) -> None:
        """Save an answer and send it again: both get the same."""
        first = self.sat.answer(options=option)
        self.sat.seq -= 1
        again = self.sat.answer(options=option)
        if first.status == 200:
            assert (again.status, again.data["savedAt"]) == (200, first.data["savedAt"])
        else:
            assert again.status == first.status == 409

    @rule()
    def hand_practice_in(self) -> None:
        """End the practice session beside the exam."""
        assert self.practice.submit().status == 200

    @precondition(lambda self: hasattr(self, "reached"))
    @invariant()
    def nobody_learns_what_the_exam_asks(self) -> None:
        """No key leaves before the end, by neither the exam's sessions nor practice (EXAM L6, L7)."""
        self._news()
        if self.clock.at > self.secret_until:
            return
        shown = [
            self.ended.summary(),
            self.sat.summary(),
            self.practice.summary(),
            self.practice.student.get(f"{self.practice.path}/feedback/{self.practice.questions[0]}"),
            self.practice.student.get("/api/exams/history"),
        ]
        assert not any(CANARY in reply.body or '"correctOptionIds"' in reply.body for reply in shown)
        assert not any('"score"' in reply.body for reply in shown)

    def the_end_does_not_depend_on_the_order(self) -> None:
        """Deliver everything that was decided: the session has the time that it was given, unless its end was told."""
        session = self.sat.session
        was_told = session.released_at is not None
        for incident in self._incidents():
            fan_out._reach(self.sat.id, incident)
            fan_out._reach(self.ended.id, incident)
        session = self.sat.session
        if not was_told and not self.paused_at:
            assert session.deadline_at == self.started + LIMIT + self.given
            assert self.sat.sheet.deadline_at == session.deadline_at
        events = self.publisher.instructor.get(f"{self.sat.path}/events").data
        assert events["intact"] is True


@pytest.mark.filterwarnings("ignore")
def test_l7_w9_an_exam_holds_whatever_moves_it(cloud: Cloud) -> None:
    class Machine(Exam):
        pass

    Machine.cloud = cloud
    from hypothesis.stateful import run_state_machine_as_test

    checks = list(HealthCheck)
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=14,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=checks,
        ),
    )
