"""Events of people who help each other: questions, answers, discussions, messages, groups and reports."""

from typing import ClassVar, Literal

from lyceum.kit.event import Event


class QuestionAsked(Event):
    """Somebody asked the mentors something, or put a question up again that was held."""

    name: ClassVar[str] = "question.asked"
    question_id: str
    asker_id: str
    subject_key: str
    subject: str


class QuestionOffered(Event):
    """A question was put into the queues of mentors; `is_escalated` when nobody answered for long."""

    name: ClassVar[str] = "question.offered"
    question_id: str
    mentor_ids: list[str]
    title: str
    subject: str
    urgency: str
    is_escalated: bool = False
    asker_id: str | None = None


class QuestionAnswered(Event):
    """A question that somebody asked the community or a mentor was answered.

    `thread_id` is the question, also as `question_id` in what is newer; `asker_id` is empty when the account is gone.
    """

    name: ClassVar[str] = "question.answered"
    thread_id: str
    asker_id: str
    answerer_id: str
    title: str
    answer_id: str | None = None
    subject_key: str | None = None
    seconds: int | None = None
    is_first: bool = False


class QuestionSettled(Event):
    """A question was closed, removed or held: nobody is to answer it now."""

    name: ClassVar[str] = "question.settled"
    question_id: str


class AnswerFoundHelpful(Event):
    """Somebody found an answer helpful."""

    name: ClassVar[str] = "answer.found_helpful"
    answer_id: str
    author_id: str


class AnswerAccepted(Event):
    """Who asked accepted an answer (`change` 1), or another one in its place (-1)."""

    name: ClassVar[str] = "answer.accepted"
    question_id: str
    answer_id: str
    author_id: str
    change: Literal[1, -1] = 1


class DiscussionReplied(Event):
    """Somebody replied to what a user wrote in a discussion."""

    name: ClassVar[str] = "discussion.replied"
    discussion_id: str
    user_id: str
    replier_id: str
    title: str


class MessageSent(Event):
    """Somebody wrote to somebody: `is_first_unread` when nothing else waits, `is_muted` as its reader wishes."""

    name: ClassVar[str] = "message.sent"
    message_id: str
    conversation_id: str
    sender_id: str
    sender_name: str
    user_id: str
    is_first_unread: bool
    is_muted: bool = False


class GroupMessageSent(Event):
    """Somebody wrote in a group's chat."""

    name: ClassVar[str] = "group.message_sent"
    group_id: str
    message_id: str
    sender_id: str


class GroupInvited(Event):
    """Somebody was invited to a group."""

    name: ClassVar[str] = "group.invited"
    group_id: str
    group_name: str
    user_id: str
    inviter_id: str
    inviter_name: str


class GroupLeft(Event):
    """Somebody is in a group no more."""

    name: ClassVar[str] = "group.left"
    group_id: str
    user_id: str


class ReportMade(Event):
    """Somebody reported something."""

    name: ClassVar[str] = "report.made"
    report_id: str
    item_type: str
    item_id: str
    within: str | None = None
    type: str
    queue: str


class ReportDecided(Event):
    """A report was resolved or dismissed: who reported is told, and the author when something was done.

    `is_copy` is set on reports of the same thing that were decided along with another one.
    """

    name: ClassVar[str] = "report.decided"
    report_id: str
    reporter_id: str | None = None
    author_id: str | None = None
    item_type: str | None = None
    status: str
    action: str | None = None
    is_appeal: bool = False
    appeal_state: str | None = None
    is_copy: bool = False
