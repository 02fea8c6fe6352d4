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
