"""The second function of the exams over HTTP: it may read keys and write marks, and delivers no running paper."""

from lyceum.http import STUDENT, Api, Caller

from exams import finishing, review
from exams.schemas import Receipt, Results

api = Api("exams")
handler = api.handler


@api.post("/api/exams/{examId}/submit", access=STUDENT)
def submit_exam(caller: Caller, exam_id: str) -> Receipt:
    """Finish a session; it is scored once, however often this is called."""
    return finishing.submit(caller, exam_id)


@api.get("/api/exams/{examId}/summary", access=STUDENT)
def summary(caller: Caller, exam_id: str) -> Results:
    """Show the result with score, parts by topic and difficulty, and each question with its explanation."""
    return review.results(caller, exam_id)


@api.get("/api/exams/{examId}/results", access=STUDENT)
def results(caller: Caller, exam_id: str) -> Results:
    """Show the same as the summary, for clients that know it by this name."""
    return review.results(caller, exam_id)
