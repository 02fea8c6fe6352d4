"""Many students book with many mentors at once: nobody is booked twice, and no slot is lost.

`make test` plays a small crowd; `make test-long` the 200 mentors and 5000 students of `LYCEUM_CROWD=200x5000`.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random

from lyceum.kit import clock as clocks
from lyceum.kit.errors import DomainError
from lyceum.kit.identity import Principal
from lyceum.kit.identity.permissions import Role
from lyceum.kit.table import write_many
from lyceum.model.mentors import MentorHours
from lyceum.model.tutoring import BookedTime, TutoringSession, TutorProfile
from lyceum.model.users.account import User
from tests.support.conflicts import Conflicts
from tests.support.threads import at_once
from tests.tutoring.conftest import Lessons

from functions.tutoring.availability import cells
from functions.tutoring.sessions import booking
from functions.tutoring.sessions.schemas import BookSession

MENTORS, STUDENTS = map(int, (os.environ.get("LYCEUM_CROWD") or "4x60").split("x"))
_AT_ONCE = 20
_DAYS, _HOURS = 5, range(9, 14)
_MINUTES = 60
_BEGINS = datetime.fromisoformat("2027-01-12T00:00:00+00:00")
Slot = tuple[str, str]
"""A mentor and a beginning."""


@dataclass
class Crowd:
    """Mentors with 25 hours each in a week, and students who all want the early ones."""

    tenant: str
    random: Random = field(default_factory=lambda: Random(32))
    booked: dict[Slot, str] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    wanted: dict[Slot, set[str]] = field(default_factory=lambda: defaultdict(set))

    def gather(self) -> None:
        """Store mentors with hours and offers, and students of age."""
        weekly = {str(day): [["08:00", "18:00"]] for day in range(7)}
        people = [_person(each, "mentor") for each in self.mentors]
        people += [_person(each, "student") for each in self.students]
        write_many(people)
        write_many(
            [
                TutorProfile(user_id=each, name=each, subjects=["Algebra"], durations=[_MINUTES], most_daily=8)
                for each in self.mentors
            ]
        )
        write_many([MentorHours(user_id=each, time_zone="UTC", weekly=weekly) for each in self.mentors])

    @property
    def mentors(self) -> list[str]:
        return [f"M{number:025d}" for number in range(MENTORS)]

    @property
    def students(self) -> list[str]:
        return [f"S{number:025d}" for number in range(STUDENTS)]

    def choices(self) -> Iterator[Slot]:
        """Yield what somebody tries, one after the other: five slots, early ones more often than late ones."""
        for _ in range(5):
            day = min(self.random.randrange(_DAYS), self.random.randrange(_DAYS))
            starts = _BEGINS + timedelta(days=day, hours=self.random.choice(_HOURS))
            yield self.random.choice(self.mentors), clocks.iso(starts)

    def book(self, student: str) -> None:
        """Try slots until one is booked, as a client does that is told that somebody else has the time."""
        caller = Principal(student, self.tenant, Role.STUDENT, "free", "session", 1)
        for slot in list(self.choices()):
            self.wanted[slot].add(student)
            wanted = BookSession(mentor_id=slot[0], subject="Algebra", starts_at=clocks.parse(slot[1]))
            try:
                booking.book(caller, wanted)
            except DomainError as refusal:
                self.refused[refusal.code] += 1
            else:
                assert slot not in self.booked, "two students have one slot"
                self.booked[slot] = student
                return


def _person(user_id: str, role: str) -> User:
    named = {"username": user_id, "first_name": "Ada", "last_name": "Obi", "role": role, "is_verified": True}
    return User(user_id=user_id, **named, profile={"birthDate": "1995-05-05"})


def test_of_a_crowd_each_slot_has_one_student_and_none_is_lost(lessons: Lessons, conflicts: Conflicts) -> None:
    crowd = Crowd(lessons.tenant)
    crowd.gather()
    for first in range(0, STUDENTS, _AT_ONCE):
        at_once(*[partial(crowd.book, student) for student in crowd.students[first : first + _AT_ONCE]])
    assert set(crowd.refused) <= {"SLOT_TAKEN"}, crowd.refused
    assert set(crowd.booked) == set(crowd.wanted), "what somebody wanted, somebody has"
    _require_exact(crowd, lessons)


def _require_exact(crowd: Crowd, lessons: Lessons) -> None:
    """Demand that stored sessions are those that were confirmed, and that time is taken for them and nothing else."""
    kept = [each for each in lessons.cloud.items(lessons.tenant) if each["kind"]["S"] == "tutoring_session"]
    sessions = [TutoringSession.from_raw_data(each) for each in kept]
    assert {(each.mentor_id, clocks.iso(each.starts_at)): each.student_id for each in sessions} == crowd.booked
    assert len(sessions) == len(crowd.booked)
    taken: dict[tuple[str, str], list[int]] = defaultdict(list)
    for each in sessions:
        for day, held in cells.by_day(cells.taken(each.starts_at, each.ends_at)).items():
            for user_id in (each.mentor_id, each.student_id):
                taken[user_id, day] += held
    stored = [each for each in lessons.cloud.items(lessons.tenant) if each["kind"]["S"] == "booked_time"]
    found = {(each.user_id, each.day): sorted(map(int, each.cells)) for each in map(BookedTime.from_raw_data, stored)}
    assert found == {key: sorted(held) for key, held in taken.items()}, "and each cell is taken once"
