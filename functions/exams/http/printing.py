"""Papers in print over HTTP; this function's role reads keys, for the marking scheme, and its layer typesets."""

from typing import Annotated

from lyceum.kit.http import Answer, Api, Caller, Query, may
from lyceum.kit.identity import Permission
from lyceum.model.exams.assessments import Assessment
from lyceum.rules.sessions import recheck

from functions.exams.printing import documents
from functions.exams.printing.schemas import PrintQuery

api = Api("exams", recheck=recheck)
handler = api.handler


@api.get(
    "/api/papers/{paperId}/pdf",
    access=may(Permission.WRITE_EXAMS),
    owner_of=Assessment,
    raw="application/pdf",
    limit="60/hour",
)
def show_paper_pdf(caller: Caller, paper_id: str, query: Annotated[PrintQuery, Query()], answer: Answer) -> bytes:
    """Show a paper, its answer sheet or its marking scheme as PDF; the same paper makes the same bytes."""
    content = documents.pdf(caller, paper_id, query)
    answer.headers["Content-Disposition"] = f'inline; filename="{query.part}-{query.form}.pdf"'
    return content
