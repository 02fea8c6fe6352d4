"""Lists of questions: read by the key that fits best, filtered by storage, never by a scan.

An approved question stands in the list of its topic and in a listing each for course, author, subject, department and
everything; any other question in the list of its state. The narrowest of these that the query names is read in the
order of creation; what else the query asks for is a filter on that.
"""

import json
from collections.abc import Callable
from functools import reduce
from operator import and_
from typing import Any, Literal, cast

from pynamodb.expressions.condition import Condition

from lyceum.kit import clock
from lyceum.kit.errors import Forbidden, Unauthenticated, rule_violation
from lyceum.kit.frozen import frozen
from lyceum.kit.identity import Permission, Principal
from lyceum.kit.table import Slice, batch_fetch, cut_sorted, find, find_all, skipped
from lyceum.kit.values.text import normalise
from lyceum.model.questions.question import Question, QuestionFacts, QuestionListing
from lyceum.model.questions.statistics import SolvedQuestions
from lyceum.rules.questions.topic_sampler import is_embargoed

from functions.questions.schemas.listing import PendingFilter, QuestionFilter

_MOST_SORTED = 1000
_DIFFICULTIES = ("easy", "medium", "hard")


@frozen
class _Test:
    """One thing that a question must meet, asked of storage or of an item that was read."""

    name: str
    kind: Literal["equals", "at_least", "at_most", "contains"]
    value: Any

    def condition(self) -> Condition:
        """Return the test as a filter of storage."""
        attribute: Any = getattr(Question, self.name)
        if self.kind == "contains":
            return cast("Condition", attribute.contains(self.value))
        return cast(
            "Condition",
            {
                "equals": attribute == self.value,
                "at_least": attribute >= self.value,
                "at_most": attribute <= self.value,
            }[self.kind],
        )

    def holds(self, question: QuestionFacts) -> bool:
        """Say whether an item meets the test."""
        value: Any = getattr(question, self.name)
        if self.kind == "contains":
            return self.value in value
        if value is None:
            return False
        return bool(
            {"equals": value == self.value, "at_least": value >= self.value, "at_most": value <= self.value}[self.kind]
        )


_FILTERS = (
    "topic_id",
    "course_id",
    "author_id",
    "is_shared",
    "subject",
    "department_id",
    "level",
    "difficulty",
    "type",
    "year",
    "exam_body",
)


def _tests(query: QuestionFilter | PendingFilter) -> list[_Test]:
    tests = [_Test(name, "equals", value) for name in _FILTERS if (value := getattr(query, name, None)) is not None]
    if not getattr(query, "is_shared", False) or getattr(query, "status", "") == "approved":
        tests = [test for test in tests if test.name != "is_shared"]
    for field, name, kind in (
        ("tag", "tags", "contains"),
        ("created_from", "created_at", "at_least"),
        ("created_to", "created_at", "at_most"),
    ):
        value = getattr(query, field, None)
        if value is not None:
            tests.append(_Test(name, cast("Any", kind), value))
    return tests


def search(caller: Principal | None, query: QuestionFilter) -> Slice[Any]:
    """Read a page of questions: one query, and one more request where the caller's own answers decide.

    Raises Forbidden when somebody who is no moderator asks for what is not approved, other than their own and what is
    shared with authors;
    Unauthenticated for an anonymous caller's own answers; RuleViolation SORT_TOO_WIDE or SORT_WITH_SOLVED for what no
    key serves.
    """
    _check_may_see(caller, query)
    may_see_embargoed = caller is not None and caller.may(Permission.WRITE_QUESTIONS)
    now = clock.now()

    def is_shown(question: QuestionFacts) -> bool:
        return may_see_embargoed or not is_embargoed(question, now)

    if query.solved is None:
        return _read(query, is_shown)
    if caller is None:
        raise Unauthenticated("Sign in to filter by your own answers.")
    solved = _solved(caller, query.topic_id)
    if query.solved:
        found = _read_solved(query, solved)
        return Slice([question for question in found.items if is_shown(question)], found.last_key)
    return _read(query, lambda question: question.question_id not in solved and is_shown(question))


def _check_may_see(caller: Principal | None, query: QuestionFilter) -> None:
    own = caller is not None and query.author_id == caller.user_id
    is_shared = query.is_shared and query.status in {"draft", "pending"}
    shared = is_shared and caller is not None and caller.may(Permission.WRITE_QUESTIONS)
    if query.status != "approved" and not own and not shared and not (caller and caller.may(Permission.MODERATE)):
        raise Forbidden("Only moderators see what is not approved.")


