"""Whether what was confirmed is there, and there once: read back without a fault on the line."""

import time
from collections import Counter
from typing import Any

from tests.simulation.students import Student

_SECONDS = 180


def missing_and_doubled(student: Student) -> tuple[list[str], list[str]]:
    """Return what of a student's confirmed acts is not there, and what is there more often than it was done."""
    kept, name = student.confirmed, student.name
    lost = [f"{name} lesson {each}" for each in kept.lessons if not _lesson(student, each)["isCompleted"]]
    for exam_id, given in kept.answers.items():
        lost += [f"{name} answer {each}" for each in _differing(student, exam_id, given)]
    found = Counter(note["text"] for note in _notes(student))
    lost += [f"{name} note {text}" for text in kept.notes - found.keys()]
    doubled = [f"{name} note {text}" for text, count in found.items() if count > 1]
    finished = _finished(student)
    lost += [f"{name} session {each}" for each in kept.handed_in - finished.keys()]
    counted = _counted(student, len(finished))
    lost += [f"{name} figures {counted} of {len(finished)}"] * (counted < len(finished))
    doubled += [f"{name} figures {counted} of {len(finished)}"] * (counted > len(finished))
    return lost, doubled


def _lesson(student: Student, lesson_id: str) -> Any:
    return student.do("showLesson", path={"lessonId": lesson_id})


def _differing(student: Student, exam_id: str, given: dict[str, list[str]]) -> list[str]:
    is_over = exam_id in student.confirmed.handed_in
    shown = student.do("showExamSummary" if is_over else "showExam", path={"examId": exam_id})
    stored = {each["questionId"]: (each.get("answer") or each).get("optionIds") for each in shown["questions"]}
    return [question for question, chosen in given.items() if stored.get(question) != chosen]


def _notes(student: Student) -> list[Any]:
    return list(student.every("listNotes"))


def _finished(student: Student) -> dict[str, Any]:
    return {each["examId"]: each for each in student.every("listPastExams") if each["state"] == "finished"}


def _counted(student: Student, expected: int) -> int:
    """Return how many sessions are counted in the student's figures, once events had their time."""
    end = time.monotonic() + _SECONDS
    while True:
        totals = student.do("showLearner", path={"userId": student.user_id})["totals"]
        if totals["examsTaken"] >= expected or time.monotonic() > end:
            return int(totals["examsTaken"])
        time.sleep(2)
