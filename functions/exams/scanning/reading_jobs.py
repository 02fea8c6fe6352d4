"""Reading the files of a job, a few pages at a time: each page becomes a record, and its picture a file.

A page's id follows from its file and its place there, so a step that comes again writes the same records again.
"""

import tempfile
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from lyceum.kit import context, ids
from lyceum.kit.aws import clients
from lyceum.kit.consumers.outbox import send
from lyceum.kit.errors import NotFound
from lyceum.kit.long_jobs.worker import Progress
from lyceum.kit.settings import settings
from lyceum.kit.table import Entity, Unit, batch_fetch
from lyceum.model.content.uploads import Upload
from lyceum.model.exams.assessments import Assessment, AssessmentForm
from lyceum.model.exams.scans import ScannedPage
from lyceum.tasks.exams import ReadScans, SettleScan

from functions.exams.authoring import marking_schemes
from functions.exams.papers import forms, paper
from functions.exams.printing import documents, sheet_layout
from functions.exams.printing.sheet_layout import Row
from functions.exams.scanning import clarity, isolation

_AT_ONCE = 3
MOST_PAGES = 300
"""Of one file; what lies behind is not read."""
KEPT = timedelta(days=30)
"""How long a page and its picture are kept; what it was scored as stays."""
_PREFIX = "derived/exports/"
_MOST_BYTES = 110 * 1024 * 1024


def do_page(task: ReadScans, unit: Unit) -> Progress:
    """Read the next pages of a job's files; those that are clear go on to be counted. Raises NotFound."""
    number, first = task.after or (0, 1)
    assessment, found, upload = _read(task, number)
    printed = {form.form: marking_schemes.arrange(assessment, form) for form in found}
    asked = {
        "paper_id": task.paper_id,
        "rows": isolation.rows_as_json(_rows(printed)),
        "first": first,
        "most": _AT_ONCE,
    }
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        total, pages = _pages_of(task, upload, folder, asked, printed)
    unit_of = [SettleScan(paper_id=task.paper_id, scan_id=page.scan_id) for page in pages if page.state == "waiting"]
    _store(unit, pages)
    send(unit, *unit_of)
    behind = first + _AT_ONCE
    is_more = behind <= min(total, MOST_PAGES)
    after = (number, behind) if is_more else (number + 1, 1)
    return Progress(
        done=len(pages),
        failed=sum(page.state == "doubtful" for page in pages),
        after=after if is_more or number + 1 < len(task.upload_ids) else None,
        result=f"/api/papers/{task.paper_id}/scans",
    )


def _read(task: ReadScans, number: int) -> tuple[Assessment, list[AssessmentForm], Upload | None]:
    of_forms: list[Entity] = [AssessmentForm.at(assessment_id=task.paper_id, form=name) for name in forms.LETTERS]
    about = [Assessment.at(assessment_id=task.paper_id), Upload.at(upload_id=task.upload_ids[number])]
    assessment, upload, *found = batch_fetch([*about, *of_forms], consistent=True)
    if not isinstance(assessment, Assessment) or assessment.state != "published":
        raise NotFound("There is no such paper.")
    kept = upload if isinstance(upload, Upload) and upload.state == "ready" else None
    return assessment, [form for form in found if isinstance(form, AssessmentForm)], kept


def _rows(printed: Mapping[str, list[dict[str, Any]]]) -> dict[tuple[str, int], tuple[Row, ...]]:
    return {
        (form, page): sheet.rows
        for form, entries in printed.items()
        for page, sheet in enumerate(sheet_layout.sheets(entries), 1)
    }


def _pages_of(
    task: ReadScans,
    upload: Upload | None,
    folder: Path,
    asked: dict[str, Any],
    printed: Mapping[str, list[dict[str, Any]]],
) -> tuple[int, list[ScannedPage]]:
    """Return how many pages a file has, and the records of those that were asked for."""
    if upload is None:
        return 0, []
    first = int(asked["first"])
    try:
        _fetch(upload, folder / "file")
        answer = isolation.read_pages(folder / "file", folder, asked)
    except isolation.Unreadable:
        return 0, [_record(task, upload, {"place": first, "fault": "UNREADABLE_FILE"})]
    return int(answer["total"]), [
        _judged(_record(task, upload, read), read, task, printed, folder / f"{read['place']}.webp")
        for read in answer["read"]
    ]


def _fetch(upload: Upload, path: Path) -> None:
    """Fetch the largest variant of a checked file; raises Unreadable where there is none of a bearable size."""
    whole = [each for each in upload.variants if each["name"] == "original"] or sorted(
        (each for each in upload.variants if each.get("width")), key=lambda each: int(each["width"])
    )
    if not whole or int(whole[-1]["size_bytes"]) > _MOST_BYTES:
        raise isolation.Unreadable
    answer = clients.client("s3").get_object(Bucket=settings().bucket, Key=whole[-1]["key"])
    with closing(answer["Body"]) as body, path.open("wb") as file:
        for chunk in body.iter_chunks(1 << 20):
            file.write(chunk)


def _record(task: ReadScans, upload: Upload, read: Mapping[str, Any]) -> ScannedPage:
    fault = read["fault"]
    return ScannedPage(
        paper_id=task.paper_id,
        scan_id=ids.related_id(upload.upload_id, "scan", task.paper_id, str(read["place"])),
        upload_id=upload.upload_id,
        place=read["place"],
        state="doubtful",
        reasons=[fault] if fault else [],
        ttl=KEPT,
    )


def _judged(
    page: ScannedPage,
    read: Mapping[str, Any],
    task: ReadScans,
    printed: Mapping[str, list[dict[str, Any]]],
    picture: Path,
) -> ScannedPage:
    """Put what was read on the record of a page, with all that a person has to decide."""
    if picture.exists():
        page.picture = f"{_PREFIX}{context.tenant()}/{task.owner_id}/{task.job_id}/{page.scan_id}.webp"
        clients.client("s3").put_object(
            Bucket=settings().bucket, Key=page.picture, Body=picture.read_bytes(), ContentType="image/webp"
        )
    code = read["code"]
    if read["fault"] or code is None:
        return page
    entries = printed[code["form"]]
    page.form, page.page, page.marks = code["form"], code["page"], read["marks"]
    kinds = {each["question_id"]: each["type"] for each in entries}
    page.answers, page.doubts = clarity.answers(page.marks, kinds)
    page.several = [name for name in page.marks if kinds[name] == "multiple"]
    page.number = clarity.number(read["number"])
    known = {clarity.same(number): user_id for number, user_id in task.candidates.items()}
    page.user_id = code["candidate_id"] or (known.get(clarity.same(page.number)) if page.number else None)
    if code["hash"] != paper.hash_of(paper.freeze(entries))[: documents.HASH_SHOWN]:
        page.reasons = ["OTHER_PAPER"]
        page.marks, page.answers, page.doubts = {}, {}, []
        return page
    page.reasons = [
        *(["UNCLEAR_MARKS"] if page.doubts else []),
        *([] if page.user_id else ["UNCLEAR_CANDIDATE"]),
    ]
    page.state = "doubtful" if page.reasons else "waiting"
    return page


def _store(unit: Unit, pages: list[ScannedPage]) -> None:
    """Write the records of pages, those apart that are there already: what became of them stands."""
    found = (
        batch_fetch([ScannedPage.at(paper_id=page.paper_id, scan_id=page.scan_id) for page in pages]) if pages else []
    )
    there = {each.scan_id for each in found if isinstance(each, ScannedPage)}
    for page in pages:
        if page.scan_id not in there:
            unit.create(page)
