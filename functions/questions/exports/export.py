"""Exports of questions with their keys: an author's own, or for moderators any."""

from collections.abc import Callable, Sequence
from functools import partial

from lyceum.kit import context, ids
from lyceum.kit.aws import clients, links
from lyceum.kit.errors import Forbidden, rule_violation
from lyceum.kit.identity import Permission, Principal
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, batch_fetch
from lyceum.kit.values.spreadsheet import CSV, XLSX
from lyceum.model.audit import audit
from lyceum.model.catalog import Topic
from lyceum.model.questions.question import AnswerKey, QuestionFacts
from lyceum.rules.questions.storage import COMMON_FIELDS
from lyceum.rules.questions.views import with_key

from functions.questions import listing
from functions.questions.exports import gift, moodle_xml, qti, tables
from functions.questions.exports.exported import Exported
from functions.questions.exports.schemas import ExportedFile, ExportQuery, Loss

PREFIX = "derived/exports/"
_LINK_SECONDS = 15 * 60
Writer = Callable[[Sequence[Exported]], bytes]
WRITERS: dict[str, tuple[Writer, str, str]] = {
    "gift": (gift.write, "txt", "text/plain; charset=utf-8"),
    "moodle_xml": (moodle_xml.write, "xml", "application/xml"),
    "qti21": (partial(qti.write, version="2.1"), "zip", "application/zip"),
    "qti30": (partial(qti.write, version="3.0"), "zip", "application/zip"),
    "csv": (tables.write_as_csv, "csv", CSV),
    "xlsx": (tables.write_as_xlsx, "xlsx", XLSX),
}
"""Each format with its writer, the ending of its files and their content type."""


def run(caller: Principal, query: ExportQuery) -> ExportedFile:
    """Write a page of questions to a file and link it; whoever is no moderator gets their own alone.

    Raises Forbidden for the questions of another author, and RuleViolation REASON_MISSING where a moderator gives none
    for keys of others (EXAM U3). Costs the list's request, one for keys and topics, and one for the audit where others'
    questions are among them.
    """
    if not caller.may(Permission.MODERATE):
        if query.author_id not in {None, caller.user_id}:
            raise Forbidden("Authors export their own questions; moderators any.")
        query = query.model_copy(update={"author_id": caller.user_id})
    found = listing.search(caller, query)
    of_others = [question for question in found.items if question.author_id != caller.user_id]
    if query.reason is None and any(question.status != "pending" for question in of_others):
        raise rule_violation("REASON_MISSING", "Keys of others are among these: say why you take them out.")
    questions = _with_keys(found.items)
    writer, ending, content_type = WRITERS[query.format]
    body = writer(questions)
    name = f"questions.{ending}"
    key = f"{PREFIX}{context.tenant()}/{caller.user_id}/{ids.new_id()}/{name}"
    clients.client("s3").put_object(
        Bucket=settings().bucket, Key=key, Body=body, ContentType=content_type, ContentDisposition="attachment"
    )
    if of_others:
        told = {"format": query.format, "questions": len(questions)}
        act = audit("question.export", caller.user_id, before={}, after=told, reason=query.reason)
        Unit().create(act).commit()
    return ExportedFile(
        url=links.link(key, _LINK_SECONDS),
        file_name=name,
        format=query.format,
        questions=sum(not each.is_left_out for each in questions),
        losses=[
            Loss(question_id=each.question_id, is_left_out=each.is_left_out, lost=each.lost)
            for each in questions
            if each.lost
        ],
        next_cursor=query.cursor_after(found),
    )


_OF_THE_BANK = frozenset({"is_shared"})
"""Who else may use a draft is no part of the question."""


def _with_keys(questions: Sequence[QuestionFacts]) -> list[Exported]:
    names = [AnswerKey.at(question_id=each.question_id, revision=each.revision) for each in questions]
    topics = [Topic.at(topic_id=topic_id) for topic_id in sorted({str(each.topic_id) for each in questions})]
    found = batch_fetch([*names, *topics]) if questions else []
    keys = {each.question_id: each for each in found if isinstance(each, AnswerKey)}
    titles = {each.topic_id: each.title for each in found if isinstance(each, Topic)}
    return [
        exported(question, keys[question.question_id], titles.get(question.topic_id, ""))
        for question in questions
        if question.question_id in keys
    ]


def exported(question: QuestionFacts, key: AnswerKey, topic: str) -> Exported:
    """Put a question and its key together, as writers get it."""
    facts = {name: getattr(question, name) for name in COMMON_FIELDS if name not in _OF_THE_BANK}
    whole = with_key(question.content, key.key)
    told = {"topic_id": question.topic_id, "explanation": key.explanation}
    return Exported(question.question_id, {**facts, **whole, **told}, topic)
