"""Writes packages of QTI items (IMS/1EdTech Question & Test Interoperability 2.1 and 3.0), with their manifest.

Both versions hold the same; the words of 3.0 are those of 2.1 written otherwise (`qti-choice-interaction`).
"""

import io
import re
import zipfile
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Literal
from xml.etree.ElementTree import Element, ParseError, fromstring, register_namespace, tostring
from xml.sax.saxutils import escape, quoteattr

from functions.questions.exports.exported import Exported, absolute, has_wildcard, lose_normalising, number

Version = Literal["2.1", "3.0"]
_SPACE = {
    "2.1": "http://www.imsglobal.org/xsd/imsqti_v2p1",
    "3.0": "http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
}
_ITEM_TYPE = {"2.1": "imsqti_item_xmlv2p1", "3.0": "imsqti_item_xmlv3p0"}
_PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
_TEMPLATES = "http://www.imsglobal.org/question/qti_v2p1/rptemplates"
_EMPTY = re.compile(r"<(br|hr)(?:\s[^<>]*)?>", re.IGNORECASE)
_GAP = re.compile(r"\{\{([1-9][0-9]?)\}\}")
_CAMEL = re.compile(r"(?<=[a-z0-9])([A-Z])")
_HTML = {
    "a", "b", "blockquote", "br", "code", "div", "em", "figcaption", "figure", "h2", "h3", "h4", "hr", "i", "li", "ol",
    "p", "pre", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
_MEDIA = {
    "pdf": "application/pdf",
    "image": "image/png",
    "audio": "audio/mpeg",
    "video": "video/mp4",
    "text": "text/plain",
}
_FIRST = zipfile.ZipInfo().date_time


def write(questions: Sequence[Exported], version: Version) -> bytes:
    """Write a package with an item for each question, in their order."""
    made = io.BytesIO()
    names = []
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for question in questions:
            item = _item(question, version)
            if item is None:
                continue
            name = f"items/{question.question_id}.xml"
            names.append((question.question_id, name))
            archive.writestr(zipfile.ZipInfo(name, _FIRST), item)
        archive.writestr(zipfile.ZipInfo("imsmanifest.xml", _FIRST), _manifest(names, version))
    return made.getvalue()


def _manifest(names: list[tuple[str, str]], version: Version) -> bytes:
    resources = "".join(
        f'<resource identifier="R{name}" type="{_ITEM_TYPE[version]}" href={quoteattr(path)}>'
        f"<file href={quoteattr(path)}/></resource>"
        for name, path in names
    )
    schema = "QTIv2.1 Package" if version == "2.1" else "QTI Package"
    told = f"<metadata><schema>{schema}</schema><schemaversion>1.0.0</schemaversion></metadata>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><manifest xmlns="{_PACKAGE}" identifier="M1">{told}'
        f"<organizations/><resources>{resources}</resources></manifest>"
    ).encode()


def _item(question: Exported, version: Version) -> bytes | None:
    question.lose_meta({"explanation", "marks"})
    declarations, body, processing = _Item(question).parts()
    marks = number(question.fields.get("marks", 1))
    explanation = question.fields.get("explanation")
    feedback = (
        f'<modalFeedback outcomeIdentifier="FEEDBACK" identifier="E" showHide="show">'
        f"{_xhtml(question, explanation)}</modalFeedback>"
        if explanation
        else ""
    )
    outcomes = (
        f'<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float" normalMaximum="{marks}"/>'
        f'<outcomeDeclaration identifier="MAXSCORE" cardinality="single" baseType="float"><defaultValue><value>{marks}'
        "</value></defaultValue></outcomeDeclaration>"
        '<outcomeDeclaration identifier="FEEDBACK" cardinality="single" baseType="identifier"/>'
    )
    text = (
        f'<assessmentItem identifier="I{question.question_id}" title="{question.question_id}" adaptive="false" '
        f'timeDependent="false">{declarations}{outcomes}<itemBody>{body}</itemBody>{processing}{feedback}'
        "</assessmentItem>"
    )
    root = fromstring(text)  # noqa: S314 - made above, of texts that were parsed one by one
    space = _SPACE[version]
    register_namespace("", space)
    for element in root.iter():
        if version == "3.0" and element.tag not in _HTML:
            _as_version_3(element)
        element.tag = f"{{{space}}}{element.tag}"
    body_bytes: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return body_bytes


