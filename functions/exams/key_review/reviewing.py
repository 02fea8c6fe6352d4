"""Looking at the keys of an exam before its results are told, once, by what its candidates answered (EXAM L8).

A thousand first attempts are enough to judge by. Whoever comes first writes the review down; the others find it.
"""

from lyceum.events.exams import ExamKeysSuspected
from lyceum.kit.errors import Conflict
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.exams.assessments import Assessment, KeyReview
from lyceum.model.exams.marks import ExamMarks
from lyceum.model.exams.sessions import ExamSession

from functions.exams.attempts import attempt_list
from functions.exams.statistics import key_suspects

_MOST_SESSIONS = 1000


def is_held(session: ExamSession) -> bool:
    """Say whether a result that is due waits because of a key of its exam.

    Costs 1 storage request for an exam whose keys are reviewed, and once in all 12 at most for the review itself.
    """
    if session.assessment_id is None or not session.policy.get("review_keys"):
        return False
    found = KeyReview.fetch(assessment_id=session.assessment_id, consistent=True) or _review(session.assessment_id)
    return found is not None and found.state == "held"


def _review(assessment_id: str) -> KeyReview | None:
    assessment = Assessment.fetch(assessment_id=assessment_id, consistent=True)
    if assessment is None:
        return None
    attempts = attempt_list.read_page(assessment_id, int(assessment.parts), _MOST_SESSIONS, None, consistent=True)
    first = [each.exam_id for each in attempts.items if each.attempt == 1 and each.state == "finished"]
    marks = [
        each for each in batch_fetch([ExamMarks.at(exam_id=name) for name in first]) if isinstance(each, ExamMarks)
    ]
    suspects = key_suspects.suspects(each.marks for each in marks)
    review = KeyReview(
        assessment_id=assessment_id,
        state="held" if suspects else "clear",
        takers=len(marks),
        suspects=[
            {
                "question_id": each.question_id,
                "option": each.option,
                "took_it": each.took_it,
                "took_key": each.took_key,
                "discrimination": str(each.discrimination),
            }
            for each in suspects
        ],
    )
    told = ExamKeysSuspected(
        assessment_id=assessment_id, owner_id=assessment.owner_id, title=assessment.title, count=len(suspects)
    )
    try:
        Unit().create(review, *([told] if suspects else [])).commit()
    except Conflict:
        return KeyReview.fetch(assessment_id=assessment_id, consistent=True)
    return review
