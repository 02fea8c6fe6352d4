"""What must hold between items: every counter with what it counts, every guard, and every index key.

A counter is declared once, here; whoever gathers items (a few courses for a request, a whole table for an operator, a
tenant after a story of the tests) hands them to `functions.compliance.checks.inspection`. Statistics that are worked
out anew by jobs of their own (`make rebuild`) are none of these.
"""

from collections.abc import Callable, Iterable
from typing import Any

from lyceum.kit.frozen import frozen
from lyceum.kit.table import Entity
from lyceum.model.assignments import Assignment, AssignmentIndex, AssignmentStatistics, Submission
from lyceum.model.auth import LoginName
from lyceum.model.catalog import Department, Faculty, Topic, University
from lyceum.model.community.discussions import Discussion, DiscussionReply
from lyceum.model.community.groups import GroupCode, GroupMember, StudyGroup
from lyceum.model.community.messages import Conversation, MessageBox
from lyceum.model.community.questions import HelpAnswer, HelpQuestion, MentorOffer, PooledMentor, Vote
from lyceum.model.content.library import ContentRating, ContentStatistics
from lyceum.model.courses.course import Course, CourseOutline, CourseRating
from lyceum.model.courses.enrolments import Enrolment, SeatPart, Seats
from lyceum.model.marketplace.offers import Offer, OfferReview
from lyceum.model.notifications.deliveries import PushDevice
from lyceum.model.notifications.inbox import InboxCounter, Notification, NotificationPreferences
from lyceum.model.payments.ledger import ControlBalance, LedgerEntry, PersonalBalance
from lyceum.model.questions.question import Question
from lyceum.model.store.categories import Category
from lyceum.model.store.products import ACTIVE, Product, ProductReview
from lyceum.model.tutoring import TutoringSession, TutorProfile
from lyceum.model.users.account import User
from lyceum.model.users.directory import UserCount
from lyceum.rules.ledger.accounts import control
from lyceum.rules.sign_in_names import fold

Named = Callable[[Any], str]
Adds = Callable[[Any], Iterable[tuple[str, int]]]


@frozen
class Count:
    """A counter, and what adds to it.

    Attributes:
        owner: Who keeps the counter, and `name` tells one owner from another.
        attribute: The counter.
        of: The kind that is counted.
        adds: What an item adds, by the names of the owners.
        parts: The kind of which items hold parts of the counter under the same name and attribute, if there is one.
        is_floor: Whether the counter may be higher: what was counted goes with its author, and stays counted.
    """

    owner: type[Entity]
    name: Named
    attribute: str
    of: type[Entity]
    adds: Adds
    parts: type[Entity] | None = None
    is_floor: bool = False


@frozen
class Guard:
    """An item that stands for what is unique of another one: `wanted` names it, `name` is what it is called itself."""

    owner: type[Entity]
    wanted: Callable[[Any], Iterable[str]]
    of: type[Entity]
    name: Named


def _all(_item: Any) -> bool:
    return True


def _by(attribute: str, when: Callable[[Any], bool] = _all, amount: Callable[[Any], int] = lambda _item: 1) -> Adds:
    """Add an amount to the owner that an attribute names."""
    return lambda item: [(getattr(item, attribute), amount(item))] if when(item) and getattr(item, attribute) else []


def _named(attribute: str) -> Named:
    return lambda item: str(getattr(item, attribute))


def _count(
    owner: type[Entity],
    name: str,
    attribute: str,
    of: type[Entity],
    when: Callable[[Any], bool] = _all,
    amount: Callable[[Any], int] = lambda _item: 1,
    **more: Any,
) -> Count:
    """Declare a counter of items that name their owner by the same attribute."""
    return Count(owner, _named(name), attribute, of, _by(name, when, amount), **more)


def _groups(user: User) -> Iterable[tuple[str, int]]:
    return [] if user.status == "deleted" else [("all", 1), (user.role, 1)]


def _votes(owner: type[Entity], name: str, attribute: str) -> Count:
    return Count(owner, _named(name), attribute, Vote, _by("item_id"), is_floor=True)


def _inbox(item: Notification | InboxCounter) -> str:
    """Name the generation of an inbox: earlier ones are read as a whole."""
    return f"{item.user_id} {int(item.generation)}"


def _account(item: PersonalBalance | ControlBalance) -> str:
    return f"{item.account} {item.currency}"


def _legs(entry: LedgerEntry) -> Iterable[tuple[str, int]]:
    return [(f"{leg['account']} {leg['currency']}", int(leg["amount"])) for leg in entry.legs]


def _side(sign: int) -> Adds:
    """Add up the debits (1) or the credits (-1) of entries by the account of the chart."""
    return lambda entry: [
        (f"{control(leg['account'])} {leg['currency']}", abs(int(leg["amount"])))
        for leg in entry.legs
        if int(leg["amount"]) * sign > 0
    ]


