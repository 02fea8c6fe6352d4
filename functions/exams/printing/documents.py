"""The documents of a paper as PDF; the same paper in the same form makes the same bytes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from lyceum.kit.errors import NotFound
from lyceum.kit.identity import Principal
from lyceum.messages import appearance
from lyceum.messages.catalogue import words
from lyceum.model.exams.assessments import Assessment
from lyceum.typeset import documents

from functions.exams.authoring import marking_schemes
from functions.exams.authoring.schemas.papers import SchemeQuestion
from functions.exams.marking.keys import answer_keys
from functions.exams.papers import paper, policies
from functions.exams.printing import pictures, sheet_layout
from functions.exams.printing.keys_in_words import letter, right
from functions.exams.printing.rich_text import Typesetter
from functions.exams.printing.schemas import PrintQuery

AS_OF = datetime(2000, 1, 1, tzinfo=UTC)
"""The date in every file: a later copy of a paper is the same file."""
_SIZE, _LARGE = 10.5, 18.0
HASH_SHOWN = 16
"""Digits of the hash of a form that are printed."""
_STAYS_WHOLE = 1200
"""Characters of a question that is not parted by the end of a page."""
_SAID = (
    "form", "questions", "marks", "minutes", "name", "number", "date", "choose", "answers", "mark_so",
    "written", "marking", "not_candidates", "explanation", "page",
)  # fmt: skip


def pdf(caller: Principal, paper_id: str, wanted: PrintQuery) -> bytes:
    """Return a part of a paper as PDF.

    Costs 1 storage request, 1 more where there are pictures, 1 for the keys of a hundred questions in a marking scheme,
    and 1 to log the reading of another's paper. Raises NotFound, or RuleViolation REASON_MISSING.
    """
    assessment, found = marking_schemes.read(caller, paper_id, wanted.reason)
    form = next((each for each in found if each.form == wanted.form), None)
    if form is None:
        raise NotFound("This paper has no such form.")
    return documents.pdf(wanted.part, data_of(assessment, marking_schemes.arrange(assessment, form), wanted), AS_OF)


def data_of(assessment: Assessment, entries: list[dict[str, Any]], wanted: PrintQuery) -> dict[str, Any]:
    """Return what the template of a part is set with (1 storage request for the keys of a hundred questions)."""
    made = {"paper": _paper, "answers": _answers, "marking": _marking}[wanted.part](assessment, entries, wanted)
    return {**_head(assessment, entries, wanted), **made}


def _head(assessment: Assessment, entries: list[dict[str, Any]], wanted: PrintQuery) -> dict[str, Any]:
    look = appearance.current()
    seconds = policies.duration_seconds(assessment.sections, assessment.policy["duration_seconds"])
    return {
        "color": "#1f2937",
        "language": wanted.language,
        "issuer": look.name,
        "title": assessment.title,
        "form": wanted.form if len(assessment.forms) > 1 else "",
        "count": len(entries),
        "marks": f"{paper.most_of(entries, assessment.sections).normalize():f}",
        "minutes": -(-seconds // 60),
        "hash": paper.hash_of(paper.freeze(entries))[:HASH_SHOWN],
        "size": _size(wanted),
        "columns": 1 if wanted.large_print else wanted.columns,
        "said": {name: words(wanted.language, f"paper.{name}", {}) for name in _SAID},
    }


def _size(wanted: PrintQuery) -> float:
    return _LARGE if wanted.large_print else _SIZE


def _paper(assessment: Assessment, entries: list[dict[str, Any]], wanted: PrintQuery) -> dict[str, Any]:
    setter = _setter(wanted, [assessment.description, assessment.sections, entries])
    return {
        "instructions": setter.runs(assessment.description or ""),
        "sections": _in_sections(assessment, setter, [_asked(setter, entry, wanted) for entry in _numbered(entries)]),
    }


def _setter(wanted: PrintQuery, texts: Sequence[Any]) -> Typesetter:
    return Typesetter(_size(wanted), pictures.of(texts))


def _numbered(entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    passages = [(entry.get("passage") or {}).get("passage_id") for entry in entries]
    return [
        {**entry, "number": number + 1, "opens": bool(passages[number]) and passages[number] not in passages[:number]}
        for number, entry in enumerate(entries)
    ]


def _in_sections(
    assessment: Assessment, setter: Typesetter, questions: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    sections = assessment.sections or [{"title": ""}]
    return [
        {
            "title": section["title"],
            "instructions": setter.runs(section.get("instructions") or ""),
            "answer": section.get("answer") or 0,
            "questions": [each for each in questions if each["section"] == number],
        }
        for number, section in enumerate(sections)
    ]


def _asked(setter: Typesetter, entry: Mapping[str, Any], wanted: PrintQuery) -> dict[str, Any]:
    """Return a question as candidates read it."""
    lettered = entry.get("options") or entry.get("items") or entry.get("choices") or []
    options = [{"label": letter(place), "runs": setter.runs(part["text"])} for place, part in enumerate(lettered)]
    if entry["type"] == "true_false":
        options = [{"label": letter(place), "runs": setter.runs(said)} for place, said in enumerate(_yes_no(wanted))]
    return {
        "number": entry["number"],
        "section": entry.get("section", 0),
        "marks": f"{entry['marks']}",
        "whole": len(json.dumps([entry["stem"], *_texts(entry)])) < _STAYS_WHOLE,
        "passage": _about(setter, entry["passage"]) if entry["opens"] else None,
        "stem": setter.runs(entry["stem"]),
        "options": options,
        "prompts": [setter.runs(part["text"]) for part in entry.get("prompts", [])],
        "gaps": [
            {
                "number": number,
                "options": [
                    {"label": letter(place), "runs": setter.runs(part["text"])} for place, part in enumerate(options_of)
                ],
            }
            for number, gap in entry.get("gaps", {}).items()
            if (options_of := gap.get("options"))
        ],
        "unit": entry.get("unit") or "",
        "places": len(entry.get("items") or ()),
        "room": {"numeric": 1, "short_text": 1, "theory": 12, "practical": 2}.get(entry["type"], 0),
    }


def _about(setter: Typesetter, passage: Mapping[str, Any]) -> dict[str, Any]:
    """Return what several questions are about: its picture, and its text or what a recording says."""
    picture = setter.picture(passage.get("upload_id") or "", passage.get("alternative") or "")
    said = passage.get("text") or ("" if picture else passage.get("alternative")) or ""
    return {"title": passage.get("title") or "", "runs": [*([picture] if picture else []), *setter.runs(said)]}


def _texts(entry: Mapping[str, Any]) -> list[Any]:
    return [entry[name] for name in ("options", "items", "choices", "prompts", "gaps") if name in entry]


def _yes_no(wanted: PrintQuery) -> tuple[str, str]:
    return words(wanted.language, "paper.true", {}), words(wanted.language, "paper.false", {})


def _answers(assessment: Assessment, entries: list[dict[str, Any]], wanted: PrintQuery) -> dict[str, Any]:
    """Return the pages of the answer sheet, each with a QR code that names it."""
    laid_out = sheet_layout.sheets(entries)
    form, named = wanted.form, paper.hash_of(paper.freeze(entries))[:HASH_SHOWN]
    whose = f":{wanted.candidate_id}" if wanted.candidate_id else ""
    marked = {row.question_id for sheet in laid_out for row in sheet.rows}
    return {
        "corners": sheet_layout.CORNERS,
        "corner": sheet_layout.CORNER,
        "mark": sheet_layout.MARK,
        "digits": [[asdict(place) for place in digit] for digit in sheet_layout.number_grid()],
        "sheets": [
            {
                "rows": [asdict(row) for row in sheet.rows],
                "qr": qr_code(f"LYCEUM:1:{assessment.assessment_id}:{form}:{page}:{named}{whose}"),
            }
            for page, sheet in enumerate(laid_out or [sheet_layout.Sheet(())], 1)
        ],
        "writing": [number for number, entry in enumerate(entries, 1) if entry["question_id"] not in marked],
    }


def qr_code(text: str) -> str:
    """Return a text as a QR code in SVG (ISO/IEC 18004, error correction Q: sheets are folded and stained)."""
    import segno

    return str(segno.make(text, error="q", micro=False).svg_inline(scale=4, border=2))


def _marking(assessment: Assessment, entries: list[dict[str, Any]], wanted: PrintQuery) -> dict[str, Any]:
    """Return each question with what is right in it, why, and by which rubric a person marks it."""
    keys = answer_keys(entries)
    asked = [
        (entry, marking_schemes.with_its_key(entry, keys.get(entry["question_id"]))) for entry in _numbered(entries)
    ]
    texts = [[entry["stem"], shown.explanation, shown.rubric and shown.rubric.model_dump()] for entry, shown in asked]
    setter = _setter(wanted, [assessment.sections, texts])
    questions = [_scheme(setter, entry, shown, wanted) for entry, shown in asked]
    return {"sections": _in_sections(assessment, setter, questions)}


def _scheme(setter: Typesetter, entry: Mapping[str, Any], shown: SchemeQuestion, wanted: PrintQuery) -> dict[str, Any]:
    rubric = shown.rubric.criteria if shown.rubric else []
    length = sum(len(each) for each in (entry["stem"], shown.explanation or "", *(each.text for each in rubric)))
    return {
        "number": entry["number"],
        "section": entry.get("section", 0),
        "marks": f"{entry['marks']}",
        "whole": length < _STAYS_WHOLE,
        "stem": setter.runs(entry["stem"]),
        "right": right(shown.type, shown, *_yes_no(wanted)),
        "rubric": [{"runs": setter.runs(each.text), "points": f"{each.points}"} for each in rubric],
        "explanation": setter.runs(shown.explanation or ""),
    }