def _place(query: QuestionFilter) -> tuple[dict[str, Any], str | None]:
    """Name the list to read, and the filter that its key makes needless."""
    if query.status != "approved":
        return {"entity": Question, "index": "gsi2", "status": query.status}, None
    if query.topic_id:
        return {"entity": Question, "index": "gsi2", "status": "approved", "status_order": query.topic_id}, "topic_id"
    for name, value in (
        ("course", query.course_id),
        ("author", query.author_id),
        ("subject", query.subject),
        ("department", query.department_id),
    ):
        if value:
            listing = f"{name}:{normalise(value) if name == 'subject' else value}"
            return {"entity": QuestionListing, "listing": listing}, "subject" if name == "subject" else f"{name}_id"
    return {"entity": QuestionListing, "listing": "all"}, None


def _read(query: QuestionFilter, wanted: Callable[[Any], bool]) -> Slice[Any]:
    place, needless = _place(query)
    conditions = [test.condition() for test in _tests(query) if test.name != needless]
    place["where"] = reduce(and_, conditions) if conditions else None
    if query.sort in {"createdAt", "-createdAt"}:
        found = find(**place, limit=query.limit, after=query.start_key(), descending=query.sort.startswith("-"))
        return Slice([question for question in found.items if wanted(question)], found.last_key)
    found = find(**place, limit=_MOST_SORTED)
    if found.last_key:
        raise rule_violation(
            "SORT_TOO_WIDE",
            "This list is too long for that order. Narrow it, by topic for instance, or sort by createdAt.",
        )
    return _window(_in_order([question for question in found.items if wanted(question)], query.sort), query)


def _in_order(questions: list[Any], sort: str) -> list[Any]:
    questions.sort(key=lambda question: question.question_id)
    for key in reversed(sort.split(",")):
        questions.sort(key=_RANKS[key.lstrip("-")], reverse=key.startswith("-"))
    return questions


_RANKS: dict[str, Callable[[Any], Any]] = {
    "createdAt": lambda question: clock.iso(question.created_at),
    "difficulty": lambda question: _DIFFICULTIES.index(question.difficulty),
    "year": lambda question: question.year or 0,
    "marks": lambda question: float(question.marks),
    "type": lambda question: question.type,
}


def _window(questions: list[Any], query: QuestionFilter) -> Slice[Any]:
    """Cut a page out of a list that was read as a whole; its cursor holds what the last question is ordered by."""
    names, after = query.sort.split(","), query.start_key()
    start = skipped(after)
    if after and not start:
        last = json.loads(after["ranks"]["S"])
        start = sum(not _follows(_ranks(question, names), last, names) for question in questions)
    end = start + query.limit
    if end >= len(questions):
        return Slice(questions[start:end], None)
    return Slice(questions[start:end], {"ranks": {"S": json.dumps(_ranks(questions[end - 1], names))}})


def _ranks(question: Any, names: list[str]) -> list[Any]:
    return [*(_RANKS[name.lstrip("-")](question) for name in names), question.question_id]


def _follows(ranks: list[Any], last: list[Any], names: list[str]) -> bool:
    """Say whether a question stands after the last one of the page before."""
    for rank, least, name in zip(ranks, last, [*names, ""], strict=True):
        if rank != least:
            return bool(rank < least) if name.startswith("-") else bool(rank > least)
    return False


def _solved(caller: Principal, topic_id: str | None) -> set[str]:
    """Read which questions the caller has solved, in a topic or anywhere (1 storage request for each 100 topics)."""
    found = (
        [SolvedQuestions.fetch(user_id=caller.user_id, topic_id=topic_id)]
        if topic_id
        else find_all(SolvedQuestions, user_id=caller.user_id)
    )
    return {name for each in found if each for name in each.question_ids or ()}


def _read_solved(query: QuestionFilter, solved: set[str]) -> Slice[Any]:
    """Read the solved questions themselves, by their keys: a list of its own, however few they are in the bank."""
    if query.sort not in {"createdAt", "-createdAt"}:
        raise rule_violation("SORT_WITH_SOLVED", "What you solved is listed by createdAt only.")
    options: dict[str, Any] = {
        "limit": query.limit,
        "after": query.start_key(),
        "descending": query.sort.startswith("-"),
    }
    page = cut_sorted(list(solved), lambda name: (name,), **options)
    tests = [_Test("status", "equals", query.status), *_tests(query)]
    found = batch_fetch([Question.at(question_id=name) for name in page.items])
    return Slice(
        [each for each in found if isinstance(each, Question) and all(test.holds(each) for test in tests)],
        page.last_key,
    )


def pending(query: PendingFilter) -> Slice[Question]:
    """Read a page of the moderation queue, those that wait longest first (1 storage request)."""
    conditions = [test.condition() for test in _tests(query)]
    where = reduce(and_, conditions) if conditions else None
    return find(Question, index="gsi2", status="pending", limit=query.limit, after=query.start_key(), where=where)
