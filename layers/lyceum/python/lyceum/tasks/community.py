"""`community.report_found`, `help_question.route`, `community.forget_author`, `group.remove_messages`."""

from typing import Any, ClassVar, Literal

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


class ReportFound(Task):
    """Put what a language model found into the moderators' queue: scores from 0 to 1, mood from -1 (worst) to 1.

    `quote` stands in the text, letter by letter. `made_by`: the model, the prompt and its version.
    """

    name: ClassVar[str] = "community.report_found"
    worker: ClassVar[str] = "community-events"
    item_type: str
    item_id: str
    within: str | None = None
    author_id: str
    type: Literal["offensive", "harassment", "threat", "sexual", "self_harm", "spam"]
    quote: str
    toxicity: float
    sentiment: float
    made_by: dict[str, Any]


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
