"""Answer sheets that come back on paper: scored as online, once, and what is in doubt is ruled on by a person."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from PIL import Image, ImageDraw

from lyceum.kit.table import Unit
from lyceum.model.content.uploads import Upload
from lyceum.model.exams.scans import ScannedPage
from lyceum.model.exams.sessions import ExamSession
from lyceum.tasks.exams import SettleScan
from tests.exams.conftest import Bank, Publisher
from tests.support.http import Client, Reply
from tests.support.papers.scanned_sheets import Filled, Printed, fill_as_told
from tests.support.papers.sheet_files import uploaded

from functions.exams.printing import sheet_layout
from functions.exams.printing.sheet_layout import Row
from functions.exams.scanning import isolation, settling, sitting

Deliver = Callable[[], int]


class Hall:
    """A published paper whose right answers are all "B", with its printed sheets."""

    def __init__(self, publisher: Publisher, bank: Bank, count: int = 6, **values: Any) -> None:
        self.client, self.teacher = publisher.client, publisher.instructor
        bank.topic(count - 1)
        bank.topic(1, type="true_false", content={}, key={"correct": False})
        body = {"title": "Mock", "blueprint": {"sections": [{"title": "All", "questionIds": bank.ids}]}, **values}
        made = self.teacher.post("/api/papers/generate", body)
        assert made.status == 201, made.body
        self.path = f"/api/papers/{made.data['assessmentId']}"
        self.paper_id = str(made.data["assessmentId"])
        changed = self.teacher.put(self.path, {"published": True})
        assert changed.status == 200, changed.body
        self.questions = [dict(each) for each in made.data["forms"][0]["questions"]]

    def sheet(self, **query: Any) -> Printed:
        printed = self.teacher.get(f"{self.path}/pdf", {"part": "answers", **query})
        assert printed.status == 200, printed.body
        pages = [
            page.render(scale=200 / 72, grayscale=True).to_pil().convert("L")
            for page in pypdfium2.PdfDocument(printed.content)
        ]
        entries = [{**each, "question_id": each["questionId"]} for each in self.questions]
        return Printed(self.paper_id, pages, [sheet.rows for sheet in sheet_layout.sheets(entries)])

    def filled(self, letters: str = "BBBBBB", number: str = "00000042", page: int = 0, **query: Any) -> Filled:
        sheet = self.sheet(**query)
        answers = {
            row.question_id: _letter(row, letters[place % len(letters)].lower())
            for place, row in enumerate(sheet.rows[page])
        }
        return fill_as_told(sheet, page, answers, number)

    def send(self, *pages: Image.Image, candidates: dict[str, str] | None = None, **values: Any) -> Reply:
        upload_id = uploaded(self.teacher, list(pages))
        named = [{"number": number, "userId": user} for number, user in (candidates or {}).items()]
        return self.teacher.post(f"{self.path}/scans", {"uploadIds": [upload_id], "candidates": named, **values})

    def pages(self, **query: Any) -> list[dict[str, Any]]:
        reply = self.teacher.get(f"{self.path}/scans", query)
        assert reply.status == 200, reply.body
        return list(reply.data)

    def rule(self, page: dict[str, Any], **values: Any) -> Reply:
        return self.teacher.put(f"{self.path}/scans/{page['scanId']}", {"reason": "I looked at it", **values})


def _letter(row: Row, option: str) -> str:
    """The letter under which an option is printed; of a statement "b" is false."""
    wanted = {option, {"a": "true", "b": "false"}.get(option, "")}
    return next(place.letter for place in row.places if place.name in wanted)


@pytest.fixture
def hall(publisher: Publisher, bank: Bank) -> Hall:
    return Hall(publisher, bank)


@pytest.fixture
def ada(client: Client) -> Client:
    return client.as_("ada", "student")


def result_of(student: Client, exam_id: str) -> dict[str, Any]:
    reply = student.get(f"/api/exams/{exam_id}/summary")
    assert reply.status == 200, reply.body
    return dict(reply.data)


def test_a_clear_sheet_is_scored_as_online(hall: Hall, ada: Client, deliver: Deliver) -> None:
    job = hall.send(hall.filled("BBABBB").picture, candidates={"00000042": ada.user_id})
    assert (job.status, job.data["type"]) == (202, "scans.read")
    assert deliver() == 0
    done = hall.teacher.get(f"/api/jobs/{job.data['jobId']}").data
    assert (done["state"], done["done"], done["failed"]) == ("done", 1, 0), done
    [page] = hall.pages()
    assert (page["state"], page["number"], page["candidateId"]) == ("scored", "00000042", ada.user_id)
    result = result_of(ada, page["examId"])
    assert (result["score"], result["maxScore"]) == ("5.00", "6.00")
    log = hall.teacher.get(f"/api/exams/{page['examId']}/events").data
    assert log["intact"]
    assert log["events"][0]["facts"]["scans"] == [page["scanId"]]
    assert hall.teacher.get(f"{hall.path}/results").data["distribution"] is not None


def test_what_is_written_on_other_paper_waits_for_who_marks_it(
    publisher: Publisher, bank: Bank, ada: Client, deliver: Deliver
) -> None:
    bank.topic(1, type="theory", content={}, key={}, marks=4)
    hall = Hall(publisher, bank)
    hall.send(hall.filled().picture, candidates={"00000042": ada.user_id})
    assert deliver() == 0
    [page] = hall.pages()
    result = result_of(ada, page["examId"])
    assert (result["pending"], "score" in result, "passed" in result) == (1, False, False)
    [waiting] = hall.teacher.get("/api/exams/grading-queue").data
    [answer] = waiting["answers"]
    assert (waiting["examId"], answer["text"]) == (page["examId"], "Written on paper.")
    grade = {"questionId": answer["questionId"], "points": "2.5"}
    assert hall.teacher.post(f"/api/exams/{page['examId']}/grade", grade).status == 200
    assert result_of(ada, page["examId"])["score"] == "8.50"


def test_the_code_of_a_sheet_can_name_its_candidate(hall: Hall, ada: Client, deliver: Deliver) -> None:
    hall.send(hall.filled(number="", candidateId=ada.user_id).picture)
    assert deliver() == 0
    [page] = hall.pages()
    assert (page["state"], page["number"], page["candidateId"]) == ("scored", "", ada.user_id)
    assert result_of(ada, page["examId"])["score"] == "6.00"


def test_a_page_that_comes_twice_counts_once(hall: Hall, ada: Client, deliver: Deliver) -> None:
    picture = hall.filled().picture
    for _ in range(2):
        hall.send(picture, picture, candidates={"00000042": ada.user_id})
        assert deliver() == 0
    states = sorted(page["state"] for page in hall.pages())
    assert states == ["duplicate", "duplicate", "duplicate", "scored"]
    assert len(ada.get("/api/exams/history").data) == 1


def test_two_marks_and_an_unknown_number_go_to_a_person(hall: Hall, ada: Client, deliver: Deliver) -> None:
    filled = hall.filled("B")
    draw = ImageDraw.Draw(filled.picture)
    row = next(each for each in hall.sheet().rows[0] if len(each.places) > 2)
    wrong = next(place for place in row.places if place.name != "b")
    x, y = wrong.x * 200 / 25.4, wrong.y * 200 / 25.4
    draw.ellipse([x - 14, y - 14, x + 14, y + 14], fill=50)
    hall.send(filled.picture)
    assert deliver() == 0
    [page] = hall.pages(doubtful="true")
    assert page["reasons"] == ["UNCLEAR_MARKS", "UNCLEAR_CANDIDATE"]
    assert page["doubts"] == [row.question_id]
    shown = hall.teacher.get(f"{hall.path}/scans/{page['scanId']}").data
    assert shown["pictureUrl"].startswith("http")
    doubted = next(each for each in shown["questions"] if each["inDoubt"])
    assert sum(each["marked"] for each in doubted["marks"]) == 2
    answer = {"questionId": row.question_id, "optionIds": ["b"]}
    assert hall.rule(page, candidateId=ada.user_id).error.fields == {"STILL_IN_DOUBT"}
    assert hall.rule(page, answers=[answer]).error.fields == {"STILL_IN_DOUBT"}
    other = {"questionId": row.question_id, "optionIds": ["zz"]}
    assert hall.rule(page, candidateId=ada.user_id, answers=[other]).error.fields == {"UNKNOWN_OPTION"}
    marked = [mark["optionId"] for mark in doubted["marks"] if mark["marked"]]
    both = {"questionId": row.question_id, "optionIds": marked}
    assert hall.rule(page, candidateId=ada.user_id, answers=[both]).error.fields == {"TOO_MANY_OPTIONS"}
    assert hall.rule(page, answers=[answer, answer]).status == 400
    assert hall.rule(page, answers=[{**answer, "optionIds": ["b", "b"]}]).status == 400
    other = {"questionId": "0" * 26, "optionIds": []}
    assert hall.rule(page, candidateId=ada.user_id, answers=[other]).error.fields == {"UNKNOWN_QUESTION"}
    ruled = hall.rule(page, candidateId=ada.user_id, answers=[answer])
    assert (ruled.status, ruled.data["state"]) == (200, "waiting")
    assert ruled.cost.operations[1:] == ["BatchGetItem", "TransactWriteItems"]
    assert deliver() == 0
    [page] = hall.pages()
    assert page["state"] == "scored"
    assert result_of(ada, page["examId"])["score"] == "6.00"
    assert hall.rule(page, discard=True).error.code == "SCAN_SETTLED"


def test_a_page_with_other_answers_of_the_same_candidate_is_not_counted(
    hall: Hall, ada: Client, deliver: Deliver
) -> None:
    whose = {"00000042": ada.user_id}
    hall.send(hall.filled("B").picture, candidates=whose)
    assert deliver() == 0
    hall.send(hall.filled("A").picture, candidates=whose)
    assert deliver() == 0
    [page] = hall.pages(doubtful="true")
    assert (page["reasons"], bool(page["twinId"])) == (["OTHER_ANSWERS"], True)
    assert hall.rule(page, discard=True).data["state"] == "discarded"
    assert hall.pages(doubtful="true") == []
    assert deliver() == 0
    [scored] = [each for each in hall.pages() if each["state"] == "scored"]
    assert result_of(ada, scored["examId"])["score"] == "6.00"


def test_a_sheet_of_two_pages_is_scored_when_both_are_there(
    publisher: Publisher, bank: Bank, ada: Client, deliver: Deliver
) -> None:
    hall = Hall(publisher, bank, 80)
    whose = {"7": ada.user_id}
    hall.send(hall.filled("B", "7", page=1).picture, candidates=whose)
    assert deliver() == 0
    assert [page["state"] for page in hall.pages()] == ["waiting"]
    hall.send(hall.filled("B", "7", page=0).picture, candidates=whose)
    assert deliver() == 0
    assert {page["state"] for page in hall.pages()} == {"scored"}
    assert result_of(ada, hall.pages()[0]["examId"])["score"] == "80.00"


def test_an_unknown_candidate_and_one_without_an_attempt_left_wait(
    publisher: Publisher, bank: Bank, ada: Client, deliver: Deliver
) -> None:
    hall = Hall(publisher, bank, rules={"attempts": 1})
    started = ada.post("/api/exams/start", {"assessmentId": hall.paper_id})
    assert started.status == 201, started.body
    hall.send(hall.filled(number="1").picture, candidates={"1": "0" * 26})
    hall.send(hall.filled(number="2").picture, candidates={"2": ada.user_id})
    assert deliver() == 0
    reasons = sorted(each for page in hall.pages(doubtful="true") for each in page["reasons"])
    assert reasons == ["NO_ATTEMPTS_LEFT", "UNKNOWN_CANDIDATE"]


def test_what_is_no_sheet_or_another_papers_ends_in_a_state(
    hall: Hall, publisher: Publisher, bank: Bank, deliver: Deliver
) -> None:
    other = Hall(publisher, bank)
    empty = Image.new("L", (1654, 2339), 255)
    hall.send(empty, other.filled().picture)
    assert deliver() == 0
    assert sorted(each for page in hall.pages() for each in page["reasons"]) == ["NO_SHEET", "UNKNOWN_PAGE"]
    assert all(hall.rule(page, candidateId="0" * 26).error.fields == {"STILL_IN_DOUBT"} for page in hall.pages())


@pytest.mark.parametrize("content", [b"no picture at all", b"%PDF-1.7 broken", b"\x89PNG\r\n\x1a\nbroken"])
def test_a_hostile_file_ends_in_a_state(hall: Hall, deliver: Deliver, content: bytes) -> None:
    upload_id = uploaded(hall.teacher, [], content=content)
    hall.teacher.post(f"{hall.path}/scans", {"uploadIds": [upload_id]})
    assert deliver() == 0
    [page] = hall.pages()
    assert (page["state"], page["reasons"]) == ("doubtful", ["UNREADABLE_FILE"])


def test_a_picture_of_very_many_pixels_is_not_opened(tmp_path: Any) -> None:
    held = BytesIO()
    Image.new("1", (20_000, 20_000)).save(held, "PNG")
    (tmp_path / "bomb").write_bytes(held.getvalue())
    with pytest.raises(isolation.Unreadable):
        isolation.read_pages(tmp_path / "bomb", tmp_path, {"paper_id": "x", "rows": [], "first": 1, "most": 1})


def test_files_of_others_and_those_that_are_not_ready_are_refused(hall: Hall, client: Client) -> None:
    other = uploaded(client.as_("other", "instructor"), [Image.new("L", (9, 9))])
    waiting = uploaded(hall.teacher, [Image.new("L", (9, 9))], state="processing")
    for upload_id in (other, waiting, "0" * 26):
        assert hall.teacher.post(f"{hall.path}/scans", {"uploadIds": [upload_id]}).error.fields == {"UNKNOWN_FILE"}
    assert client.as_("other", "instructor").get(f"{hall.path}/scans").status == 404
    assert client.as_("student").get(f"{hall.path}/scans").status == 403
    twice = [{"number": "1", "userId": "0" * 26}] * 2
    assert hall.teacher.post(f"{hall.path}/scans", {"uploadIds": [waiting], "candidates": twice}).status == 400


def test_a_draft_takes_no_sheets(hall: Hall) -> None:
    assert hall.teacher.put(hall.path, {"published": False}).status == 200
    assert hall.send(Image.new("L", (9, 9))).error.code == "NOT_PUBLISHED"


def test_a_worker_that_stops_in_between_scores_once(
    hall: Hall, ada: Client, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    sit = sitting.sit

    def dies(*arguments: Any) -> None:
        sit(*arguments)
        raise RuntimeError("out of memory")

    monkeypatch.setattr(settling.sitting, "sit", dies)
    hall.send(hall.filled().picture, candidates={"00000042": ada.user_id})
    assert deliver() == 1
    monkeypatch.undo()
    [page] = hall.pages()
    assert page["state"] == "waiting"
    settling.settle(SettleScan(paper_id=hall.paper_id, scan_id=page["scanId"]))
    settling.settle(SettleScan(paper_id=hall.paper_id, scan_id=page["scanId"]))
    [page] = hall.pages()
    assert page["state"] == "scored"
    assert len(ada.get("/api/exams/history").data) == 1
    assert ExamSession.require(exam_id=page["examId"]).state == "finished"


def test_pages_go_by_themselves_and_a_sheet_of_a_changed_paper_is_refused(
    hall: Hall, ada: Client, deliver: Deliver
) -> None:
    filled = hall.filled()
    questions = [each["questionId"] for each in hall.questions][:5]
    sections = [{"title": "All", "questionIds": questions}]
    changed = hall.teacher.put(hall.path, {"blueprint": {"sections": sections}})
    assert changed.status == 200, changed.body
    hall.send(filled.picture, candidates={"00000042": ada.user_id})
    assert deliver() == 0
    [page] = hall.pages()
    assert page["reasons"] == ["OTHER_PAPER"]
    stored = ScannedPage.require(paper_id=hall.paper_id, scan_id=page["scanId"])
    assert stored.ttl is not None


def test_a_file_that_is_removed_meanwhile_is_passed_over(hall: Hall, deliver: Deliver) -> None:
    job = hall.send(hall.filled().picture).data
    for item in hall.client.cloud.items(hall.teacher.tenant):
        if item["SK"]["S"] == "UPLOAD":
            upload = Upload.require(upload_id=item["PK"]["S"].partition("UPLOAD#")[2])
            Unit().remove(upload).commit()
    assert deliver() == 0
    assert hall.teacher.get(f"/api/jobs/{job['jobId']}").data["state"] == "done"
    assert hall.pages() == []
