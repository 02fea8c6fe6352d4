"""Everything that is kept about a person, by section: how it is found, which fields are told, and what they mean.

What an erasure removes or empties is in a copy too, so a new kind enters both with one line in
`functions.users.erasure`. Told is what the person may see: results that are released, feedback that was
given, no notes of graders among themselves, nobody else's names, and no secrets or hashes.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic.alias_generators import to_camel

from lyceum.kit import clock
from lyceum.kit.frozen import frozen
from lyceum.kit.table import Entity, batch_fetch, find_all
from lyceum.model.assignments import GradeRecord, GradeSheet, Submission, SubmissionAttempt
from lyceum.model.audit import AuditEvent
from lyceum.model.certificates import Certificate
from lyceum.model.content.library import ContentItem
from lyceum.model.courses.course import CourseRating
from lyceum.model.courses.enrolments import Enrolment, StudyTime
from lyceum.model.exams.sessions import AnswerSheet, ExamPack, ExamSession, SheetBlock
from lyceum.model.exams.statistics import Performance
from lyceum.model.integrations.launches import LaunchAccount
from lyceum.model.integrations.statements import LearningStatement
from lyceum.model.marketplace.offers import OfferReview
from lyceum.model.marketplace.sales import OfferPurchase
from lyceum.model.payouts import PayoutAccount
from lyceum.model.proctoring import ProctorEvent, ProctorSession, ProctorViolation
from lyceum.model.questions.statistics import QuestionHistory, SolvedQuestions
from lyceum.model.store.orders import StoreOrder
from lyceum.model.store.products import ProductReview
from lyceum.model.tutoring import HoursPackage, TutoringEntry, TutoringSession, TutorProfile
from lyceum.model.users.account import User
from lyceum.model.users.classes import PinCard
from lyceum.model.users.guardians import Guardianship
from lyceum.model.users.privacy import ConsentRecord, PrivacyRequest
from lyceum.rules.exams import answer_sheets

from functions.users import erasure

KEPT_BACK: frozenset[type[Entity]] = frozenset({PinCard, SheetBlock})
"""Kinds that hold nothing but secrets, or nothing but what other sections tell."""
_SECRET = re.compile(r"hash|token|secret|salt|nonce|signature|endpoint|^auth$|p256dh|seed")
_BASE = frozenset(Entity.get_attributes()) - {"created_at", "updated_at"}
_BULLET = re.compile(r"^\s*(?:- )?((?:`?\w+`?)(?:, `?\w+`?)*): (.+)$")
_PACK_FIELDS = (
    *("pack_id", "assessment_id", "device_id", "state", "handed_in_at", "chain", "later"),
    *("reasons", "ruling", "ruling_reason", "ruled_at"),
)
_SESSION_FIELDS = (
    "exam_id", "mode", "state", "title", "topic_ids", "question_count", "started_at", "deadline_at", "finished_at",
    "cause", "assessment_id", "course_id", "attempt", "extended_seconds", "released_at",
)  # fmt: skip
_LESSON_FIELDS = (
    "session_id", "mentor_id", "student_id", "state", "absent", "subject", "note", "starts_at", "ends_at", "paid_by",
    "package_id", "amount", "currency", "refunded", "cancelled_by", "reason", "stars", "comment", "feedback",
)  # fmt: skip
_RESULT_FIELDS = ("score", "max_score", "percent", "is_passed")


@frozen
class Section:
    """A part of the copy: one file of rows of one kind.

    Attributes:
        read: Finds the rows of a user.
        fields: Which fields are told; all but secrets where it is empty.
        hidden: Fields that are not told.
    """

    kind: type[Entity]
    read: Callable[[str], Iterable[Entity]]
    fields: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of its file: the kind's, as in `study_session`."""
        return str(Entity.kind.get_discriminator(self.kind))

    def rows(self, user_id: str) -> Iterator[dict[str, Any]]:
        """Return the rows of a user as JSON values."""
        for item in self.read(user_id):
            yield {to_camel(name): _json(value) for name, value in self._told(item) if value is not None}

    def _told(self, item: Entity) -> Iterator[tuple[str, Any]]:
        for name in self.names(item):
            yield name, getattr(item, name)

    def names(self, item: Entity | None = None) -> list[str]:
        """Return the fields that are told, of an item or of any."""
        if self.fields:
            is_told = item is None or getattr(item, "released_at", None) is not None
            return [*self.fields, *(_RESULT_FIELDS if is_told and self.kind is ExamSession else ())]
        own = set(self.kind.get_attributes()) - _BASE - set(self.hidden)
        return sorted(name for name in own if not _SECRET.search(name))

    def explained(self) -> dict[str, Any]:
        """Return what the rows are, and what each field means."""
        about, fields = _read_docstring(self.kind)
        told = {to_camel(name): fields.get(name) or _plain(name) for name in self.names()}
        return {"about": about, "fields": told}


