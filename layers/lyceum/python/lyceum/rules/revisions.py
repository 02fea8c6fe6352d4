"""Which marks an event of an exam tells of."""

from lyceum.model.exams.marks import ExamMarks, MarksRevision


def marks_of(exam_id: str, revision: int) -> ExamMarks | MarksRevision | None:
    """Return one revision of a session's marks: those in force, or those that later ones replaced (1 or 2 requests).

    None for a session that was removed before its message was read: there is nothing left to count.
    """
    marks: ExamMarks | MarksRevision | None = ExamMarks.fetch(exam_id=exam_id, consistent=True)
    if marks is not None and marks.revision != revision:
        marks = MarksRevision.fetch(exam_id=exam_id, revision=revision, consistent=True)
    return marks
