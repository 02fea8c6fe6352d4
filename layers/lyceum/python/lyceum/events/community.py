"""Events of people who learn together: answers, replies, badges, mentors, payments."""

from typing import ClassVar

from lyceum.kit.event import Event


class QuestionAnswered(Event):
    """A question that somebody asked the community or a mentor was answered."""

    name: ClassVar[str] = "question.answered"
    thread_id: str
    asker_id: str
    answerer_id: str
    title: str


class DiscussionReplied(Event):
    """Somebody replied to what a user wrote in a discussion."""

    name: ClassVar[str] = "discussion.replied"
    discussion_id: str
    user_id: str
    replier_id: str
    title: str


class BadgeEarned(Event):
    """A user earned a badge; told once a user and badge."""

    name: ClassVar[str] = "badge.earned"
    badge_id: str
    user_id: str
    title: str


class MentorAssigned(Event):
    """A student has a mentor now."""

    name: ClassVar[str] = "mentor.assigned"
    student_id: str
    mentor_id: str
    mentor_name: str


class PaymentConfirmed(Event):
    """Money arrived; the amount is in minor units of an ISO 4217 currency."""

    name: ClassVar[str] = "payment.confirmed"
    payment_id: str
    user_id: str
    amount_minor: int
    currency: str
    what: str