def sections() -> list[Section]:
    """Return every section of a copy."""
    special = [
        Section(User, lambda user_id: [User.require(user_id=user_id)], hidden=("sort_name",)),
        Section(Guardianship, _guardianships, hidden=("email",)),
        Section(ConsentRecord, _own(ConsentRecord)),
        Section(PrivacyRequest, _own(PrivacyRequest)),
        Section(Enrolment, lambda user_id: find_all(Enrolment, index="gsi1", user_id=user_id)),
        Section(StudyTime, _of_courses(StudyTime)),
        Section(CourseRating, _of_courses(CourseRating)),
        Section(Submission, lambda user_id: find_all(Submission, index="gsi1", user_id=user_id)),
        Section(SubmissionAttempt, _handed_in(SubmissionAttempt)),
        Section(GradeRecord, _grades, hidden=("private_note", "grader_id")),
        Section(GradeSheet, lambda user_id: find_all(GradeSheet, index="gsi1", user_id=user_id)),
        Section(ExamSession, _exams, fields=_SESSION_FIELDS),
        Section(AnswerSheet, _answers, fields=("exam_id", "state", "answers")),
        Section(ExamPack, _packs, fields=_PACK_FIELDS),
        Section(LaunchAccount, lambda user_id: find_all(LaunchAccount, index="gsi1", user_id=user_id)),
        Section(LearningStatement, lambda user_id: find_all(LearningStatement, index="gsi1", user_id=user_id)),
        Section(Performance, _own(Performance)),
        Section(QuestionHistory, _own(QuestionHistory), hidden=("made_by",)),
        Section(SolvedQuestions, _own(SolvedQuestions)),
        Section(TutoringSession, _lessons, fields=_LESSON_FIELDS),
        Section(HoursPackage, _own(HoursPackage)),
        Section(TutorProfile, _own(TutorProfile), hidden=("keys_listed",)),
        Section(ProctorSession, _watched, hidden=("address_mark", "recent", "owner_id", "told_at")),
        Section(ProctorEvent, _of_watched(ProctorEvent)),
        Section(ProctorViolation, _of_watched(ProctorViolation), hidden=("decided_by", "note")),
        Section(ContentItem, lambda user_id: find_all(ContentItem, index="gsi2", owner_id=user_id)),
        Section(Certificate, lambda user_id: find_all(Certificate, index="gsi1", user_id=user_id)),
        Section(OfferPurchase, _own(OfferPurchase)),
        Section(OfferReview, _reviews),
        Section(PayoutAccount, _own(PayoutAccount), hidden=("recipient",)),
        Section(StoreOrder, _orders, hidden=("history", "reasons")),
        Section(ProductReview, lambda user_id: find_all(ProductReview, index="gsi2", user_id=user_id)),
        Section(AuditEvent, lambda user_id: find_all(AuditEvent, subject_id=user_id), hidden=("actor_id",)),
    ]
    known = {section.kind for section in special} | KEPT_BACK
    return [*special, *(Section(kind, _own(kind)) for kind in erasure.REMOVED if kind not in known)]


