"""Papers in print: every type of question, no key before candidates' eyes, the same bytes for the same paper."""

import time
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from PIL import Image

from lyceum.kit import clock, ids
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.model.content.uploads import Upload
from lyceum.model.questions.passages import Passage
from tests.exams.conftest import CANARY, OPTIONS, Bank, Publisher
from tests.support.http import Reply

from functions.exams.printing.rich_text import Typesetter

PARTS = [{"id": name, "text": f"part {name}"} for name in ("p1", "p2")]
CHOICES = [{"id": name, "text": f"choice {name}"} for name in ("c1", "c2", "c3")]
RUBRIC = {"criteria": [{"id": "idea", "text": "Names the cause", "points": "3"}]}
TYPES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "single": ({"options": OPTIONS}, {"correct_option_ids": ["b"]}, "choice a"),
    "multiple": ({"options": OPTIONS}, {"correct_option_ids": ["a", "b"]}, "choice d"),
    "true_false": ({}, {"correct": False}, "B. False"),
    "numeric": ({"unit": "kg"}, {"value": "17.25", "tolerance": {"kind": "relative", "amount": "0.05"}}, "± 5 %"),
    "short_text": ({}, {"accepted": [{"text": "photosynthesis", "credit": "1"}]}, "photosynthesis"),
    "matching": ({"prompts": PARTS, "choices": CHOICES}, {"pairs": {"p1": "c1", "p2": "c2"}}, "part p2"),
    "ordering": ({"items": PARTS}, {"correct_order": ["p1", "p2"]}, "→"),
    "cloze": (
        {"gaps": {"1": {"type": "short_text"}}},
        {"gaps": {"1": {"accepted": [{"text": "osmosis", "credit": "1"}]}}},
        "osmosis",
    ),
    "theory": ({"word_limit": 100}, {"rubric": RUBRIC}, "Names the cause"),
    "practical": ({"file_kinds": ["pdf"], "max_files": 1}, {"rubric": RUBRIC}, "Names the cause"),
}


def text_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    return " ".join(text.split())


def content_of(reply: Reply) -> bytes:
    assert reply.status == 200, reply.body
    assert reply.headers["Content-Type"] == "application/pdf"
    return reply.content


def show(publisher: Publisher, paper: dict[str, Any], **query: Any) -> Reply:
    return publisher.instructor.get(f"/api/papers/{paper['assessmentId']}/pdf", query)


def made(publisher: Publisher, bank: Bank, **values: Any) -> dict[str, Any]:
    """A paper in two sections with every type of question."""
    stem = r"<p>Find \(x^2\) where <b>x</b> is {{1}} &amp; \(\ce{H2O}\).</p>"
    for kind, (content, key, _) in TYPES.items():
        bank.topic(
            1, type=kind, content=content, key=key, stem=stem if kind == "cloze" else f"Stem of {kind} H<sub>2</sub>"
        )
    sections = [
        {"title": "Objectives", "questionIds": bank.ids[:4], "marksEach": "2", "answer": 3},
        {"title": "Theory", "instructions": "Show your working.", "questionIds": bank.ids[4:]},
    ]
    body = {"title": "Ẹ̀kọ́ ìṣirò", "blueprint": {"sections": sections, "seed": "june"}, **values}
    reply = publisher.instructor.post("/api/papers/generate", body)
    assert reply.status == 201, reply.body
    return dict(reply.data)


def test_the_question_paper_shows_every_type_and_nothing_of_the_keys(publisher: Publisher, bank: Bank) -> None:
    paper = made(publisher, bank)
    printed = text_of(content_of(show(publisher, paper)))
    for kind in TYPES.keys() - {"cloze"}:
        assert f"Stem of {kind}" in printed
    for words in ("ìṣirò", "Objectives", "Show your working.", "choice a", "part p2", "kg", "10 questions"):
        assert words in printed, words
    for secret in (CANARY, "photosynthesis", "osmosis", "17.25", "Names the cause", "\\("):
        assert secret not in printed, secret


