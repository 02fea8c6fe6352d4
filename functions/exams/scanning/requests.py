"""What staff asks of scanned answer sheets: to read files, what was read, and to rule on what is in doubt."""

from lyceum.kit import clock
from lyceum.kit.aws import links
from lyceum.kit.errors import Conflict, NotFound, rule_violation
from lyceum.kit.http import Page
from lyceum.kit.identity import Principal
from lyceum.kit.long_jobs import control
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.table import Unit, batch_fetch, fetch_many, find, retry_on_conflict
from lyceum.model.audit import audit
from lyceum.model.content.uploads import Upload
from lyceum.model.exams.assessments import Assessment
from lyceum.model.exams.scans import ScannedPage
from lyceum.tasks.exams import ReadScans, SettleScan

from functions.exams.authoring.assessments import require_mine
from functions.exams.authoring.marking_schemes import PAPER_MODES
from functions.exams.scanning.schemas import (
    ReadMark,
    ReadQuestion,
    RuledAnswer,
    RuleScan,
    ScanListing,
    ScanSummary,
    ScanView,
    SendScans,
    fields_of,
)

TYPES = frozenset({"application/pdf", "image/jpeg", "image/png", "image/webp"})
_LINK_SECONDS = 1800


def send(caller: Principal, paper_id: str, wanted: SendScans) -> LongJob:
    """Begin to read files with answer sheets of a paper.

    Costs 2 reads and one transaction. Raises NotFound, Conflict NOT_PUBLISHED, or RuleViolation UNKNOWN_FILE for a file
    that is not the caller's, not a picture or PDF, or not ready.
    """
    assessment = Assessment.require(assessment_id=paper_id, consistent=True)
    require_mine(caller, assessment, PAPER_MODES)
    if assessment.state != "published":
        raise Conflict("Publish the paper first: its sheets are scored as sessions of it.", code="NOT_PUBLISHED")
    found = batch_fetch([Upload.at(upload_id=name) for name in wanted.upload_ids], consistent=True)
    if not all(isinstance(each, Upload) and _is_usable(caller, each) for each in found):
        raise rule_violation("UNKNOWN_FILE", "There is no such picture or PDF of yours that is ready: upload it first.")
    unit = Unit()
    task = ReadScans(
        owner_id=caller.user_id,
        paper_id=paper_id,
        upload_ids=wanted.upload_ids,
        candidates={each.number: each.user_id for each in wanted.candidates},
    )
    job = control.start(unit, task)
    unit.commit()
    return job


def _is_usable(caller: Principal, upload: Upload) -> bool:
    return upload.owner_id == caller.user_id and upload.state == "ready" and upload.content_type in TYPES


def listed(caller: Principal, paper_id: str, wanted: ScanListing) -> Page[ScanSummary]:
    """List the scanned pages of a paper, or those that wait for a person; costs 2 reads. Raises NotFound."""
    require_mine(caller, Assessment.require(assessment_id=paper_id), PAPER_MODES)
    found = find(
        ScannedPage,
        index="gsi1" if wanted.doubtful else None,
        paper_id=paper_id,
        limit=wanted.limit,
        after=wanted.start_key(),
    )
    return wanted.page(found, lambda each: ScanSummary.model_validate(fields_of(each)))


def show(caller: Principal, paper_id: str, scan_id: str) -> ScanView:
    """Show a scanned page with every mark that was read and its picture; costs 1 read. Raises NotFound."""
    return _view(_require(caller, paper_id, scan_id))


def _require(caller: Principal, paper_id: str, scan_id: str) -> ScannedPage:
    assessment, page = fetch_many(
        Assessment.at(assessment_id=paper_id), ScannedPage.at(paper_id=paper_id, scan_id=scan_id), consistent=True
    )
    if assessment is None:
        raise NotFound("There is no such paper.")
    require_mine(caller, assessment, PAPER_MODES)
    if page is None:
        raise NotFound("There is no such scanned page.")
    return page


def _view(page: ScannedPage) -> ScanView:
    questions = [
        ReadQuestion(
            question_id=question,
            in_doubt=question in page.doubts,
            option_ids=page.answers.get(question, []),
            marks=[ReadMark(option_id=name, marked=said, confidence=sure) for name, (said, sure) in each.items()],
        )
        for question, each in page.marks.items()
    ]
    picture = links.link(page.picture, _LINK_SECONDS) if page.picture else None
    return ScanView.model_validate({**fields_of(page), "questions": questions, "picture_url": picture})


def rule(caller: Principal, paper_id: str, scan_id: str, wanted: RuleScan) -> ScanView:
    """Rule on a doubtful page: whose it is, what is marked, or that it counts for nobody; audited.

    A page that is clear by then is counted, and its sheet scored, by a worker. Costs 1 read and one transaction. Raises
    NotFound, Conflict SCAN_SETTLED for one that is not in doubt, or RuleViolation UNKNOWN_QUESTION, UNKNOWN_OPTION,
    TOO_MANY_OPTIONS or STILL_IN_DOUBT.
    """
    return retry_on_conflict(lambda: _rule(caller, paper_id, scan_id, wanted))


def _rule(caller: Principal, paper_id: str, scan_id: str, wanted: RuleScan) -> ScanView:
    page = _require(caller, paper_id, scan_id)
    if page.state != "doubtful":
        raise Conflict("This page is not in doubt any more.", code="SCAN_SETTLED")
    before = {"state": page.state, "candidate": page.user_id, "reasons": list(page.reasons)}
    page.ruled_by, page.ruled_at = caller.user_id, clock.now()
    messages = []
    if wanted.discard:
        page.state = "discarded"
    else:
        _decide(page, wanted)
        page.state, messages = "waiting", [SettleScan(paper_id=paper_id, scan_id=scan_id)]
    after = {
        "state": page.state,
        "candidate": page.user_id,
        "answers": {each.question_id: each.option_ids for each in wanted.answers},
    }
    event = audit("scan.rule", scan_id, before=before, after=after, reason=wanted.reason)
    Unit().replace(page, *messages).create(event).commit()
    return _view(page)


def _decide(page: ScannedPage, wanted: RuleScan) -> None:
    """Put what a person says on a page; raises RuleViolation while something is in doubt all the same."""
    if page.page is None or not page.marks:
        raise rule_violation("STILL_IN_DOUBT", "Nothing of this page could be read: scan it again, and discard this.")
    answers = dict(page.answers)
    for ruled in wanted.answers:
        _check(page, ruled)
        answers[ruled.question_id] = ruled.option_ids
    ruled_on = {each.question_id for each in wanted.answers}
    page.answers, page.doubts = answers, [each for each in page.doubts if each not in ruled_on]
    page.user_id = wanted.candidate_id or page.user_id
    if page.doubts:
        raise rule_violation("STILL_IN_DOUBT", f"Rule on {len(page.doubts)} more questions of this page.")
    if page.user_id is None:
        raise rule_violation("STILL_IN_DOUBT", "Say whose this page is.")
    page.reasons, page.twin_id = [], None


def _check(page: ScannedPage, ruled: RuledAnswer) -> None:
    if ruled.question_id not in page.marks:
        raise rule_violation("UNKNOWN_QUESTION", "This question is not on the page.")
    if not set(ruled.option_ids) <= set(page.marks[ruled.question_id]):
        raise rule_violation("UNKNOWN_OPTION", "This option is not on the page.")
    if len(ruled.option_ids) > 1 and ruled.question_id not in page.several:
        raise rule_violation("TOO_MANY_OPTIONS", "This question has one answer: name it, or none if more are marked.")
