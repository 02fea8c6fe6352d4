"""Submitting, results, grading and regrading over HTTP: this function may read keys, and delivers no running paper."""

from typing import Annotated

from lyceum.kit.http import PUBLIC, Api, Caller, Page, Query, may
from lyceum.kit.identity import Permission
from lyceum.kit.long_jobs.schemas import JobView, view
from lyceum.model.exams.assessments import Assessment
from lyceum.model.exams.sessions import ExamPack, ExamSession
from lyceum.rules.sessions import recheck

from functions.exams.adaptive import advancing
from functions.exams.attempts.schemas import ExamState
from functions.exams.marking import finish, grading, offline, queues, receipts, review, revisions
from functions.exams.marking.instant_feedback import show_feedback
from functions.exams.marking.schemas.grading import GradeAnswer, GradedAnswer, GradingQueue, WaitingExam
from functions.exams.marking.schemas.key_review import KeyReviewView, RuleOnKeys
from functions.exams.marking.schemas.offline import OfflineAnswers, OfflineReceipt
from functions.exams.marking.schemas.receipts import Receipt, ReceiptKeys
from functions.exams.marking.schemas.regrading import ReadReason, Regrade, RegradeAssessment, RegradeResult, Revisions
from functions.exams.marking.schemas.results import InstantFeedback, Results, SummaryQuery
from functions.exams.packs import handing_in, ruling
from functions.exams.packs.schemas import HandIn, HandInReceipt, HeldPack, RulePack
from functions.exams.proctoring import assessment_regrade, key_rulings, rulings

api = Api("exams", recheck=recheck)
handler = api.handler


@api.post("/api/exams/{examId}/submit", access=may(Permission.TAKE_EXAMS), owner_of=ExamSession)
def submit_exam(caller: Caller, exam_id: str) -> Receipt:
    """Finish a session; it is scored once, however often this is called."""
    return finish.submit(caller, exam_id)


@api.get("/api/exams/{examId}/summary", access=may(Permission.TAKE_EXAMS), owner_of=ExamSession)
def show_exam_summary(caller: Caller, exam_id: str, query: Annotated[SummaryQuery, Query()]) -> Results:
    """Show the result: score, parts by topic and difficulty, and each question as far as it may be told."""
    return review.results(caller, exam_id, with_evidence=query.evidence)


@api.get("/api/exams/{examId}/results", access=may(Permission.TAKE_EXAMS), owner_of=ExamSession)
def show_exam_results(caller: Caller, exam_id: str, query: Annotated[SummaryQuery, Query()]) -> Results:
    """Show the same as the summary, for clients that know it by this name."""
    return review.results(caller, exam_id, with_evidence=query.evidence)


@api.get(
    "/api/exams/{examId}/feedback/{questionId}",
    access=may(Permission.TAKE_EXAMS),
    owner_of=ExamSession,
    refuses=(409, 422, 429),
)
def show_instant_feedback(caller: Caller, exam_id: str, question_id: str) -> InstantFeedback:
    """Show what became of an answer while the session runs; the answer stands from then on."""
    return show_feedback(caller, exam_id, question_id)


@api.post("/api/exams/{examId}/feedback/{questionId}", access=may(Permission.TAKE_EXAMS), owner_of=ExamSession)
def extend_adaptive_exam(caller: Caller, exam_id: str, question_id: str) -> ExamState:
    """Go on in an adaptive exam from an answered question: to the next, or to its end."""
    return advancing.advance(caller, exam_id, question_id)


@api.get("/api/exams/grading-queue", access=may(Permission.GRADE_WORK))
def list_waiting_exams(caller: Caller, query: Annotated[GradingQueue, Query()]) -> Page[WaitingExam]:
    """List sessions with answers that wait for marks, the oldest first."""
    return queues.queue(caller, query)


@api.post("/api/exams/{examId}/grade", access=may(Permission.GRADE_WORK), owner_of=ExamSession)
def grade_answer(caller: Caller, exam_id: str, body: GradeAnswer) -> GradedAnswer:
    """Mark one answer by points or by its rubric; the score of the session follows."""
    return grading.grade(caller, exam_id, body)


