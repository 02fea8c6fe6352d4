"""Readings of a batch: each is taken or ignored with a reason, and nothing of a batch is taken twice.

An attendance reader tells of active students of its course and of nobody else; a clicker answers quizzes that are open.
"""

from dataclasses import dataclass, field
from typing import Any

from lyceum.events.devices import AttendanceRead
from lyceum.kit import clock
from lyceum.kit.table import Entity, Unit, batch_fetch
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.devices import ClassroomDevice, ClickerAnswers, ClickerQuiz

from functions.devices.quizzes.running import KEPT, LATE, LETTERS
from functions.devices.schemas import ClickerAnswer, IgnoredReading, Measurement, Presence, Reading

_SENDERS = {"presence": "attendance_reader", "answer": "clicker"}


@dataclass
class Taken:
    """What becomes of a batch's readings."""

    measurements: list[dict[str, Any]] = field(default_factory=list)
    present: dict[str, AttendanceRead] = field(default_factory=dict)
    answers: dict[str, dict[str, str]] = field(default_factory=dict)
    ignored: list[IgnoredReading] = field(default_factory=list)
    accepted: int = 0


def take(unit: Unit, device: ClassroomDevice, given: list[Reading]) -> Taken:
    """Judge readings and add the answers of a clicker to the unit (at most 1 storage request)."""
    known = _known(device, given)
    taken = Taken()
    for place, reading in enumerate(given):
        reason = _judge(device, reading, known, taken)
        if reason is None:
            taken.accepted += 1
        else:
            taken.ignored.append(IgnoredReading.model_validate({"reading": place, "reason": reason}))
    for quiz_id, choices in taken.answers.items():
        before = known.get(_answers_of(quiz_id, device).sk + quiz_id)
        answers = before if isinstance(before, ClickerAnswers) else _new_answers(quiz_id, device)
        answers.choices = {**(answers.choices or {}), **choices}
        answers.ttl = clock.now() + KEPT
        unit.save(answers)
    return taken


def _new_answers(quiz_id: str, device: ClassroomDevice) -> ClickerAnswers:
    return ClickerAnswers(quiz_id=quiz_id, device_id=device.device_id)


def _answers_of(quiz_id: str, device: ClassroomDevice) -> ClickerAnswers:
    return ClickerAnswers.at(quiz_id=quiz_id, device_id=device.device_id)


def _known(device: ClassroomDevice, given: list[Reading]) -> dict[str, Entity]:
    """Read what the readings are about, by a name for each: enrolments, quizzes, and earlier answers."""
    names: dict[str, Entity] = {}
    for reading in given:
        if isinstance(reading, Presence) and device.course_id and device.device_kind == "attendance_reader":
            names[reading.person_id] = Enrolment.at(course_id=device.course_id, user_id=reading.person_id)
        elif isinstance(reading, ClickerAnswer) and device.device_kind == "clicker":
            names[reading.quiz_id] = ClickerQuiz.at(quiz_id=reading.quiz_id)
            answers = _answers_of(reading.quiz_id, device)
            names[answers.sk + reading.quiz_id] = answers
    found = batch_fetch(list(names.values()), consistent=True) if names else []
    return {name: item for name, item in zip(names, found, strict=True) if item is not None}


def _judge(device: ClassroomDevice, reading: Reading, known: dict[str, Entity], taken: Taken) -> str | None:
    """Take a reading, or return why not."""
    if _SENDERS.get(reading.kind, device.device_kind) != device.device_kind:
        return "not_this_kind"
    match reading:
        case Measurement():
            taken.measurements.append({"name": reading.name, "value": reading.value})
            return None
        case Presence():
            return _saw(device, reading, known, taken)
        case ClickerAnswer():
            return _answered(device, reading, known, taken)


def _saw(device: ClassroomDevice, reading: Presence, known: dict[str, Entity], taken: Taken) -> str | None:
    if device.course_id is None:
        return "no_course"
    enrolment = known.get(reading.person_id)
    if not isinstance(enrolment, Enrolment) or enrolment.state != "active":
        return "unknown_person"
    taken.present[reading.person_id] = AttendanceRead(
        device_id=device.device_id, course_id=device.course_id, user_id=reading.person_id
    )
    return None


def _answered(device: ClassroomDevice, reading: ClickerAnswer, known: dict[str, Entity], taken: Taken) -> str | None:
    quiz = known.get(reading.quiz_id)
    if not isinstance(quiz, ClickerQuiz) or quiz.room != device.room:
        return "unknown_quiz"
    if quiz.closes_at + LATE <= clock.now():
        return "quiz_closed"
    choices = quiz.questions[reading.question - 1]["choices"] if reading.question <= len(quiz.questions) else 0
    if reading.choice not in LETTERS[:choices]:
        return "no_such_choice"
    taken.answers.setdefault(reading.quiz_id, {})[str(reading.question)] = reading.choice
    return None
