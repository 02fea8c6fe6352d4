"""Writing questions, changing and retiring them, and showing them to those who may see them."""

from typing import Any

from lyceum.events.questions import QuestionRetired, QuestionSubmitted
from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, NotFound, rule_violation
from lyceum.kit.identity import Permission, Principal, may_touch, require_owner
from lyceum.kit.table import Unit, batch_fetch, find
from lyceum.model.catalog import Topic
from lyceum.model.courses.course import Course
from lyceum.model.questions.question import (
    AnswerKey,
    ModerationComment,
    Question,
    QuestionFacts,
    QuestionListing,
    QuestionRevision,
)
from lyceum.rules import audits
from lyceum.rules.questions import storage
from lyceum.rules.questions.option_ids import neutralised
from lyceum.rules.questions.topic_sampler import is_embargoed
from lyceum.rules.questions.types import AnyQuestion
from lyceum.rules.questions.views import with_key

from functions.questions import changes, passages
from functions.questions.schemas.changes import ChangeQuestion
from functions.questions.schemas.question import CommentView, Keyed, QuestionView, Removed

MOST_REVISIONS = 50
_COMMENTS_SHOWN = 50
_SHOWN = [name for name in QuestionView.model_fields if name in Question.get_attributes()]


def create(caller: Principal, wanted: AnyQuestion) -> Keyed:
    """Write a question with its key in one transaction; it waits for a moderator, or is a draft.

    Raises NotFound for the topic, RuleViolation (UNKNOWN_PASSAGE, PASSAGE_FULL) for the passage.
    """
    topic = Topic.require(topic_id=wanted.topic_id)
    state = "draft" if wanted.is_draft else "pending"
    question, key = storage.stored(
        wanted, topic, question_id=ids.new_id(), author_id=caller.user_id, status=state, level=_level(topic)
    )
    unit = Unit().create(question, *_submitted(question)).create(key)
    passages.follow(unit, caller, question)
    unit.commit()
    return keyed(question, key)


def _level(topic: Topic) -> int | None:
    course = Course.fetch(course_id=topic.course_id)
    return int(course.level) or None if course else None


def _submitted(question: Question) -> list[QuestionSubmitted]:
    return (
        [QuestionSubmitted(question_id=question.question_id, topic_id=question.topic_id)]
        if question.status == "pending"
        else []
    )


def show(caller: Principal | None, question_id: str, reason: str | None = None) -> Keyed:
    """Show a question; its author and moderators see the key and what moderators said, and also what is not approved.

    A moderator sees the key of somebody else's with a reason, or while it waits for a moderator (EXAM U3). Other
    authors see what is shared with them before it is approved, without its key. Costs one storage request, three for
    those who see the key, and one more to log. Raises NotFound for what others may not see.
    """
    question = Question.require(question_id=question_id)
    if caller and may_touch(caller, question.author_id, Permission.MODERATE):
        is_seen = reads_key(caller, question, reason)
        key = AnswerKey.fetch(question_id=question_id, revision=question.revision) if is_seen else None
        return keyed(question, key).model_copy(
            update={"comments": _comments(question_id), "rejection_reason": question.rejection_reason}
        )
    is_author = caller is not None and caller.may(Permission.WRITE_QUESTIONS)
    is_shared = is_author and question.is_shared and question.status in {"draft", "pending"}
    is_secret = is_embargoed(question, clock.now()) and not is_author
    if is_secret or not (question.status == "approved" or is_shared):
        raise NotFound("There is no such question.")
    return Keyed.model_validate(_facts(question))


def reads_key(caller: Principal, question: Question, reason: str | None) -> bool:
    """Say whether somebody who may see a question's key is shown it now, and audit the reading of another's (EXAM U3).

    What waits for a moderator is shown to moderators: to decide on it is the reason.
    """
    if question.author_id == caller.user_id or question.status == "pending":
        return True
    if reason is not None:
        unit = Unit()
        audits.note(unit, caller.user_id, question.author_id, "question.key_read", question.question_id, reason=reason)
        unit.commit()
    return reason is not None


def _comments(question_id: str) -> list[CommentView]:
    found = find(
        ModerationComment,
        question_id=question_id,
        from_sort="COMMENT#",
        to_sort="COMMENT$",
        descending=True,
        limit=_COMMENTS_SHOWN,
    )
    return [CommentView.model_validate(comment) for comment in found.items]


def keyed(question: QuestionFacts, key: AnswerKey | None) -> Keyed:
    """Show a question with its key."""
    if key is None:
        return Keyed.model_validate(_facts(question))
    whole = with_key(question.content, key.key)
    for_authors = {
        "explanation": key.explanation,
        "exclusion_ids": list(question.exclusion_ids),
        "is_shared": getattr(question, "is_shared", None) or None,
    }
    return Keyed.model_validate({**_facts(question), **whole, **for_authors})


def view(question: QuestionFacts) -> QuestionView:
    """Show a question in a list: never with its key."""
    return QuestionView.model_validate(_facts(question))


def _facts(question: QuestionFacts) -> dict[str, Any]:
    return {**{name: getattr(question, name) for name in _SHOWN}, **question.content}


