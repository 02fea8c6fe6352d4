"""Counting pages that are clear: each page of a sheet once, and the whole sheet scored when it is complete."""

from lyceum.kit.table import Unit, batch_fetch, fetch_many, retry_on_conflict
from lyceum.model.exams.assessments import Assessment, AssessmentForm
from lyceum.model.exams.scans import ScannedPage, ScannedSheet
from lyceum.model.users.account import User
from lyceum.rules.exams import answer_sheets
from lyceum.tasks.exams import SettleScan

from functions.exams.authoring import marking_schemes
from functions.exams.printing import sheet_layout
from functions.exams.scanning import sitting


def settle(task: SettleScan) -> None:
    """Count a page, unless that was done; what speaks against it makes it doubtful, for a person."""
    retry_on_conflict(lambda: _settle(task))


def _settle(task: SettleScan) -> None:
    at = {"paper_id": task.paper_id}
    assessment, page = fetch_many(
        Assessment.at(assessment_id=task.paper_id), ScannedPage.at(**at, scan_id=task.scan_id), consistent=True
    )
    if assessment is None or page is None or page.state != "waiting":
        return
    sheet, user = fetch_many(
        ScannedSheet.at(**at, user_id=page.user_id), User.at(user_id=page.user_id), consistent=True
    )
    if user is None or user.status != "active":
        _doubt(page, "UNKNOWN_CANDIDATE")
        return
    sheet = sheet or ScannedSheet(
        paper_id=task.paper_id, user_id=page.user_id, form=page.form, exam_id=answer_sheets.new_exam_id(1)
    )
    first_id = sheet.pages.get(str(int(page.page)))
    if sheet.form != page.form:
        _doubt(page, "OTHER_FORM")
    elif first_id not in {None, page.scan_id}:
        _compare(page, first_id)
    else:
        _count(assessment, sheet, page, user.language)


def _doubt(page: ScannedPage, reason: str, twin_id: str | None = None) -> None:
    page.state, page.reasons, page.twin_id = "doubtful", [reason], twin_id
    Unit().replace(page).commit()


def _compare(page: ScannedPage, first_id: str) -> None:
    """Settle a page that came before: it counts no second time, and a person looks where it says something else."""
    first = ScannedPage.fetch(paper_id=page.paper_id, scan_id=first_id, consistent=True)
    if first is not None and first.answers != page.answers:
        _doubt(page, "OTHER_ANSWERS", first_id)
        return
    page.state, page.twin_id = "duplicate", first_id
    Unit().replace(page).commit()


def _count(assessment: Assessment, sheet: ScannedSheet, page: ScannedPage, language: str) -> None:
    number = str(int(page.page))
    if number not in sheet.pages:
        sheet.pages = {**sheet.pages, number: page.scan_id}
        Unit().save(sheet).commit()
    form = AssessmentForm.require(assessment_id=assessment.assessment_id, form=sheet.form, consistent=True)
    entries = marking_schemes.arrange(assessment, form)
    if len(sheet.pages) < len(sheet_layout.sheets(entries)):
        return
    names = [ScannedPage.at(paper_id=page.paper_id, scan_id=name) for name in sheet.pages.values()]
    pages = [each for each in batch_fetch(names, consistent=True) if isinstance(each, ScannedPage)]
    refusal = sitting.sit(assessment, sheet, entries, pages, language)
    if refusal:
        _doubt(page, refusal)
        return
    sheet.state = "scored"
    unit = Unit().replace(sheet)
    for each in pages:
        each.state, each.exam_id = "scored", sheet.exam_id
        unit.replace(each)
    unit.commit()
