"""Which marks an event of an exam tells of."""

from collections.abc import Iterable

from lyceum.kit.table import batch_fetch
from lyceum.model.exams.marks import ExamMarks, MarksRevision


def marks_of(exam_id: str, revision: int) -> ExamMarks | MarksRevision | None:
    """Return one revision of a session's marks: those in force, or those that later ones replaced (1 or 2 requests).

    None for a session that was removed before its message was read: there is nothing left to count.
    """
    marks: ExamMarks | MarksRevision | None = ExamMarks.fetch(exam_id=exam_id, consistent=True)
    if marks is not None and marks.revision != revision:
        marks = MarksRevision.fetch(exam_id=exam_id, revision=revision, consistent=True)
    return marks


def marks_of_many(
    wanted: Iterable[tuple[str, int]],
) -> dict[tuple[str, int], ExamMarks | MarksRevision | None]:
    """Return revisions of several sessions' marks by (exam id, revision): a request for each hundred of either kind."""
    names = sorted(set(wanted))
    found: dict[tuple[str, int], ExamMarks | MarksRevision | None] = dict.fromkeys(names)
    current = [ExamMarks.at(exam_id=exam_id) for exam_id in sorted({exam_id for exam_id, _ in names})]
    latest = {each.exam_id: each for each in batch_fetch(current, consistent=True) if isinstance(each, ExamMarks)}
    earlier = []
    for exam_id, revision in names:
        marks = latest.get(exam_id)
        if marks is not None and marks.revision == revision:
            found[exam_id, revision] = marks
        elif marks is not None:
            earlier.append(MarksRevision.at(exam_id=exam_id, revision=revision))
    for each in batch_fetch(earlier, consistent=True):
        if isinstance(each, MarksRevision):
            found[each.exam_id, int(each.revision)] = each
    return found
