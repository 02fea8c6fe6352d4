"""Discussions on questions of the bank: started, read, replied to, upvoted and removed."""

from lyceum.events.community import DiscussionReplied
from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, NotFound
from lyceum.kit.identity import Principal
from lyceum.kit.table import Slice, Unit, find, remove_many
from lyceum.kit.table.retrying import retry_on_conflict
from lyceum.model.community.discussions import Discussion, DiscussionReply
from lyceum.model.community.questions import Vote
from lyceum.model.questions.question import Question
from lyceum.rules import audits

from functions.community.discussions import embargo
from functions.community.discussions.schemas import (
    DiscussionPage,
    DiscussionView,
    RepliesQuery,
    ReplyView,
    SetUpvote,
    StartDiscussion,
    UpvoteView,
    WriteReply,
)
from functions.community.writing import filters, holds, people, second_look

_REMOVED_AT_ONCE = 500


def start(caller: Principal, wanted: StartDiscussion) -> DiscussionView:
    """Start a discussion (2 requests and a transaction); raises NotFound for a question that is not to be talked of."""
    return view(retry_on_conflict(lambda: _start(caller, wanted)))


def _start(caller: Principal, wanted: StartDiscussion) -> Discussion:
    embargo.discussable(Question.fetch(question_id=wanted.question_id, consistent=True))
    now, (user, poster) = clock.now(), people.writer(caller)
    words = f"{wanted.title}\n{wanted.text}"
    made = Discussion(
        discussion_id=ids.new_id(),
        author_id=caller.user_id,
        author_name=people.shown_name(user),
        held=filters.admit("post", words, poster, now, is_trusted=people.is_staff(caller)) or None,
        **wanted.model_dump(),
    )
    Unit().create(made, *second_look.asked(made)).save(poster).commit()
    return made


def of_question(caller: Principal, question_id: str, query: RepliesQuery) -> Slice[Discussion]:
    """Return a page of a question's discussions, the latest first (2 requests); raises NotFound as `start` does."""
    question = Question.fetch(question_id=question_id)
    if not people.is_staff(caller):
        embargo.discussable(question)
    elif question is None:
        raise NotFound("There is no such question.")
    visible = Discussion.held.does_not_exist() | (Discussion.author_id == caller.user_id)
    return find(
        Discussion,
        index="gsi1",
        question_id=question_id,
        limit=query.limit,
        after=query.start_key(),
        descending=True,
        where=None if people.is_staff(caller) else visible,
    )


def _seen(caller: Principal, discussion_id: str, *, to_write: bool) -> Discussion:
    """Read a discussion that the caller may see now (2 requests); raises NotFound or Locked."""
    found = Discussion.require(discussion_id=discussion_id, consistent=True)
    if not holds.may_see(caller, found.author_id, found.held):
        raise NotFound("There is no such discussion.")
    embargo.require_unlocked(caller, Question.fetch(question_id=found.question_id, consistent=True), to_write=to_write)
    return found


def show(caller: Principal, discussion_id: str, query: RepliesQuery) -> DiscussionPage:
    """Show a discussion with a page of its replies (3 requests); raises NotFound, or Locked while it is."""
    found = _seen(caller, discussion_id, to_write=False)
    visible = DiscussionReply.held.does_not_exist() | (DiscussionReply.author_id == caller.user_id)
    replies = find(
        DiscussionReply,
        discussion_id=discussion_id,
        limit=query.limit,
        after=query.start_key(),
        where=None if people.is_staff(caller) else visible,
    )
    page = query.page(replies, reply_view, total=int(found.reply_count))
    return DiscussionPage(**view(found).model_dump(), replies=page.items, replies_pagination=page.pagination)


def reply(caller: Principal, discussion_id: str, wanted: WriteReply) -> ReplyView:
    """Reply in a discussion (3 requests and a transaction); raises NotFound or Locked."""
    return reply_view(retry_on_conflict(lambda: _reply(caller, discussion_id, wanted)))


