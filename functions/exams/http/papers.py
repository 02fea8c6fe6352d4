"""Papers over HTTP; this function's role reads keys, for the marking scheme."""

from typing import Annotated

from lyceum.kit.http import OWNER, Api, Caller, IfMatch, Listing, Page, Query, may
from lyceum.kit.identity import Permission
from lyceum.kit.long_jobs.schemas import JobView, view
from lyceum.model.exams.assessments import Assessment
from lyceum.rules.sessions import recheck

from functions.exams.attempts.schemas import Removed
from functions.exams.authoring import assessments, kept_blueprints, marking_schemes, results, views
from functions.exams.authoring.marking_schemes import PAPER_MODES
from functions.exams.authoring.schemas.assessments import OwnAssessmentView
from functions.exams.authoring.schemas.blueprints import BlueprintList, BlueprintView, NewBlueprint
from functions.exams.authoring.schemas.papers import ChangePaper, GeneratePaper, PaperQuery, PaperSummary, PaperView
from functions.exams.authoring.schemas.results import ResultsView
from functions.exams.scanning import requests as scans
from functions.exams.scanning.schemas import RuleScan, ScanListing, ScanSummary, ScanView, SendScans

api = Api("exams", recheck=recheck)
handler = api.handler


@api.get("/api/blueprints", access=may(Permission.WRITE_EXAMS))
def list_blueprints(caller: Caller) -> BlueprintList:
    """List the blueprints of examination boards and the caller's own."""
    return kept_blueprints.listed(caller)


@api.post("/api/blueprints", access=may(Permission.WRITE_EXAMS), status=201, idempotent=True)
def save_blueprint(caller: Caller, body: NewBlueprint) -> BlueprintView:
    """Keep a blueprint for later papers."""
    return kept_blueprints.save(caller, body)


@api.get("/api/papers", access=may(Permission.WRITE_EXAMS))
def list_papers(caller: Caller, listing: Annotated[Listing, Query()]) -> Page[PaperSummary]:
    """List the caller's own papers, the latest first."""
    return views.list_papers(caller, listing)


@api.post("/api/papers/generate", access=may(Permission.WRITE_EXAMS), status=201, idempotent=True)
def generate_paper(caller: Caller, body: GeneratePaper) -> PaperView:
    """Generate a paper from a blueprint; the same seed and bank give the same paper."""
    return marking_schemes.generate(caller, body)


@api.get("/api/papers/{paperId}", access=may(Permission.WRITE_EXAMS), owner_of=Assessment)
def show_paper(caller: Caller, paper_id: str, query: Annotated[PaperQuery, Query()]) -> PaperView:
    """Show a paper with its marking scheme: one's own, or another's to who manages exams, with a reason."""
    return marking_schemes.show(caller, paper_id, query.reason)


@api.put("/api/papers/{paperId}", access=OWNER, owner_of=Assessment)
def change_paper(caller: Caller, paper_id: str, body: ChangePaper, if_match: IfMatch) -> OwnAssessmentView:
    """Change a paper, choose its questions by section, or publish it; sessions that run stay as they are."""
    return assessments.change(caller, paper_id, body, PAPER_MODES, if_match)


@api.delete("/api/papers/{paperId}", access=OWNER, owner_of=Assessment)
def delete_paper(caller: Caller, paper_id: str, if_match: IfMatch) -> Removed:
    """Take a paper away; results of earlier attempts stay."""
    assessments.delete(caller, paper_id, PAPER_MODES, if_match)
    return Removed(id=paper_id)


@api.get("/api/papers/{paperId}/results", access=OWNER, owner_of=Assessment)
def list_paper_results(caller: Caller, paper_id: str, listing: Annotated[Listing, Query()]) -> ResultsView:
    """Show the attempts at a paper with statistics of all of them."""
    return results.results(caller, paper_id, listing, PAPER_MODES)


@api.post(
    "/api/papers/{paperId}/scans",
    access=may(Permission.WRITE_EXAMS),
    owner_of=Assessment,
    status=202,
    limit="60/hour",
    idempotent=True,
)
def send_scans(caller: Caller, paper_id: str, body: SendScans) -> JobView:
    """Read scanned answer sheets of a paper, as a job; clear ones are scored, others wait for a person."""
    return view(scans.send(caller, paper_id, body))


@api.get("/api/papers/{paperId}/scans", access=may(Permission.WRITE_EXAMS), owner_of=Assessment)
def list_scans(caller: Caller, paper_id: str, query: Annotated[ScanListing, Query()]) -> Page[ScanSummary]:
    """List the scanned pages of a paper, or those of them that wait for a person."""
    return scans.listed(caller, paper_id, query)


@api.get("/api/papers/{paperId}/scans/{scanId}", access=may(Permission.WRITE_EXAMS), owner_of=Assessment)
def show_scan(caller: Caller, paper_id: str, scan_id: str) -> ScanView:
    """Show a scanned page with every mark that was read, and its picture."""
    return scans.show(caller, paper_id, scan_id)


@api.put(
    "/api/papers/{paperId}/scans/{scanId}", access=may(Permission.WRITE_EXAMS), owner_of=Assessment, limit="600/hour"
)
def verify_scan(caller: Caller, paper_id: str, scan_id: str, body: RuleScan) -> ScanView:
    """Rule on a page in doubt: whose it is, what is marked, or that it counts for nobody."""
    return scans.rule(caller, paper_id, scan_id, body)
