"""Booking a session: the time of both, the money and the session in one transaction, or nothing of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from lyceum.events.tutoring import TutoringBooked
from lyceum.kit import clock, ids
from lyceum.kit.configuration import limits
from lyceum.kit.errors import Conflict, NotFound, Unavailable, rule_violation
from lyceum.kit.frozen import frozen
from lyceum.kit.identity import Principal
from lyceum.kit.table import Entity, Unit, batch_fetch, retry_on_conflict
from lyceum.model.mentors import MentorHours
from lyceum.model.tutoring import BookedTime, HoursPackage, TutoringEntry, TutoringSession, TutorProfile
from lyceum.model.users.account import User
from lyceum.rules import profiles

from functions.tutoring.availability import cells, hours, prices
from functions.tutoring.availability.listings import teaches
from functions.tutoring.sessions import due, facts, money, people, reserving
from functions.tutoring.sessions.money import Price
from functions.tutoring.sessions.reserving import Side
from functions.tutoring.sessions.schemas import BookSession

FURTHEST = timedelta(days=120)
"""How far ahead a session is booked."""
_LONGEST_BUFFER = timedelta(hours=1)


@frozen
class BookingInputs:
    """All that a booking is decided by, in one read."""

    student: User
    mentor: User | None
    offer: TutorProfile
    hours: MentorHours
    package: HoursPackage | None
    taken: Mapping[str, frozenset[int]]

    @property
    def sides(self) -> tuple[Side, Side]:
        """The two people, whose time is taken."""
        student_zone = str(self.student.time_zone)
        return (
            Side("mentor", self.offer.user_id, str(self.hours.time_zone), int(self.offer.most_daily),
                 int(self.offer.buffer_minutes)),
            Side("student", self.student.user_id, student_zone, limits.value("tutoring_daily")),
        )  # fmt: skip


def read(
    student_id: str, mentor_id: str, begins: datetime, ends: datetime, package_id: str | None = None
) -> BookingInputs:
    """Read all that a booking is decided by (1 storage request); raises NotFound for a mentor who can not be booked."""
    days = cells.days_between(begins, ends + _LONGEST_BUFFER)
    names: list[Entity] = [
        User.at(user_id=student_id),
        User.at(user_id=mentor_id),
        TutorProfile.at(user_id=mentor_id),
        MentorHours.at(user_id=mentor_id),
    ]
    names += [BookedTime.at(user_id=user_id, day=day) for user_id in (student_id, mentor_id) for day in days]
    names += [HoursPackage.at(user_id=student_id, package_id=package_id)] if package_id else []
    student, mentor, offer, stated, *more = batch_fetch(names, consistent=True)
    if not isinstance(student, User):
        raise NotFound("There is no such student.")
    teacher = mentor if isinstance(mentor, User) else None
    offered = people.mentor(teacher, offer if isinstance(offer, TutorProfile) else None)
    given = stated if isinstance(stated, MentorHours) else MentorHours(user_id=mentor_id)
    package = next((each for each in more if isinstance(each, HoursPackage)), None)
    return BookingInputs(student, teacher, offered, given, package, reserving.taken_of(more))


def book(caller: Principal, wanted: BookSession) -> TutoringSession:
    """Book a session for the caller (1 storage request, 2 for a minor, and a transaction).

    Raises NotFound for nobody who can be booked, RuleViolation for a subject or time that is not offered, for terms
    that do not hold and for too little credit, Conflict SLOT_TAKEN or ALREADY_BUSY; with `wait` a taken slot is waited
    for instead.
    """
    if wanted.mentor_id == caller.user_id:
        raise rule_violation("TO_ONESELF", "This is you.", field="mentorId")
    session_id = ids.new_id()
    try:  # while others book with the same mentor, storage asks to come again: then the slot may be gone
        return retry_on_conflict(lambda: _book(caller, session_id, wanted), on=(Unavailable,), refuse=Unavailable())
    except Conflict as refusal:
        if refusal.code != "SLOT_TAKEN" or not wanted.wait:
            raise
    return _wait(caller, session_id, wanted)


def _book(caller: Principal, session_id: str, wanted: BookSession) -> TutoringSession:
    inputs = _read_for(caller, wanted)
    session = _drafted(session_id, inputs, wanted)
    confirm(session, inputs, price_of(inputs, wanted.pay_by, wanted.duration_minutes))
    return session


def _read_for(caller: Principal, wanted: BookSession) -> BookingInputs:
    ends = wanted.starts_at + timedelta(minutes=wanted.duration_minutes)
    return read(caller.user_id, wanted.mentor_id, wanted.starts_at, ends, wanted.package_id)


def _drafted(session_id: str, inputs: BookingInputs, wanted: BookSession) -> TutoringSession:
    """Return a session as it was asked for, once its time and its terms are found good."""
    ends = wanted.starts_at + timedelta(minutes=wanted.duration_minutes)
    if not teaches(inputs.offer, wanted.subject):
        raise rule_violation("SUBJECT_NOT_OFFERED", "The mentor teaches other subjects.", field="subject")
    require_offered(inputs, wanted.starts_at, ends)
    terms = people.terms(inputs.student, inputs.offer)
    return TutoringSession(
        session_id=session_id,
        mentor_id=inputs.offer.user_id,
        student_id=inputs.student.user_id,
        mentor_name=inputs.offer.name,
        student_name=profiles.shown_name(inputs.student),
        guardian_ids=terms.guardian_ids,
        is_recorded=terms.must_record,
        subject=wanted.subject,
        note=wanted.note,
        starts_at=wanted.starts_at,
        ends_at=ends,
        paid_by=wanted.pay_by,
        package_id=wanted.package_id if wanted.pay_by == "package" else None,
    )


def require_offered(inputs: BookingInputs, begins: datetime, ends: datetime) -> None:
    """Demand that a mentor offers a time.

    Raises RuleViolation NOT_A_QUARTER, TOO_SOON, TOO_FAR, LENGTH_NOT_OFFERED or NOT_THERE.
    """
    now, offer = clock.now(), inputs.offer
    minutes = int((ends - begins).total_seconds()) // 60
    if not cells.is_aligned(begins):
        raise rule_violation("NOT_A_QUARTER", "Sessions begin at a quarter of an hour.", field="startsAt")
    if begins < now + timedelta(hours=int(offer.notice_hours)) or begins <= now:
        raise rule_violation("TOO_SOON", "The mentor wants to know earlier.", field="startsAt")
    if begins > now + FURTHEST:
        raise rule_violation("TOO_FAR", "Sessions are booked 120 days ahead at most.", field="startsAt")
    if minutes not in offer.durations:
        raise rule_violation("LENGTH_NOT_OFFERED", "The mentor offers other lengths.", field="durationMinutes")
    if not hours.covers(hours.hours_of(inputs.hours), begins, ends):
        raise rule_violation("NOT_THERE", "The mentor is not there at this time.", field="startsAt")


def price_of(inputs: BookingInputs, pay_by: str | None, minutes: int) -> Price:
    """Return what a session costs, and what pays for it."""
    if pay_by == "package":
        return money.from_package(inputs.package, inputs.offer.user_id, minutes)
    return Price(prices.of_session(int(inputs.offer.hourly_amount), minutes), str(inputs.offer.currency))


def confirm(session: TutoringSession, inputs: BookingInputs, price: Price) -> None:
    """Take the time, hold the money and store the session with the news of it, in one transaction."""
    now, unit = clock.now(), Unit()
    session.state, session.waits_for, session.buffer_minutes = "scheduled", None, inputs.offer.buffer_minutes
    session.free_until = max(now, session.starts_at - timedelta(hours=limits.value("tutoring_cancel_hours")))
    session.paid_by = session.package_id = None
    reserving.note(session, inputs.sides)
    reserving.require_free(session, inputs.sides, inputs.taken)
    reserving.take(unit, session, inputs.sides)
    money.pay(unit, session, price, int((session.ends_at - session.starts_at).total_seconds()) // 60)
    due.place(session)
    is_new = not session.version
    unit.save(session, TutoringBooked(**facts.of(session)))
    if is_new:
        enter(unit, session)
    unit.commit()


def enter(unit: Unit, session: TutoringSession) -> None:
    """Add a session to the lists of both."""
    for user_id in (session.mentor_id, session.student_id):
        unit.put(TutoringEntry(user_id=user_id, session_id=session.session_id, starts_at=session.starts_at))


def leave(unit: Unit, session: TutoringSession, starts_at: datetime) -> None:
    """Take a session out of the lists of both, where it stands by a beginning."""
    for user_id in (session.mentor_id, session.student_id):
        unit.remove(TutoringEntry.at(user_id=user_id, session_id=session.session_id, starts_at=starts_at))


def _wait(caller: Principal, session_id: str, wanted: BookSession) -> TutoringSession:
    """Let a session wait for its time; nothing is taken and nothing paid until then."""
    inputs = _read_for(caller, wanted)
    session = _drafted(session_id, inputs, wanted)
    session.state, session.waits_for = "waiting", session.mentor_id
    session.currency = inputs.offer.currency
    due.place(session)
    unit = Unit().create(session)
    enter(unit, session)
    unit.commit()
    return session
