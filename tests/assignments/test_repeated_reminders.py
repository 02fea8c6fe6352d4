"""Reminders stay one for a student, a due date and 24 hours or 1, whatever dates and extensions do meanwhile."""

from datetime import timedelta

import pytest

from lyceum.kit import clock
from lyceum.kit.jobs import tenants
from tests.assignments.conftest import DUE, Term
from tests.assignments.test_reminders import reminded, run

FIELDS = {"title": "Essay", "points": "20", "dueAt": "2027-01-20T23:59:00"}


@pytest.fixture(autouse=True)
def one_tenant(tenant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the schedule visit the test's tenant only."""
    listed = tenants.listed
    monkeypatch.setattr(tenants, "listed", lambda: [each for each in listed() if each.tenant_name == tenant])


def put(term: Term, assignment_id: str, **fields: object) -> None:
    assert term.teacher.put(f"/api/assignments/{assignment_id}", {**FIELDS, **fields}).status == 200


@pytest.mark.parametrize("hours", [1, 30])
def test_a_date_that_moves_away_and_back_reminds_once(term: Term, hours: int) -> None:
    assignment_id = term.assignment()
    term.late(hours=-20)
    run(term)
    assert reminded(term.ada) == [1]
    put(term, assignment_id, dueAt=clock.iso(DUE + timedelta(hours=hours)))
    run(term)
    put(term, assignment_id)
    run(term)
    assert reminded(term.ada) == [1 if hours == 30 else 2]
    term.late(minutes=-30)
    run(term)
    assert reminded(term.ada) == [2 if hours == 30 else 3]


def test_an_earlier_extension_of_another_repeats_nothing(term: Term) -> None:
    assignment_id = term.assignment(dueAt="2027-01-15T10:00:00Z")
    ada = {"userId": term.ada.user_id, "dueAt": clock.iso(DUE)}
    put(term, assignment_id, dueAt="2027-01-15T10:00:00Z", extensions=[ada])
    term.late(hours=-20)
    run(term)
    assert reminded(term.ada, term.bola) == [1, 0]
    bola = {"userId": term.bola.user_id, "dueAt": clock.iso(DUE - timedelta(hours=10))}
    put(term, assignment_id, dueAt="2027-01-15T10:00:00Z", extensions=[ada, bola])
    run(term)
    assert reminded(term.ada, term.bola) == [1, 1]
    term.late(hours=-10, minutes=-30)
    run(term)
    assert reminded(term.ada, term.bola) == [1, 2]
    term.late(hours=-9)
    run(term)
    assert reminded(term.ada, term.bola) == [1, 2]
    term.late(minutes=-30)
    run(term)
    assert reminded(term.ada, term.bola) == [2, 2]


def test_a_date_that_an_extension_had_and_the_class_gets_reminds_once(term: Term) -> None:
    assignment_id = term.assignment(dueAt="2027-01-15T10:00:00Z")
    ada = {"userId": term.ada.user_id, "dueAt": clock.iso(DUE)}
    put(term, assignment_id, dueAt="2027-01-15T10:00:00Z", extensions=[ada])
    term.late(hours=-20)
    run(term)
    put(term, assignment_id, extensions=[ada])
    run(term)
    assert reminded(term.ada, term.bola) == [1, 1]
