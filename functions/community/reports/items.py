"""What can be reported: found for whom it is shown to, and held or shown again."""

from collections.abc import Callable
from typing import Any, NamedTuple

from lyceum.events.community import QuestionSettled
from lyceum.kit import clock
from lyceum.kit.errors import NotFound
from lyceum.kit.event import Message
from lyceum.kit.identity import Principal
from lyceum.kit.table import Entity, Unit
from lyceum.kit.table.fetching import fetch_many
from lyceum.kit.values.text import plain
from lyceum.model.community.discussions import Discussion, DiscussionReply
from lyceum.model.community.groups import GroupMember, GroupMessage
from lyceum.model.community.messages import DirectMessage
from lyceum.model.community.questions import HelpAnswer, HelpQuestion
from lyceum.model.content.library import ContentItem
from lyceum.model.questions.question import Question
from lyceum.model.users.account import User
from lyceum.rules.questions.topic_sampler import is_embargoed
from lyceum.tasks.community import RouteQuestion

from functions.community.writing import holds

HOLDABLE = frozenset({"help_question", "answer", "discussion", "reply", "message", "group_message"})
"""What can be held here; questions of the bank, content and accounts have their own routes for that."""
_EXCERPT = 500
Held = HelpQuestion | HelpAnswer | Discussion | DiscussionReply | DirectMessage | GroupMessage


class Item(NamedTuple):
    """Something that can be reported: whose it is, and how it reads."""

    author_id: str | None
    excerpt: str | None


def key_of(item_type: str, item_id: str) -> str:
    """Name a thing among all that can be reported."""
    return f"{item_type}.{item_id}"


def find_item(caller: Principal, item_type: str, item_id: str, within: str | None) -> Item:
    """Read a thing as the caller sees it (1 or 2 requests); raises NotFound for what they do not see."""
    found = _FINDERS[item_type](caller, item_id, within or "")
    if found is None:
        raise NotFound("There is no such thing to report.")
    return found


def _question(_caller: Principal, item_id: str, _within: str) -> Item | None:
    found = Question.fetch(question_id=item_id)
    if found is None or found.status != "approved" or is_embargoed(found, clock.now()):
        return None
    return Item(found.author_id, _cut(found.stem))


def _content(_caller: Principal, item_id: str, _within: str) -> Item | None:
    found = ContentItem.fetch(content_id=item_id)
    return Item(found.owner_id, found.title) if found and found.state == "published" else None


def _user(_caller: Principal, item_id: str, _within: str) -> Item | None:
    found = User.fetch(user_id=item_id)
    return Item(item_id, None) if found and found.status != "deleted" else None


def _help_question(caller: Principal, item_id: str, _within: str) -> Item | None:
    found = HelpQuestion.fetch(question_id=item_id)
    if found is None or not holds.may_see(caller, found.asker_id, found.held):
        return None
    return Item(found.asker_id, _cut(f"{found.title}\n{found.text}"))


def _answer(caller: Principal, item_id: str, _within: str) -> Item | None:
    found = HelpAnswer.fetch(answer_id=item_id)
    return Item(found.author_id, _cut(found.text)) if found and _sees(caller, found) else None


def _discussion(caller: Principal, item_id: str, _within: str) -> Item | None:
    found = Discussion.fetch(discussion_id=item_id)
    return Item(found.author_id, _cut(f"{found.title}\n{found.text}")) if found and _sees(caller, found) else None


def _reply(caller: Principal, item_id: str, within: str) -> Item | None:
    found = DiscussionReply.fetch(discussion_id=within, reply_id=item_id)
    return Item(found.author_id, _cut(found.text)) if found and _sees(caller, found) else None


def _sees(caller: Principal, found: HelpAnswer | Discussion | DiscussionReply) -> bool:
    return holds.may_see(caller, found.author_id, found.held)


def _message(caller: Principal, item_id: str, within: str) -> Item | None:
    found = DirectMessage.fetch(conversation_id=conversation_of(caller.user_id, within), message_id=item_id)
    return Item(found.sender_id, _cut(found.text)) if found else None


def _group_message(caller: Principal, item_id: str, within: str) -> Item | None:
    member, found = fetch_many(
        GroupMember.at(group_id=within, user_id=caller.user_id),
        GroupMessage.at(group_id=within, message_id=item_id),
    )
    if found is None or member is None or member.state != "active":
        return None
    return Item(found.sender_id, _cut(found.text))


_FINDERS: dict[str, Callable[[Principal, str, str], Item | None]] = {
    "question": _question,
    "content": _content,
    "user": _user,
    "help_question": _help_question,
    "answer": _answer,
    "discussion": _discussion,
    "reply": _reply,
    "message": _message,
    "group_message": _group_message,
}


def conversation_of(one: str, other: str) -> str:
    """Name the conversation of two people."""
    return "#".join(sorted((one, other)))


def _cut(text: str) -> str:
    return plain(text)[:_EXCERPT]


def place_of(caller: Principal, item_type: str, within: str | None) -> str | None:
    """Return what a report keeps of the place of a thing: of a message the conversation, whoever reads the report."""
    return conversation_of(caller.user_id, within or "") if item_type == "message" else within


def named(item_type: str, item_id: str, place: str | None) -> Entity | None:
    """Name what can be held, by a report of it; None for what can not."""
    kinds: dict[str, Callable[[], Entity]] = {
        "help_question": lambda: HelpQuestion.at(question_id=item_id),
        "answer": lambda: HelpAnswer.at(answer_id=item_id),
        "discussion": lambda: Discussion.at(discussion_id=item_id),
        "reply": lambda: DiscussionReply.at(discussion_id=place or "", reply_id=item_id),
        "message": lambda: DirectMessage.at(conversation_id=place or "", message_id=item_id),
        "group_message": lambda: GroupMessage.at(group_id=place or "", message_id=item_id),
    }
    return kinds[item_type]() if item_type in kinds else None


def hold(unit: Unit, name: Entity, rule: str, message: str) -> None:
    """Add to a unit that a thing is held, if it is there (1 request); mentors are not asked a held question."""
    (found,) = fetch_many(name, consistent=True)
    if not isinstance(found, Held):
        return
    events: list[Message] = []
    if isinstance(found, HelpQuestion):
        events.append(QuestionSettled(question_id=found.question_id))
    reasons: Any = [{"rule": rule, "message": message}]
    unit.change(found, type(found).held.set(reasons), events=events)


def release(unit: Unit, name: Entity) -> None:
    """Add to a unit that a thing is shown again, if it is held (1 request); an open question goes to mentors again."""
    (found,) = fetch_many(name, consistent=True)
    if not isinstance(found, Held) or not found.held:
        return
    events: list[Message] = []
    if isinstance(found, HelpQuestion) and found.status == "open":
        events.append(RouteQuestion(question_id=found.question_id, wave=1))
    unit.change(found, type(found).held.remove(), events=events)
