"""Bookmarks of one user: questions to find again."""

from functools import reduce
from operator import and_

from lyceum.events.study import BookmarkChanged
from lyceum.kit import clock
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.errors import NotFound
from lyceum.kit.identity import Principal
from lyceum.kit.table import Slice, Unit, find
from lyceum.model.questions.question import Question
from lyceum.model.study.notes import Bookmark
from lyceum.rules.questions.topic_sampler import is_embargoed

from functions.study.notes.schemas import BookmarkQuery, MakeBookmark


def make(caller: Principal, wanted: MakeBookmark) -> Bookmark:
    """Mark a question, or change its mark (1 read, 1 write); raises NotFound for one that is not to be seen."""
    now = clock.now()
    question = Question.fetch(question_id=wanted.question_id)
    if question is None or question.status != "approved" or is_embargoed(question, now):
        raise NotFound("There is no such question.")
    bookmark = Bookmark(
        user_id=caller.user_id,
        question_id=wanted.question_id,
        topic_id=question.topic_id,
        course_id=question.course_id,
        mark=wanted.mark,
        remark=wanted.remark,
        marked_at=now,
    )
    Unit().put(bookmark, BookmarkChanged(user_id=caller.user_id, question_id=wanted.question_id)).commit()
    return bookmark


def listed(caller: Principal, query: BookmarkQuery) -> Slice[Bookmark]:
    """Return a page of the caller's bookmarks, the last one first (1 request)."""
    tests = [
        getattr(Bookmark, name) == value
        for name in ("mark", "topic_id", "course_id")
        if (value := getattr(query, name)) is not None
    ]
    return find(
        Bookmark,
        index="gsi1",
        user_id=caller.user_id,
        descending=True,
        limit=query.limit,
        after=query.start_key(),
        where=reduce(and_, tests) if tests else None,
    )


def remove(caller: Principal, question_id: str) -> None:
    """Take a bookmark away (1 transaction); raises NotFound when there is none."""
    missing = NotFound("There is no such bookmark.")
    name = Bookmark.at(user_id=caller.user_id, question_id=question_id)
    told = BookmarkChanged(user_id=caller.user_id, question_id=question_id)
    unit = Unit().remove(name, when=Bookmark.pk.exists(), refuse=missing)
    unit.put(OutboxItem.of(told), told).commit()