def _own(kind: type[Entity]) -> Callable[[str], Iterable[Entity]]:
    return lambda user_id: find_all(kind, user_id=user_id)


def _orders(user_id: str) -> Iterator[StoreOrder]:
    return find_all(StoreOrder, index="gsi1", user_id=user_id)


def _guardianships(user_id: str) -> Iterator[Entity]:
    yield from find_all(Guardianship, child_id=user_id)
    yield from find_all(Guardianship, index="gsi1", adult_id=user_id)


def _of_courses(kind: type[Entity]) -> Callable[[str], Iterable[Entity]]:
    def read(user_id: str) -> Iterator[Entity]:
        courses = [each.course_id for each in find_all(Enrolment, index="gsi1", user_id=user_id)]
        found = batch_fetch([kind.at(course_id=course_id, user_id=user_id) for course_id in courses])
        return (each for each in found if each is not None)

    return read


def _handed_in(kind: type[Entity]) -> Callable[[str], Iterator[Entity]]:
    def read(user_id: str) -> Iterator[Entity]:
        for submission in find_all(Submission, index="gsi1", user_id=user_id):
            yield from find_all(kind, assignment_id=submission.assignment_id, user_id=user_id)

    return read


def _grades(user_id: str) -> Iterator[Entity]:
    return (grade for grade in _handed_in(GradeRecord)(user_id) if isinstance(grade, GradeRecord) and grade.is_released)


def _exams(user_id: str) -> Iterator[ExamSession]:
    return (each for each in find_all(ExamSession, index="gsi2", user_id=user_id) if isinstance(each, ExamSession))


def _answers(user_id: str) -> Iterator[Entity]:
    for session in _exams(user_id):
        sheet = answer_sheets.fetch(session.exam_id)
        if sheet is not None and session.state == "finished":
            yield sheet


def _packs(user_id: str) -> Iterator[Entity]:
    for session in _exams(user_id):
        pack = ExamPack.fetch(pack_id=session.exam_id)
        if pack is not None:
            yield pack


def _lessons(user_id: str) -> Iterator[Entity]:
    for entry in find_all(TutoringEntry, user_id=user_id):
        session = TutoringSession.fetch(session_id=entry.session_id)
        if session is not None:
            yield session


def _reviews(user_id: str) -> Iterator[Entity]:
    for bought in find_all(OfferPurchase, user_id=user_id):
        review = OfferReview.fetch(offer_id=bought.offer_id, user_id=user_id)
        if review is not None:
            yield review


def _watched(user_id: str) -> Iterator[ProctorSession]:
    yield from find_all(ProctorSession, index="gsi1", user_id=user_id)


def _of_watched(kind: type[Entity]) -> Callable[[str], Iterator[Entity]]:
    def read(user_id: str) -> Iterator[Entity]:
        for session in _watched(user_id):
            yield from find_all(kind, session_id=session.session_id)

    return read


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return clock.iso(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return {str(name): _json(each) for name, each in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(map(_json, value))
    if isinstance(value, list | tuple):
        return [_json(each) for each in value]
    return _json(value.as_dict()) if hasattr(value, "as_dict") else value


def _read_docstring(kind: type[Entity]) -> tuple[str, dict[str, str]]:
    """Read what a kind's docstring says of it and of its fields."""
    lines = (kind.__doc__ or "").strip().splitlines()
    fields: dict[str, str] = {}
    latest: list[str] = []
    for line in lines[1:]:
        found = _BULLET.match(line)
        if found:
            latest = [name.strip(" `") for name in found.group(1).split(",")]
            fields |= dict.fromkeys(latest, found.group(2).strip())
        elif line.strip() and latest and line.startswith("      "):
            fields |= {name: f"{fields[name]} {line.strip()}" for name in latest}
        else:
            latest = []
    return lines[0] if lines else "", fields


def _plain(name: str) -> str:
    words = name.replace("_", " ")
    return f"{words[0].upper()}{words[1:]}."