def edit(caller: Principal, question_id: str, wanted: AnyQuestion, if_match: int | None) -> Keyed:
    """Write a new revision, which waits for a moderator; papers that hold an earlier one keep it with its key.

    Options keep the ids that they have, whichever the caller gave them. An edit that changes nothing makes no revision.
    Raises NotFound, Forbidden for somebody else's approved question,
    Conflict for a retired one, PreconditionFailed, or RuleViolation (TOPIC_FIXED, TOO_MANY_REVISIONS,
    UNKNOWN_PASSAGE, PASSAGE_FULL).
    """
    return _rewrite(caller, _own(caller, question_id), wanted, if_match)


def change(caller: Principal, question_id: str, wanted: ChangeQuestion, if_match: int | None) -> Keyed:
    """Change the fields that are named, with the effects of an edit.

    Raises ValidationFailed for what does not go together and what `edit` raises; Conflict when another edit came
    between.
    """
    question = _own(caller, question_id)
    key = AnswerKey.require(question_id=question_id, revision=question.revision)
    return _rewrite(caller, question, changes.merged(question, key, wanted), if_match)


def _rewrite(caller: Principal, question: Question, wanted: AnyQuestion, if_match: int | None) -> Keyed:
    question_id, topic = question.question_id, _topic_for(question, wanted)
    revision, state = int(question.revision), "draft" if wanted.is_draft else "pending"
    earlier_passage = question.passage_id
    earlier, earlier_key = snapshot(question), AnswerKey.require(question_id=question_id, revision=revision)
    was_listed = [QuestionListing.at(listing=listing, question_id=question_id) for listing in _listings_of(question)]
    if topic.course_id != question.course_id:
        question.level = _level(topic)
    wanted = neutralised(wanted, question_id, question.content)
    storage.put_fields(question, wanted, topic)
    key = storage.stored_key(wanted, question_id, revision + 1)
    before, after = (earlier, earlier_key), (snapshot(question), key)
    if _is_unchanged(before, after) and question.status in {state, "approved"}:
        return keyed(question, earlier_key)
    if revision >= MOST_REVISIONS:
        raise rule_violation(
            "TOO_MANY_REVISIONS", f"A question has {MOST_REVISIONS} revisions at most; retire it and write another."
        )
    kept = QuestionRevision(question_id=question_id, revision=revision, fields=earlier)
    kept.written_at, kept.written_by = question.updated_at, question.updated_by
    question.revision, question.rejection_reason = revision + 1, None
    question.key_hash = key.hash
    storage.place(question, state)
    unit = Unit().replace(question, *_submitted(question), expect=if_match).create(key).create(kept)
    for entry in was_listed:
        unit.remove(entry)
    passages.follow(unit, caller, question, earlier_passage)
    audits.note(
        unit, caller.user_id, question.author_id, "question.change", question_id, after={"revision": revision + 1}
    )
    unit.commit()
    return keyed(question, key)


def _is_unchanged(before: tuple[dict[str, Any], AnswerKey], after: tuple[dict[str, Any], AnswerKey]) -> bool:
    """Say whether two revisions, each with its key, are the same to their author."""
    (earlier, earlier_key), (fields, key) = before, after
    return (earlier, earlier_key.key, earlier_key.explanation) == (fields, key.key, key.explanation)


def _listings_of(question: Question) -> list[str]:
    """Name the listings that a question stands in now: none unless it is approved."""
    return storage.listings(question) if question.status == "approved" else []


def _own(caller: Principal, question_id: str) -> Question:
    question = Question.require(question_id=question_id)
    require_owner(caller, question.author_id, "question", Permission.MODERATE, hidden=question.status != "approved")
    if question.status == "retired":
        raise Conflict("This question is retired.", code="QUESTION_RETIRED")
    return question


def _topic_for(question: Question, wanted: AnyQuestion) -> Topic:
    if question.was_approved and wanted.topic_id != question.topic_id:
        raise rule_violation(
            "TOPIC_FIXED", "A question that was approved stays in its topic; retire it and write another."
        )
    return Topic.require(topic_id=wanted.topic_id)


def snapshot(question: Question) -> dict[str, Any]:
    """Return what an author decides of a question, but for its key, as plain data."""
    fields = {name: getattr(question, name) for name in ("topic_id", *storage.COMMON_FIELDS)}
    if not question.is_shared:
        fields.pop("is_shared")  # as in revisions from before anything was shared
    return {**fields, "marks": format(question.marks, "f"), **question.content}


def retire(caller: Principal, question_id: str, if_match: int | None) -> Removed:
    """Take a question out of the bank for good; papers that hold it keep it, and its statistics stay."""
    question = _own(caller, question_id)
    entries = [QuestionListing.at(listing=listing, question_id=question_id) for listing in _listings_of(question)]
    events = (
        [QuestionRetired(question_id=question_id, topic_id=question.topic_id, course_id=question.course_id)]
        if question.was_approved
        else []
    )
    storage.place(question, "retired")
    unit = Unit().replace(question, *events, expect=if_match)
    for entry in entries:
        unit.remove(entry)
    audits.note(unit, caller.user_id, question.author_id, "question.retire", question_id)
    unit.commit()
    return Removed(question_id=question_id, status="retired")


def keys_of(questions: list[Question]) -> dict[str, AnswerKey]:
    """Read the current keys of questions, by question (1 storage request for a hundred)."""
    names = [AnswerKey.at(question_id=each.question_id, revision=each.revision) for each in questions]
    return {key.question_id: key for key in batch_fetch(names) if isinstance(key, AnswerKey)}
