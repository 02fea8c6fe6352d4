"""What becomes of an erased user's words: what others need stays under no name, the rest goes."""

from collections.abc import Callable
from typing import Any, TypeVar

from lyceum.events.community import QuestionSettled
from lyceum.kit.table import Entity, Slice, Unit, find, remove_many
from lyceum.kit.table.fetching import fetch_many
from lyceum.model.community.discussions import Discussion, DiscussionReply
from lyceum.model.community.groups import GroupMember, GroupMessage, StudyGroup
from lyceum.model.community.messages import Block, Conversation, DirectMessage
from lyceum.model.community.questions import HelpAnswer, HelpQuestion, HelpRouting, MentorTie, TextRevision
from lyceum.model.community.reports import OpenReport, Report

from functions.community.groups import groups
from functions.community.reports import items

E = TypeVar("E", bound=Entity)
_PAGE = 20
Key = dict[str, Any] | None


def page(kind: str, user_id: str, after: Key, unit: Unit) -> Key:
    """Attend to a page of what somebody left behind, and return where the next one begins."""
    return _KINDS[kind](user_id, after, unit)


def _questions(user_id: str, after: Key, unit: Unit) -> Key:
    """Questions with answers stay for whoever reads them, those without go."""
    found = find(HelpRouting, index="gsi2", asker_id=user_id, limit=_PAGE, after=after)
    for routing in found.items:
        (question,) = fetch_many(HelpQuestion.at(question_id=routing.question_id), consistent=True)
        remove_many(find(TextRevision, question_id=routing.question_id, item_id=routing.question_id).items)
        if question is not None and question.answer_count:
            routing.asker_id = None
            unit.amend(routing, "asker_id")
            unit.change(question, HelpQuestion.asker_id.remove(), HelpQuestion.asker_name.remove())
            continue
        routing.asker_id, routing.due_bucket = None, None
        unit.replace(routing, QuestionSettled(question_id=routing.question_id))
        if question is not None:
            unit.remove(question)
    return found.last_key


def _answers(user_id: str, after: Key, unit: Unit) -> Key:
    found = find(HelpAnswer, index="gsi2", author_id=user_id, limit=_PAGE, after=after)
    for answer in found.items:
        remove_many(find(TextRevision, question_id=answer.question_id, item_id=answer.answer_id).items)
        answer.author_id, answer.author_name = None, None
        unit.amend(answer, "author_id", "author_name")
    return found.last_key


def _discussions(user_id: str, after: Key, unit: Unit) -> Key:
    found = find(Discussion, index="gsi2", author_id=user_id, limit=_PAGE, after=after)
    return _nameless(found, unit, "author_id", "author_name")


def _replies(user_id: str, after: Key, unit: Unit) -> Key:
    found = find(DiscussionReply, index="gsi1", author_id=user_id, limit=_PAGE, after=after)
    return _nameless(found, unit, "author_id", "author_name")


def _messages(user_id: str, after: Key, unit: Unit) -> Key:
    found = find(DirectMessage, index="gsi1", sender_id=user_id, limit=_PAGE, after=after)
    return _nameless(found, unit, "sender_id", "sender_name")


def _group_messages(user_id: str, after: Key, unit: Unit) -> Key:
    found = find(GroupMessage, index="gsi1", sender_id=user_id, limit=_PAGE, after=after)
    return _nameless(found, unit, "sender_id", "sender_name")


def _nameless(found: Slice[E], unit: Unit, *names: str) -> Key:
    """Leave texts as they are, without those of their attributes that say whose they are."""
    for text in found.items:
        for name in names:
            setattr(text, name, None)
        unit.amend(text, *names)
    return found.last_key


def _blocks(user_id: str, after: Key, unit: Unit) -> Key:
    return _gone(find(Block, user_id=user_id, limit=_PAGE, after=after), unit)


def _ties(user_id: str, after: Key, unit: Unit) -> Key:
    return _gone(find(MentorTie, user_id=user_id, limit=_PAGE, after=after), unit)


def _gone(found: Slice[E], unit: Unit) -> Key:
    for item in found.items:
        unit.remove(item)
    return found.last_key


def _conversations(user_id: str, after: Key, unit: Unit) -> Key:
    found = find(Conversation, user_id=user_id, limit=_PAGE, after=after)
    for row in found.items:
        (other,) = fetch_many(Conversation.at(user_id=row.other_id, other_id=user_id), consistent=True)
        if other is not None:
            unit.change(other, Conversation.other_name.remove())
        unit.remove(row)
    return found.last_key


def _groups(user_id: str, after: Key, _unit: Unit) -> Key:
    """Leave groups one by one: each may be handed on to another owner, or go."""
    found = find(GroupMember, index="gsi1", user_id=user_id, limit=_PAGE, after=after)
    for member in found.items:
        group, present = fetch_many(
            StudyGroup.at(group_id=member.group_id),
            GroupMember.at(group_id=member.group_id, user_id=user_id),
            consistent=True,
        )
        if present is None:
            continue
        if group is None or present.state != "active":
            Unit().remove(present).commit()
        else:
            groups.leave(group, present)
    return found.last_key


def _reports(user_id: str, after: Key, unit: Unit) -> Key:
    found = find(Report, index="gsi2", reporter_id=user_id, limit=_PAGE, after=after)
    for report in found.items:
        key = items.key_of(report.item_type, report.item_id)
        unit.remove(OpenReport.at(item_key=key, reporter_id=user_id))
        report.reporter_id, report.text = None, None
        unit.amend(report, "reporter_id", "text")
    return found.last_key


_KINDS: dict[str, Callable[[str, Key, Unit], Key]] = {
    "questions": _questions,
    "answers": _answers,
    "discussions": _discussions,
    "replies": _replies,
    "messages": _messages,
    "conversations": _conversations,
    "blocks": _blocks,
    "group_messages": _group_messages,
    "groups": _groups,
    "reports": _reports,
    "ties": _ties,
}
KINDS = tuple(_KINDS)
