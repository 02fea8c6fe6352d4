"""Passages: written and changed by whom they belong to, shown as their questions may be seen."""

from typing import Any

from pynamodb.expressions.condition import size

from lyceum.events.questions import QuestionSubmitted
from lyceum.kit import clock, ids
from lyceum.kit.errors import NotFound, rule_violation
from lyceum.kit.identity import Permission, Principal, may_touch, require_owner
from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.content.uploads import Upload
from lyceum.model.questions.passages import Passage, PassageRevision
from lyceum.model.questions.question import Question, QuestionListing
from lyceum.rules import audits
from lyceum.rules.questions import storage
from lyceum.rules.questions.passages import MOST_QUESTIONS, is_named
from lyceum.rules.questions.topic_sampler import is_embargoed

from functions.questions.schemas.passages import OwnPassageView, PassageFields

MOST_REVISIONS = 50
_FIELDS = ("form", "title", "text", "upload_id", "alternative")
_PURPOSES = {"question_image": "picture", "question_recording": "recording"}


def create(caller: Principal, wanted: PassageFields) -> OwnPassageView:
    """Write a passage; raises RuleViolation UPLOAD_NOT_READY."""
    passage = Passage(passage_id=ids.new_id(), author_id=caller.user_id)
    _put_fields(caller, passage, wanted)
    Unit().create(passage).commit()
    return OwnPassageView.model_validate(passage)


def _put_fields(caller: Principal, passage: Passage, wanted: PassageFields) -> None:
    passage.form = _form(caller, passage, wanted.upload_id)
    for name in ("title", "text", "upload_id", "alternative"):
        setattr(passage, name, getattr(wanted, name))


def _form(caller: Principal, passage: Passage, upload_id: str | None) -> str:
    """Say what a passage is by its file; one that it has already stays, whoever sent it."""
    if upload_id is None:
        return "text"
    if upload_id == passage.upload_id:
        return passage.form
    upload = Upload.fetch(upload_id=upload_id)
    is_there = upload is not None and upload.owner_id == caller.user_id and upload.state == "ready"
    if upload is None or not is_there or upload.purpose not in _PURPOSES:
        raise rule_violation(
            "UPLOAD_NOT_READY", "This is no picture or recording of yours for a question, or it is not ready."
        )
    return _PURPOSES[upload.purpose]


def show(caller: Principal, passage_id: str) -> OwnPassageView:
    """Show a passage: to its author and moderators, and to others once a question of it may be seen.

    While one of its questions is asked in an exam that may still be sat, only authors see it (EXAM L4). Costs 1 storage
    request, and 2 for others. Raises NotFound.
    """
    passage = Passage.require(passage_id=passage_id)
    if may_touch(caller, passage.author_id, Permission.MODERATE):
        return OwnPassageView.model_validate(passage)
    approved, now = _approved(passage), clock.now()
    is_secret = any(is_embargoed(question, now) for question in approved)
    if not approved or (is_secret and not caller.may(Permission.WRITE_QUESTIONS)):
        raise NotFound("There is no such passage.")
    return OwnPassageView.model_validate(passage)


def _approved(passage: Passage) -> list[Question]:
    found = batch_fetch([Question.at(question_id=name) for name in sorted(passage.question_ids or ())])
    return [each for each in found if isinstance(each, Question) and each.status == "approved"]


def edit(caller: Principal, passage_id: str, wanted: PassageFields, if_match: int | None) -> OwnPassageView:
    """Write a new revision; papers that hold an earlier one keep it, and its questions have to be approved again.

    An edit that changes nothing makes no revision. Raises NotFound, Forbidden, PreconditionFailed, Conflict or
    RuleViolation (UPLOAD_NOT_READY, TOO_MANY_REVISIONS).
    """
    passage = Passage.require(passage_id=passage_id)
    questions = _approved(passage)
    require_owner(caller, passage.author_id, "passage", Permission.MODERATE, hidden=not questions)
    earlier = _snapshot(passage)
    _put_fields(caller, passage, wanted)
    if _snapshot(passage) == earlier:
        return OwnPassageView.model_validate(passage)
    revision = int(passage.revision)
    if revision >= MOST_REVISIONS:
        raise rule_violation("TOO_MANY_REVISIONS", f"A passage has {MOST_REVISIONS} revisions at most; write another.")
    kept = PassageRevision(passage_id=passage_id, revision=revision, fields=earlier)
    kept.written_at, kept.written_by = passage.updated_at, passage.updated_by
    passage.revision = revision + 1
    unit = Unit().replace(passage, expect=if_match).create(kept)
    audits.note(unit, caller.user_id, passage.author_id, "passage.change", passage_id, after={"revision": revision + 1})
    for question in questions:  # before the text changes, so that nobody sees an unread one
        _send_back(question)
    unit.commit()
    return OwnPassageView.model_validate(passage)


def _snapshot(passage: Passage) -> dict[str, Any]:
    return {name: getattr(passage, name) for name in _FIELDS}


def _send_back(question: Question) -> None:
    """Let a question wait for a moderator again; one that somebody changes at the same moment waits by that."""
    entries = [
        QuestionListing.at(listing=each, question_id=question.question_id) for each in storage.listings(question)
    ]
    storage.place(question, "pending")
    unit = Unit().replace(question, QuestionSubmitted(question_id=question.question_id, topic_id=question.topic_id))
    for entry in entries:
        unit.remove(entry)
    unit.commit()


def follow(unit: Unit, caller: Principal, question: Question, earlier: str | None = None) -> None:
    """Let a question's passage know it, in the transaction that writes the question, and the earlier one forget it.

    Raises RuleViolation UNKNOWN_PASSAGE for a passage that is not the caller's, PASSAGE_FULL for one with 25 questions.
    """
    passage_id = question.passage_id
    if passage_id == earlier:
        return
    name = {question.question_id}
    if is_named(earlier):
        unit.change(Passage.at(passage_id=earlier), Passage.question_ids.delete(name))
    if is_named(passage_id):
        passage = Passage.fetch(passage_id=passage_id)
        if passage is None or not may_touch(caller, passage.author_id, Permission.MODERATE):
            raise rule_violation("UNKNOWN_PASSAGE", "There is no such passage of yours.")
        has_room = Passage.question_ids.does_not_exist() | (size(Passage.question_ids) < MOST_QUESTIONS)
        full = rule_violation("PASSAGE_FULL", f"A passage has {MOST_QUESTIONS} questions at most.")
        unit.change(passage, Passage.question_ids.add(name), when=has_room, refuse=full)
