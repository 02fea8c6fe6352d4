"""Mentors with hours, students with credit, and the workers that follow."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from lyceum.kit import clock as clocks
from lyceum.kit import ids
from lyceum.kit.jobs import schedules, tenants
from lyceum.kit.table import Unit, fetch_partition
from lyceum.model.payments.ledger import LedgerEntry
from lyceum.model.users.account import User
from lyceum.model.users.guardians import Guardianship
from lyceum.rules.ledger.booking import book, credit, debit, standing
from tests.support import workers
from tests.support.acting import within_rights
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import Client, Reply
from tests.support.jobs import run

from functions.tutoring import jobs

ALL_WEEK = {str(day): [{"start": "08:00", "end": "18:00"}] for day in range(7)}
OFFER: dict[str, Any] = {
    "timeZone": "Africa/Lagos",
    "weekly": ALL_WEEK,
    "subjects": ["Algebra", "Physics"],
    "levels": ["undergraduate"],
    "languages": ["en"],
    "durations": [30, 60],
    "noticeHours": 2,
    "takesMinors": True,
}


@dataclass
class Lessons:
    """What tests of tutoring do."""

    client: Client
    cloud: Cloud
    tenant: str

    def mentor(self, name: str = "mentor", **offer: Any) -> Client:
        """Sign up a mentor who offers sessions."""
        somebody = self.client.as_(name, "mentor")
        assert somebody.put("/api/tutoring/availability", {**OFFER, **offer}).status == 200
        return somebody

    def student(self, name: str = "student", *, born: str = "1995-05-05", rich: int = 0) -> Client:
        """Sign up a student, of age unless said otherwise, with some credit in USD."""
        somebody = self.client.as_(name, "student")
        user = User.require(user_id=somebody.user_id, consistent=True)
        user.profile = {"birthDate": born}
        Unit().replace(user).commit()
        if rich:
            unit = Unit()
            legs = [debit("bank", rich, "USD"), credit(f"credit:{somebody.user_id}", rich, "USD")]
            book(unit, ids.new_id(), "gift", legs)
            unit.commit()
        return somebody

    def guardian(self, child: Client, name: str = "guardian") -> Client:
        """Link an adult to a child."""
        adult = self.client.as_(name, "student")
        user = User.require(user_id=adult.user_id, consistent=True)
        user.profile = {"birthDate": "1980-01-01"}
        Unit().replace(user).commit()
        link = Guardianship(
            child_id=child.user_id, guardian_id=ids.new_id(), adult_id=adult.user_id, relation="mother",
            invited_by=child.user_id, expires_at=clocks.now(),
        )  # fmt: skip
        Unit().create(link).commit()
        return adult

    def book(self, student: Client, mentor: Client, starts_at: str, **more: Any) -> Reply:
        """Ask for a session of algebra."""
        wanted = {"mentorId": mentor.user_id, "subject": "Algebra", "startsAt": starts_at, **more}
        return student.post("/api/tutoring/sessions", wanted)

    def settle(self) -> None:
        """Let the workers do what follows."""
        assert workers.deliver(self.cloud, self.tenant, only="tutoring") == 0
        assert workers.deliver(self.cloud, self.tenant, only="notifications.events.inbox") == 0

    def sweep(self) -> None:
        """Let the schedule run for this tenant, and the workers after it."""
        own = [each for each in tenants.listed() if each.tenant_name == self.tenant]
        with patch.object(tenants, "listed", lambda: own):
            run(jobs)
        self.settle()

    def sleep_until_lately(self) -> None:
        """Let the schedule have done all that was due until two days ago, which was nothing."""
        lately = schedules.start_of(clocks.now() - timedelta(days=2), timedelta(hours=1))
        schedules.move_mark("tutoring.settle", self.tenant, lately)

    def credit(self, person: Client) -> int:
        """Return what stands on somebody's credit."""
        return standing(f"credit:{person.user_id}", "USD")

    def earned(self, person: Client) -> int:
        """Return what is owed to a mentor."""
        return standing(f"seller:{person.user_id}", "USD")

    def held(self, *subjects: str) -> int:
        """Return what is held of sessions and packages, from their entries."""
        legs = [
            leg
            for subject in subjects
            for entry in fetch_partition(LedgerEntry, subject_id=subject)
            for leg in entry.legs  # type: ignore[attr-defined]
        ]
        return -sum(int(leg["amount"]) for leg in legs if leg["account"] == "held")


@pytest.fixture(autouse=True)
def _within_rights() -> Iterator[None]:
    """Each function touches only what its role may."""
    with within_rights():
        yield


@pytest.fixture
def lessons(client: Client, cloud: Cloud, tenant: str, clock: Clock) -> Lessons:
    """Monday morning, the eleventh of January 2027, at seven in Lagos."""
    clock.at = datetime.fromisoformat("2027-01-11T06:00:00+00:00")
    return Lessons(client, cloud, tenant)