def test_the_marking_scheme_says_what_is_right_and_why(publisher: Publisher, bank: Bank) -> None:
    printed = text_of(content_of(show(publisher, made(publisher, bank), part="marking")))
    for words in (
        "Not for candidates.",
        CANARY,
        "photosynthesis",
        "osmosis",
        "17.25 kg (± 5 %)",
        "Names the cause",
        "→",
    ):
        assert words in printed, words


def test_what_is_said_of_a_question_in_the_marking_scheme_stays_on_its_page(publisher: Publisher, bank: Bank) -> None:
    document = pypdfium2.PdfDocument(content_of(show(publisher, made(publisher, bank), part="marking")))
    for page in document:
        printed = page.get_textpage().get_text_bounded()
        assert printed.count("Stem of") + printed.count("Find") == printed.count("Why:") > 0


def test_the_answer_sheet_has_a_row_for_each_question_that_is_marked(publisher: Publisher, bank: Bank) -> None:
    printed = text_of(content_of(show(publisher, made(publisher, bank), part="answers", language="fr")))
    assert "Feuille de réponses" in printed
    assert "À rédiger sur une autre feuille" in printed
    document = pypdfium2.PdfDocument(BytesIO(content_of(show(publisher, made(publisher, bank), part="answers"))))
    assert len(document) == 1


@pytest.mark.parametrize("part", ["paper", "answers", "marking"])
def test_the_same_paper_makes_the_same_bytes(publisher: Publisher, bank: Bank, part: str) -> None:
    paper = made(publisher, bank)
    first, again = (content_of(show(publisher, paper, part=part)) for _ in range(2))
    assert first == again
    assert b"pdfaid" in first


def test_the_same_seed_makes_the_same_bytes_in_another_paper(publisher: Publisher, bank: Bank) -> None:
    bank.topic(6)
    sections = [{"title": "All", "questionIds": bank.ids}]
    body = {"title": "Mock", "blueprint": {"sections": sections, "seed": "june"}}
    one, two = (dict(publisher.instructor.post("/api/papers/generate", body).data) for _ in range(2))
    assert one["assessmentId"] != two["assessmentId"]
    assert content_of(show(publisher, one)) == content_of(show(publisher, two))


def test_large_print_takes_more_pages_and_two_columns_fewer(publisher: Publisher, bank: Bank) -> None:
    bank.topic(60)
    body = {"title": "Mock", "blueprint": {"sections": [{"title": "All", "questionIds": bank.ids}]}}
    paper = dict(publisher.instructor.post("/api/papers/generate", body).data)
    large, plain, columns = (
        len(pypdfium2.PdfDocument(content_of(show(publisher, paper, **query))))
        for query in ({"largePrint": "true"}, {}, {"columns": 2})
    )
    assert large > plain
    assert columns <= plain + 1


def test_each_form_is_printed_by_itself_and_others_are_not_there(publisher: Publisher, bank: Bank) -> None:
    topic = bank.topic(8)
    body = {"title": "Mock", "forms": 2, "blueprint": {"sections": [{"title": "All", "topicIds": [topic], "count": 4}]}}
    paper = dict(publisher.instructor.post("/api/papers/generate", body).data)
    first, second = (content_of(show(publisher, paper, form=letter)) for letter in "AB")
    assert first != second
    assert "Form B" in text_of(second)
    assert show(publisher, paper, form="C").status == 404
    assert show(publisher, paper, form="a").status == 400


def test_papers_of_others_stay_theirs(publisher: Publisher, bank: Bank) -> None:
    bank.topic(2)
    body = {"title": "Mock", "blueprint": {"sections": [{"title": "All", "questionIds": bank.ids}]}}
    path = f"/api/papers/{publisher.instructor.post('/api/papers/generate', body).data['assessmentId']}/pdf"
    assert publisher.client.as_("other", "instructor").get(path).status == 404
    assert publisher.client.as_("student", "student").get(path).status == 403
    admin = publisher.client.as_("admin", "admin")
    assert admin.get(path).error.fields == {"REASON_MISSING"}
    assert admin.get(path, {"reason": "an appeal"}).status == 200


