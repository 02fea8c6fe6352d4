"""`help_question.route`, `community.forget_author`, `group.remove_messages`."""

from typing import ClassVar, Literal

from lyceum.kit.event import PagedTask, Task

Kind = Literal[
    "questions",
    "answers",
    "discussions",
    "replies",
    "messages",
    "conversations",
    "blocks",
    "group_messages",
    "groups",
    "reports",
    "ties",
]


class RouteQuestion(Task):
    """Offer a question to the mentors of a wave, unless it is settled or further on its way already."""

    name: ClassVar[str] = "help_question.route"
    worker: ClassVar[str] = "community-events"
    question_id: str
    wave: int


class ForgetAuthor(PagedTask):
    """Take an erased user's name off a page of what they wrote, and remove what nobody else needs."""

    name: ClassVar[str] = "community.forget_author"
    worker: ClassVar[str] = "community-events"
    user_id: str
    kind: Kind


class RemoveGroupMessages(PagedTask):
    """Remove a page of what was written in a group that is not there any more."""

    name: ClassVar[str] = "group.remove_messages"
    worker: ClassVar[str] = "community-events"
    group_id: str