@api.post("/api/exams/{examId}/regrade", access=may(Permission.GRADE_WORK), owner_of=ExamSession)
def regrade_exam(caller: Caller, exam_id: str, body: Regrade) -> RegradeResult:
    """Rule on a question after the end, for one session or all of its exam, or preview that."""
    return rulings.regrade(caller, exam_id, body)


@api.post(
    "/api/assessments/{assessmentId}/regrade",
    access=may(Permission.GRADE_WORK),
    owner_of=Assessment,
    status=202,
    limit="60/hour",
    idempotent=True,
)
def regrade_assessment(caller: Caller, assessment_id: str, body: RegradeAssessment) -> JobView:
    """Rule on a question for all finished sessions of an assessment, or preview every change, as a job."""
    return view(assessment_regrade.start(caller, assessment_id, body))


@api.get("/api/assessments/{assessmentId}/key-review", access=may(Permission.GRADE_WORK), owner_of=Assessment)
def show_key_review(caller: Caller, assessment_id: str) -> KeyReviewView:
    """Show which keys of an assessment its answers speak against, and whether its results wait for that."""
    return key_rulings.show(caller, assessment_id)


@api.put(
    "/api/assessments/{assessmentId}/key-review",
    access=may(Permission.GRADE_WORK),
    owner_of=Assessment,
    limit="60/hour",
)
def verify_keys(caller: Caller, assessment_id: str, body: RuleOnKeys) -> KeyReviewView:
    """Rule on every suspected key, after which the results that waited are released."""
    return key_rulings.rule(caller, assessment_id, body)


@api.get("/api/exams/{examId}/revisions", access=may(Permission.GRADE_WORK), owner_of=ExamSession)
def show_revisions(caller: Caller, exam_id: str, query: Annotated[ReadReason, Query()]) -> Revisions:
    """Show every revision of a session's marks; with a reason, which stands in the audit log."""
    return revisions.show(caller, exam_id, query.reason)


@api.post("/api/practice-tests/{testId}/submit", access=may(Permission.TAKE_EXAMS), max_body_bytes=512 * 1024)
def submit_practice_test(caller: Caller, test_id: str, body: OfflineAnswers) -> OfflineReceipt:
    """Submit all answers of an attempt in one call, with a result for each, and finish it."""
    return offline.submit(caller, test_id, body)


@api.post("/api/quizzes/{quizId}/submit", access=may(Permission.TAKE_EXAMS), max_body_bytes=512 * 1024)
def submit_quiz(caller: Caller, quiz_id: str, body: OfflineAnswers) -> OfflineReceipt:
    """Submit all answers of an attempt at a quiz in one call, and finish it."""
    return offline.submit(caller, quiz_id, body)


@api.post(
    "/api/packs/{packId}/hand-in", access=may(Permission.TAKE_EXAMS), owner_of=ExamPack, max_body_bytes=512 * 1024
)
def hand_in_pack(caller: Caller, pack_id: str, body: HandIn) -> HandInReceipt:
    """Hand in what was answered without a line; a chain that does not hold is quarantined for a person."""
    return handing_in.hand_in(caller, pack_id, body)


@api.get("/api/packs/{packId}", access=may(Permission.GRADE_WORK), owner_of=ExamPack, refuses=(409,))
def show_pack(caller: Caller, pack_id: str) -> HeldPack:
    """Show whoever marks an exam what was handed in of a pack, and why it was quarantined."""
    return ruling.show(caller, pack_id)


@api.post("/api/packs/{packId}/ruling", access=may(Permission.GRADE_WORK), owner_of=ExamPack)
def rule_on_pack(caller: Caller, pack_id: str, body: RulePack) -> HeldPack:
    """Let the answers of a quarantined pack count, or end its session without them; the student is told."""
    return ruling.rule(caller, pack_id, body)


@api.get("/.well-known/receipt-keys.json", access=PUBLIC, cache_control="public, max-age=300", raw="application/json")
def show_receipt_keys() -> ReceiptKeys:
    """Publish the keys that score receipts are signed with (RFC 8037)."""
    return receipts.public_keys()


@api.get("/api/practice-tests/{testId}/results/{resultId}", access=may(Permission.TAKE_EXAMS), owner_of=ExamSession)
def show_practice_test_result(caller: Caller, test_id: str, result_id: str) -> Results:
    """Show the result of an attempt at a practice test."""
    return review.results(caller, result_id, assessment_id=test_id)