def test_a_formula_that_can_not_be_read_stands_as_it_was_written(publisher: Publisher, bank: Bank) -> None:
    bank.topic(1, stem=r"What is \(\nosuchcommand{\) here?")
    body = {"title": "Mock", "blueprint": {"sections": [{"title": "All", "questionIds": bank.ids}]}}
    paper = dict(publisher.instructor.post("/api/papers/generate", body).data)
    assert "nosuchcommand" in text_of(content_of(show(publisher, paper)))


def test_a_paper_costs_one_read_and_its_scheme_two(publisher: Publisher, bank: Bank) -> None:
    bank.topic(4)
    body = {"title": "Mock", "blueprint": {"sections": [{"title": "All", "questionIds": bank.ids}]}}
    paper = dict(publisher.instructor.post("/api/papers/generate", body).data)
    counted, read = "UpdateItem", "BatchGetItem"
    assert show(publisher, paper).cost.operations == [counted, read]
    assert show(publisher, paper, part="marking").cost.operations == [counted, read, read]


def picture_of(publisher: Publisher, state: str = "ready") -> str:
    """A picture that was sent for a question; returns its id."""
    file, name = BytesIO(), ids.new_id()
    Image.new("RGB", (600, 300), (200, 30, 30)).save(file, "WEBP")
    key = f"derived/{publisher.instructor.tenant}/x/{name}/800.webp"
    publisher.client.cloud.s3.put_object(Bucket=settings().bucket, Key=key, Body=file.getvalue())
    facts = {"content_type": "image/webp", "size_bytes": len(file.getvalue()), "width": 600, "height": 300}
    upload = Upload(
        upload_id=name,
        owner_id=publisher.instructor.user_id,
        purpose="question_image",
        file_name="a.png",
        content_type="image/png",
        size_bytes=1,
        key="-",
        state=state,
        expires_at=clock.now(),
        variants=[{"name": "800", "key": key, **facts}],
    )
    Unit().create(upload).commit()
    return name


def pictures_in(content: bytes) -> int:
    pages = pypdfium2.PdfDocument(content)
    return sum(each.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE for page in pages for each in page.get_objects())


def test_a_picture_is_printed_from_its_upload(publisher: Publisher, bank: Bank) -> None:
    there, gone = picture_of(publisher), picture_of(publisher, "deleted")
    bank.topic(1, stem=f'See <img src="upload:{there}" alt="A leaf"> and <img src="upload:{gone}" alt="A root">.')
    paper = plain(publisher, bank)
    reply = show(publisher, paper)
    printed = content_of(reply)
    assert reply.cost.operations[-2:] == ["BatchGetItem", "BatchGetItem"]
    assert printed == content_of(show(publisher, paper))
    assert pictures_in(printed) == 1
    assert "[A root]" in text_of(printed)
    assert "[A leaf]" not in text_of(printed)


def test_the_picture_of_a_passage_is_printed_and_what_a_recording_says(publisher: Publisher, bank: Bank) -> None:
    for name, said in ((picture_of(publisher), {"alternative": "A map"}), (ids.new_id(), {"alternative": "A speech"})):
        passage = Passage(passage_id=ids.new_id(), author_id=publisher.instructor.user_id, form="picture", **said)
        passage.upload_id = name
        bank.topic(1, passage_id=passage.passage_id)
        passage.question_ids = {bank.ids[-1]}
        Unit().create(passage).commit()
    printed = content_of(show(publisher, plain(publisher, bank)))
    assert pictures_in(printed) == 1
    assert "A speech" in text_of(printed)
    assert "A map" not in text_of(printed)


def test_pictures_stand_in_instructions_and_explanations_too(publisher: Publisher, bank: Bank) -> None:
    shown = f'<p>So:</p><img src="upload:{picture_of(publisher)}" alt="A leaf">'
    bank.topic(1, explanation=shown)
    sections = [{"title": "All", "instructions": shown, "questionIds": bank.ids}]
    body = {"title": "Mock", "blueprint": {"sections": sections}}
    paper = dict(publisher.instructor.post("/api/papers/generate", body).data)
    assert [pictures_in(content_of(show(publisher, paper, part=part))) for part in ("paper", "marking")] == [1, 2]


def plain(publisher: Publisher, bank: Bank) -> dict[str, Any]:
    """A paper of everything in the bank."""
    body = {"title": "Mock", "blueprint": {"sections": [{"title": "All", "questionIds": bank.ids}]}}
    return dict(publisher.instructor.post("/api/papers/generate", body).data)