def _is_active(each: Any) -> bool:
    return bool(each.state == "active")


def _is_shown(each: Any) -> bool:
    return bool(each.state == "shown")


def _stars(each: Any) -> int:
    return int(each.stars)


def _has_stars(each: Any) -> bool:
    return each.stars is not None


def _was_approved(each: Any) -> bool:
    return bool(each.was_approved)


def _was_handed_in(each: Any) -> bool:
    return bool(each.attempts > 0)


_COURSES: tuple[Count, ...] = (
    _count(Course, "course_id", "enrolment_count", Enrolment, _is_active),
    _count(Course, "course_id", "completed_count", Enrolment, lambda each: bool(each.completed_at)),
    _count(Course, "course_id", "rating_count", CourseRating),
    _count(Course, "course_id", "rating_sum", CourseRating, amount=_stars),
    _count(Course, "course_id", "lesson_count", CourseOutline, amount=lambda each: len(each.lesson_ids)),
    _count(Course, "course_id", "quiz_count", CourseOutline, amount=lambda each: len(each.quizzes)),
    _count(Course, "course_id", "assignment_count", AssignmentIndex, amount=lambda each: len(each.rows)),
    _count(Course, "course_id", "question_count", Question, _was_approved),
    _count(Seats, "course_id", "taken", Enrolment, _is_active, parts=SeatPart),
    _count(Topic, "topic_id", "question_count", Question, _was_approved),
    _count(University, "university_id", "child_count", Faculty),
    _count(Faculty, "faculty_id", "child_count", Department),
    _count(Assignment, "assignment_id", "graded_count", Submission, lambda each: each.grade_count > 0),
    _count(AssignmentStatistics, "assignment_id", "submitted", Submission, _was_handed_in),
    _count(
        AssignmentStatistics,
        "assignment_id",
        "late",
        Submission,
        lambda each: _was_handed_in(each) and each.first_days_late > 0,
    ),
)
_PEOPLE: tuple[Count, ...] = (
    Count(UserCount, _named("group"), "total", User, _groups),
    _count(InboxCounter, "user_id", "total", Notification),
    Count(
        InboxCounter,
        _inbox,
        "unread",
        Notification,
        lambda each: [] if each.read_at else [(_inbox(each), 1)],
    ),
    _count(NotificationPreferences, "user_id", "device_count", PushDevice),
    _count(HelpQuestion, "question_id", "answer_count", HelpAnswer),
    _votes(HelpAnswer, "answer_id", "helpful_count"),
    Count(PooledMentor, _named("mentor_id"), "open_offers", MentorOffer, _by("mentor_id")),
    _count(Discussion, "discussion_id", "reply_count", DiscussionReply),
    _votes(Discussion, "discussion_id", "upvote_count"),
    _count(MessageBox, "user_id", "unread", Conversation, amount=lambda each: int(each.unread)),
    _count(StudyGroup, "group_id", "member_count", GroupMember, _is_active),
)
_THINGS: tuple[Count, ...] = (
    _count(ContentStatistics, "content_id", "rating_count", ContentRating),
    _count(ContentStatistics, "content_id", "rating_sum", ContentRating, amount=_stars),
    _count(Category, "category_id", "product_count", Product, lambda each: each.state == ACTIVE),
    _count(Product, "product_id", "rating_count", ProductReview, _is_shown),
    _count(Product, "product_id", "rating_sum", ProductReview, _is_shown, _stars),
    _count(Offer, "offer_id", "rating_count", OfferReview, _is_shown),
    _count(Offer, "offer_id", "rating_sum", OfferReview, _is_shown, _stars),
    Count(TutorProfile, _named("user_id"), "rating_count", TutoringSession, _by("mentor_id", _has_stars)),
    Count(TutorProfile, _named("user_id"), "rating_sum", TutoringSession, _by("mentor_id", _has_stars, _stars)),
    Count(PersonalBalance, _account, "balance", LedgerEntry, _legs),
    Count(ControlBalance, _account, "debit", LedgerEntry, _side(1)),
    Count(ControlBalance, _account, "credit", LedgerEntry, _side(-1)),
)
COUNTS: tuple[Count, ...] = (*_COURSES, *_PEOPLE, *_THINGS)
"""Every counter that is checked."""
GUARDS: tuple[Guard, ...] = (
    Guard(User, lambda each: [fold(each.username)] if each.username else [], LoginName, _named("name")),
    Guard(StudyGroup, lambda each: [each.join_code], GroupCode, _named("join_code")),
)
"""What is unique, and the items that keep it so."""
IS_GONE: dict[type[Entity], Callable[[Any], bool]] = {
    Course: lambda each: each.status == "deleted",
    User: lambda each: each.status == "deleted",
}
"""Owners whose counters and guards mean nothing any more while they are being removed."""
