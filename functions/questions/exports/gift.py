"""Writes GIFT, Moodle's plain text format ("GIFT format" of Moodle's documentation), every text as HTML."""

import html
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from functions.questions.exports.exported import Exported, absolute, lose_normalising, number, percent

_MARKS = "\\~=#{}:"


def write(questions: Sequence[Exported]) -> bytes:
    """Write questions, each under its topic; ordering, cloze and practical questions are left out."""
    lines, topic = [], None
    for question in questions:
        body = _answers(question)
        if body is None:
            question.leave_out()
            continue
        question.lose_meta({"tags", "explanation"})
        if question.topic != topic:
            topic = question.topic
            lines.append(f"$CATEGORY: {topic.replace('/', '//')}\n")
        tags = "".join(f"// [tag:{tag}]\n" for tag in question.fields.get("tags") or () if "]" not in tag)
        explanation = question.rich(question.fields.get("explanation"))
        general = f"####[html]{_text(explanation)}" if explanation else ""
        stem = _text(question.rich(question.fields["stem"]))
        lines.append(f"{tags}::{question.question_id}::[html]{stem}{{{body}{general}}}\n")
    return "\n".join(lines).encode()


def _text(text: str) -> str:
    escaped = "".join(f"\\{character}" if character in _MARKS else character for character in text)
    return escaped.replace("\r", "").replace("\n", "\\n")


def _answers(question: Exported) -> str | None:
    fields = question.fields
    match question.type:
        case "single" | "multiple":
            return _choice(question)
        case "true_false":
            return "T" if fields["correct"] else "F"
        case "numeric":
            if fields.get("unit"):
                question.lose("unit")
            return f"#{number(fields['value'])}:{absolute(question, fields)}"
        case "short_text":
            lose_normalising(question, fields, cased=False)
            return " ".join(
                f"=%{percent(each['credit'])}%{_text(html.escape(each['text'], quote=False))}"
                for each in fields["accepted"]
            )
        case "matching":
            return _matching(question)
        case "theory":
            if fields.get("rubric"):
                question.lose("rubric")
            if fields.get("word_limit"):
                question.lose("wordLimit")
            return ""
    return None


def _choice(question: Exported) -> str:
    right = question.fields["correct_option_ids"]
    share = f"~%{(Decimal(100) / len(right)).quantize(Decimal('0.00001'))}%"
    marks = ("=", "~") if question.type == "single" else (share, "~")
    parts = []
    for option in question.fields["options"]:
        if option.get("pinned"):
            question.lose("places of pinned options")
        feedback = question.rich(option.get("feedback"))
        told = f"#[html]{_text(feedback)}" if feedback else ""
        parts.append(f"{marks[option['id'] not in right]}[html]{_text(question.rich(option['text']))}{told}")
    return " ".join(parts)


def _matching(question: Exported) -> str:
    fields: Any = question.fields
    choices = {each["id"]: _text(question.rich(each["text"])) for each in fields["choices"]}
    pairs = [f"=[html]{_text(question.rich(each['text']))} -> [html]{choices[fields['pairs'][each['id']]]}"
             for each in fields["prompts"]]  # fmt: skip
    spare = [text for name, text in choices.items() if name not in fields["pairs"].values()]
    return " ".join([*pairs, *(f"= -> [html]{text}" for text in spare)])
