"""Who is in a session, who else may see it, and what is asked of minors."""

from typing import NamedTuple

from lyceum.kit import clock
from lyceum.kit.configuration import limits
from lyceum.kit.errors import Forbidden, NotFound, rule_violation
from lyceum.kit.identity import Permission, Principal, Role
from lyceum.kit.identity.permissions import acting_role
from lyceum.model.tutoring import TutoringSession, TutorProfile
from lyceum.model.users.account import User
from lyceum.rules import guardians
from lyceum.rules.profiles import is_minor


class Terms(NamedTuple):
    """On what terms a student has a session: who is told beside them, and whether it has to be recorded."""

    guardian_ids: list[str]
    must_record: bool


def mentor(user: User | None, offer: TutorProfile | None) -> TutorProfile:
    """Return the offer of a mentor who can be booked; raises NotFound for anybody else."""
    if user is None or offer is None or not offer.is_open or user.status_at(clock.now()) != "active":
        raise NotFound("There is no such tutor.")
    role = acting_role(Role(user.role), is_verified=bool(user.is_verified))
    if role == Role.STUDENT:
        raise NotFound("There is no such tutor.")
    return offer


def terms(student: User, offer: TutorProfile) -> Terms:
    """Return the terms of a student (1 storage request for a minor).

    Raises RuleViolation MINORS_NOT_TAKEN where the mentor takes none, GUARDIAN_NEEDED where the tenant asks for one.
    """
    if not is_minor(student):
        return Terms([], must_record=False)
    if not offer.takes_minors:
        raise rule_violation("MINORS_NOT_TAKEN", "This mentor teaches adults alone.", field="mentorId")
    adults = [each.adult_id for each in guardians.of_child(student.user_id) if each.adult_id]
    if not adults and limits.value("tutoring_minors_need_guardian"):
        raise rule_violation("GUARDIAN_NEEDED", "A guardian has to be linked to your account first.")
    return Terms(adults, must_record=bool(limits.value("tutoring_minors_recorded")))


def is_in(caller: Principal, session: TutoringSession) -> bool:
    """Say whether the caller is one of the two."""
    return caller.user_id in {session.mentor_id, session.student_id}


def seen_by(caller: Principal, session: TutoringSession | None) -> TutoringSession:
    """Return a session to those who may see it; raises NotFound for everybody else.

    A guardian is asked for afresh, since links end (2 more storage requests).
    """
    if session is not None and (is_in(caller, session) or caller.may(Permission.MODERATE)):
        return session
    if session is not None and is_guardian(caller, session):
        return session
    raise NotFound("There is no such tutoring session.")


def is_guardian(caller: Principal, session: TutoringSession) -> bool:
    """Say whether the caller looks after the student still (2 storage requests for one who did at the booking)."""
    return caller.user_id in session.guardian_ids and bool(guardians.rights_over(caller, session.student_id))


def required(caller: Principal, session: TutoringSession | None) -> TutoringSession:
    """Return a session to one of the two; raises NotFound for everybody else."""
    if session is None or not is_in(caller, session):
        raise NotFound("There is no such tutoring session.")
    return session


def only(caller: Principal, user_id: str, whom: str) -> None:
    """Demand that the caller is this one of the two; raises Forbidden."""
    if caller.user_id != user_id:
        raise Forbidden(f"This is for the {whom} of the session.")