def _as_version_3(element: Element) -> None:
    element.tag = f"qti-{_kebab(element.tag)}"
    for name in list(element.attrib):
        element.set(_kebab(name), element.attrib.pop(name))


def _kebab(name: str) -> str:
    return _CAMEL.sub(r"-\1", name).lower()


def _xhtml(question: Exported, text: str | None) -> str:
    """Return a rich text as XML; one that is no XML is written as plain text."""
    shown = _EMPTY.sub(lambda found: f"<{found[1].lower()}/>", question.rich(text)).replace("&nbsp;", "&#160;")
    try:
        fromstring(f"<div>{shown}</div>")  # noqa: S314 - a sanitised text of our own
    except ParseError:
        return escape(question.plain(text or ""))
    return shown


def _asked(kind: str, response: str, attributes: str, inner: str) -> str:
    return f'<{kind}Interaction responseIdentifier="{response}" {attributes}>{inner}</{kind}Interaction>'


def _fixed(option: Any) -> str:
    return ' fixed="true"' if option.get("pinned") else ""


class _Item:
    """The parts of an item: declarations, body and processing."""

    def __init__(self, question: Exported) -> None:
        self.question = question
        self.declarations: list[str] = []
        self.rules: list[str] = []

    def parts(self) -> tuple[str, str, str]:
        """Return declarations, body and processing."""
        body = self._body()
        template = "map_response" if any("<mapping" in each for each in self.declarations) else "match_correct"
        processing = "".join(self.rules) and f"<responseProcessing>{''.join(self.rules)}</responseProcessing>"
        if not processing and self.declarations and self.question.type not in {"theory", "practical"}:
            several = len(self.declarations) > 1
            processing = "" if several else f'<responseProcessing template="{_TEMPLATES}/{template}"/>'
        return "".join(self.declarations), body, processing

    def _body(self) -> str:
        question, fields = self.question, self.question.fields
        if question.type == "cloze":
            stem = _xhtml(question, fields["stem"])
            return (
                f"<div>{_GAP.sub(lambda found: self._gap(found.group(1), fields['gaps'][found.group(1)]), stem)}</div>"
            )
        stem = _xhtml(question, fields["stem"])
        if question.type in {"numeric", "short_text"}:
            return f"<div>{stem} {self._gap('1', {'type': question.type, **fields})}</div>"
        return f"<div>{stem}</div>{self._interaction()}"

    def _interaction(self) -> str:
        fields: Any = self.question.fields
        match self.question.type:
            case "single" | "multiple":
                return self._choice(fields["options"], fields["correct_option_ids"])
            case "true_false":
                self.question.lose("type true_false, written as a choice")
                options = [{"id": "a", "text": "True"}, {"id": "b", "text": "False"}]
                return self._choice(options, ["a" if fields["correct"] else "b"])
            case "matching":
                return self._match(fields)
            case "ordering":
                return self._order(fields)
        return self._graded(fields)

    def _declare(self, name: str, kind: str, cardinality: str, values: Sequence[str], mapping: str = "") -> None:
        right = "".join(f"<value>{escape(each)}</value>" for each in values)
        told = f"<correctResponse>{right}</correctResponse>" if right else ""
        self.declarations.append(
            f'<responseDeclaration identifier="{name}" cardinality="{cardinality}" baseType="{kind}">{told}{mapping}'
            "</responseDeclaration>"
        )

    def _choice(self, options: Sequence[Any], right: Sequence[str]) -> str:
        is_single = self.question.type != "multiple"
        self._declare("R1", "identifier", "single" if is_single else "multiple", sorted(right))
        choices = "".join(self._simple_choice(each) for each in options)
        return _asked("choice", "R1", f'shuffle="true" maxChoices="{int(is_single)}"', choices)

    def _simple_choice(self, option: Any) -> str:
        told = ""
        if option.get("feedback"):
            shown = _xhtml(self.question, option["feedback"])
            attributes = f'outcomeIdentifier="FEEDBACK" identifier="{option["id"]}" showHide="show"'
            told = f"<feedbackInline {attributes}>{shown}</feedbackInline>"
        shown = _xhtml(self.question, option["text"])
        return f'<simpleChoice identifier="{option["id"]}"{_fixed(option)}>{shown}{told}</simpleChoice>'

    def _order(self, fields: Any) -> str:
        self._declare("R1", "identifier", "ordered", fields["correct_order"])
        choices = "".join(
            f'<simpleChoice identifier="{each["id"]}">{_xhtml(self.question, each["text"])}</simpleChoice>'
            for each in fields["items"]
        )
        return _asked("order", "R1", 'shuffle="true"', choices)

    def _match(self, fields: Any) -> str:
        pairs = [f"{prompt} {choice}" for prompt, choice in fields["pairs"].items()]
        self._declare("R1", "directedPair", "multiple", pairs)
        sets = ""
        for parts, most in ((fields["prompts"], 1), (fields["choices"], 0)):
            inner = "".join(
                f'<simpleAssociableChoice identifier="{each["id"]}" matchMax="{most}">'
                f"{_xhtml(self.question, each['text'])}</simpleAssociableChoice>"
                for each in parts
            )
            sets += f"<simpleMatchSet>{inner}</simpleMatchSet>"
        return _asked("match", "R1", f'shuffle="true" maxAssociations="{len(fields["prompts"])}"', sets)

    def _gap(self, name: str, gap: Any) -> str:
        response = f"R{name}"
        if gap["type"] == "single":
            right = gap["correct_option_ids"]
            self._declare(response, "identifier", "single", right)
            for option in gap["options"]:
                if option.get("feedback"):
                    self.question.lose("feedback in gaps")
            choices = "".join(
                f'<inlineChoice identifier="{each["id"]}"{_fixed(each)}>{escape(self.question.plain(each["text"]))}'
                "</inlineChoice>"
                for each in gap["options"]
            )
            return _asked("inlineChoice", response, 'shuffle="true"', choices)
        if gap["type"] == "numeric":
            self._numeric(response, gap)
        else:
            self._text(response, gap)
        return f'<textEntryInteraction responseIdentifier="{response}"/>'

    def _numeric(self, response: str, gap: Any) -> None:
        if gap.get("unit"):
            self.question.lose("unit")
        amount = absolute(self.question, gap)
        self._declare(response, "float", "single", [number(gap["value"])])
        compared = (
            f'<equal toleranceMode="absolute" tolerance="{amount} {amount}"><variable identifier="{response}"/>'
            f'<correct identifier="{response}"/></equal>'
        )
        added = '<sum><variable identifier="SCORE"/><baseValue baseType="float">1</baseValue></sum>'
        self.rules.append(
            f"<responseCondition><responseIf>{compared}"
            f'<setOutcomeValue identifier="SCORE">{added}</setOutcomeValue></responseIf></responseCondition>'
        )

    def _text(self, response: str, gap: Any) -> None:
        lose_normalising(self.question, gap, cased=None)
        if has_wildcard(gap):
            self.question.lose("marks for any text")
        is_cased = str(bool(gap.get("case_sensitive"))).lower()
        entries = "".join(
            f'<mapEntry mapKey={quoteattr(str(each["text"]))} mappedValue="{number(each["credit"])}" '
            f'caseSensitive="{is_cased}"/>'
            for each in gap["accepted"]
        )
        best = next(str(each["text"]) for each in gap["accepted"] if Decimal(str(each["credit"])) == 1)
        self._declare(response, "string", "single", [best], f'<mapping defaultValue="0">{entries}</mapping>')

    def _graded(self, fields: Any) -> str:
        criteria = (fields.get("rubric") or {}).get("criteria", ())
        told = ""
        if criteria:
            if len(criteria) > 1 or Decimal(str(criteria[0]["points"])) != Decimal(str(fields.get("marks", 1))):
                self.question.lose("criteria of the rubric, written as one text")
            shown = "<br/>".join(_xhtml(self.question, each["text"]) for each in criteria)
            told = f'<rubricBlock view="scorer"><div>{shown}</div></rubricBlock>'
        if fields.get("show_rubric"):
            self.question.lose("that candidates see the rubric")
        if self.question.type == "theory":
            if fields.get("word_limit"):
                self.question.lose("wordLimit")
            self._declare("R1", "string", "single", [])
            return f'{told}<extendedTextInteraction responseIdentifier="R1"/>'
        if len(fields["file_kinds"]) > 1:
            self.question.lose("kinds of files but the first")
        if int(fields.get("max_files", 1)) > 1:
            self.question.lose("maxFiles")
        self._declare("R1", "file", "single", [])
        return f'{told}<uploadInteraction responseIdentifier="R1" type="{_MEDIA[fields["file_kinds"][0]]}"/>'