def _reply(caller: Principal, discussion_id: str, wanted: WriteReply) -> DiscussionReply:
    found = _seen(caller, discussion_id, to_write=True)
    now, (user, poster) = clock.now(), people.writer(caller)
    made = DiscussionReply(
        discussion_id=discussion_id,
        reply_id=ids.new_id(),
        author_id=caller.user_id,
        author_name=people.shown_name(user),
        text=wanted.text,
        held=filters.admit("post", wanted.text, poster, now, is_trusted=people.is_staff(caller)) or None,
    )
    told = []
    if found.author_id and not made.held:
        told.append(
            DiscussionReplied(
                discussion_id=discussion_id,
                user_id=found.author_id,
                replier_id=caller.user_id,
                title=found.title,
            )
        )
    counts = [Discussion.reply_count.add(1), Discussion.last_reply_at.set(now)]
    unit = Unit().create(made, *second_look.asked(made)).save(poster)
    unit.change(found, *counts, events=told, refuse=_missing()).commit()
    return made


def _missing() -> NotFound:
    return NotFound("There is no such discussion.")


def upvote(caller: Principal, discussion_id: str, wanted: SetUpvote | None) -> UpvoteView:
    """Set the caller's upvote, or change it to the other (3 requests and a transaction); counts are exact.

    The vote itself is the condition: it is made only where none is, and removed only where one is.
    """
    return retry_on_conflict(lambda: _upvote(caller, discussion_id, wanted))


def _upvote(caller: Principal, discussion_id: str, wanted: SetUpvote | None) -> UpvoteView:
    found = _seen(caller, discussion_id, to_write=True)
    vote = Vote.fetch(item_id=discussion_id, user_id=caller.user_id, consistent=True)
    is_wanted = vote is None if wanted is None or wanted.is_upvoted is None else wanted.is_upvoted
    count = int(found.upvote_count)
    meanwhile = Conflict("This was voted on meanwhile.", code="EDIT_CONFLICT")
    if is_wanted and vote is None:
        made = Vote(item_id=discussion_id, user_id=caller.user_id)
        unit = Unit().create(made, refuse=meanwhile)
        unit.change(found, Discussion.upvote_count.add(1), refuse=_missing()).commit()
        count += 1
    elif not is_wanted and vote is not None:
        unit = Unit().remove(vote, when=Vote.pk.exists(), refuse=meanwhile)
        unit.change(found, Discussion.upvote_count.add(-1), refuse=_missing()).commit()
        count -= 1
    return UpvoteView(discussion_id=discussion_id, is_upvoted=is_wanted, upvote_count=count)


def remove(caller: Principal, discussion_id: str) -> None:
    """Remove a discussion with its replies, audited; raises NotFound."""
    found = Discussion.require(discussion_id=discussion_id, consistent=True)
    after = None
    while True:
        replies = find(
            DiscussionReply,
            discussion_id=discussion_id,
            limit=_REMOVED_AT_ONCE,
            after=after,
        )
        remove_many(replies.items)
        after = replies.last_key
        if after is None:
            break
    unit = Unit().remove(found, when=Discussion.pk.exists(), refuse=_missing())
    before = {"questionId": found.question_id, "replies": int(found.reply_count)}
    audits.note(unit, caller.user_id, found.author_id, "discussion.remove", discussion_id, before=before)
    unit.commit()


def view(found: Discussion) -> DiscussionView:
    """Show a discussion without its replies."""
    names = ("discussion_id", "question_id", "title", "text", "created_at", "last_reply_at")
    return DiscussionView(
        **{name: getattr(found, name) for name in names},
        author=people.author(found.author_id, found.author_name),
        reply_count=int(found.reply_count),
        upvote_count=int(found.upvote_count),
        held_for=holds.reasons(found.held),
    )


def reply_view(found: DiscussionReply) -> ReplyView:
    """Show a reply."""
    names = ("reply_id", "discussion_id", "text", "created_at")
    return ReplyView(
        **{name: getattr(found, name) for name in names},
        author=people.author(found.author_id, found.author_name),
        held_for=holds.reasons(found.held),
    )
