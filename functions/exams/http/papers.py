"""Generated papers over HTTP; this function's role reads keys, for the marking scheme."""

from typing import Annotated

from lyceum.kit.http import INSTRUCTOR, Api, Caller, Query

from functions.exams.authoring import marking_schemes
from functions.exams.authoring.schemas import GeneratePaper, PaperQuery, PaperView

api = Api("exams")
handler = api.handler


@api.post("/api/papers/generate", access=INSTRUCTOR, status=201, idempotent=True)
def generate_paper(caller: Caller, body: GeneratePaper) -> PaperView:
    """Generate a paper from a blueprint; the same seed and bank give the same paper."""
    return marking_schemes.generate(caller, body)


@api.get("/api/papers/{paperId}", access=INSTRUCTOR)
def show_paper(caller: Caller, paper_id: str, query: Annotated[PaperQuery, Query()]) -> PaperView:
    """Show a paper with its marking scheme: one's own, or another's to who manages exams, with a reason."""
    return marking_schemes.show(caller, paper_id, query.reason)