def test_arabic_and_hebrew_letters_are_printed(publisher: Publisher, bank: Bank) -> None:
    bank.topic(1, stem="ما هي عاصمة نيجيريا؟", content={"options": [{"id": "b", "text": "أبوجا"}, *OPTIONS[:1]]})
    bank.topic(1, stem="מהי בירת ניגריה?")
    printed = content_of(show(publisher, plain(publisher, bank)))
    assert b"pdfaid" in printed, "every letter is in our fonts"


def test_what_is_written_from_right_to_left_stands_on_the_right(publisher: Publisher, bank: Bank) -> None:
    arabic, hebrew = "السؤال", "שאלה"
    bank.topic(1, stem=arabic, content={"options": [{"id": "b", "text": "Abuja"}, *OPTIONS[:1]]})
    sections = [{"title": hebrew, "instructions": f"<p>{hebrew}</p>", "questionIds": bank.ids}]
    body = {"title": "Mock", "blueprint": {"sections": sections}}
    paper = dict(publisher.instructor.post("/api/papers/generate", body).data)
    [page] = pypdfium2.PdfDocument(content_of(show(publisher, paper)))
    text = page.get_textpage()
    places = {}
    for number in range(text.count_chars()):
        left, _, right, _ = text.get_charbox(number)
        places.setdefault(text.get_text_range(number, 1), []).append((left + right) / 2)
    middle = page.get_width() / 2
    for letter in (*hebrew, "ל", "س"):
        assert all(each > middle for each in places.get(letter, [middle + 1])), letter


def test_the_order_of_items_has_room_to_be_written(publisher: Publisher, bank: Bank) -> None:
    bank.topic(1, type="ordering", content={"items": PARTS}, key={"correct_order": ["p1", "p2"]})
    assert "1. 2." in text_of(content_of(show(publisher, plain(publisher, bank))))


def test_what_follows_a_formula_of_its_own_line_begins_a_line() -> None:
    formula, words = Typesetter(10.5).runs(r"<p>\[x^2\] is a square.</p>")
    assert (formula["block"], words["text"]) == (True, "is a square.")


def test_lists_keep_their_numbers_and_their_order() -> None:
    runs = Typesetter(10.5).runs("<ol><li>one<ul><li>deep</li></ul></li><li>two</li></ol><ul><li>dot</li></ul>")
    lines = "".join("\n" if "newline" in run else run["text"] for run in runs).replace("\xa0", " ").split("\n")
    assert [line for line in lines if line] == ["1. one", "    • deep", "2. two", "• dot"]


def test_a_word_that_is_wider_than_the_page_is_broken(publisher: Publisher, bank: Bank) -> None:
    bank.topic(1, stem="W" * 300)
    printed = content_of(show(publisher, plain(publisher, bank)))
    assert b"pdfaid" in printed
    [page] = pypdfium2.PdfDocument(printed)
    text = page.get_textpage()
    boxes = [text.get_charbox(place) for place in range(text.count_chars()) if text.get_text_range(place, 1) == "W"]
    assert (len(boxes), max(right for _, _, right, _ in boxes) < page.get_width() - 40) == (300, True)


def test_sixty_questions_with_formulas_are_set_in_three_seconds(publisher: Publisher, bank: Bank) -> None:
    for number in range(60):
        bank.topic(1, stem=rf"Find \(x^{{{number}}} + \frac{{{number}}}{{3}}\) and \(\ce{{H2O}}\).")
    paper = plain(publisher, bank)
    started = time.process_time()
    content_of(show(publisher, paper))
    assert time.process_time() - started < 3


def test_a_sheet_for_somebody_names_them_in_its_code_alone(publisher: Publisher, bank: Bank) -> None:
    bank.topic(2)
    paper = plain(publisher, bank)
    whose = ids.new_id()
    named = content_of(show(publisher, paper, part="answers", candidateId=whose))
    assert named != content_of(show(publisher, paper, part="answers"))
    assert whose not in text_of(named)
    assert show(publisher, paper, part="answers", candidateId="x").status == 400
