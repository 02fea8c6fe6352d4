"""What callers of reports send and get."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp

ItemType = Literal[
    "question", "help_question", "answer", "discussion", "reply", "message", "group_message", "user", "content"
]
ReportType = Literal[
    "incorrect_answer",
    "offensive",
    "duplicate",
    "spam",
    "cheating",
    "harassment",
    "self_harm",
    "threat",
    "sexual",
    "child_safety",
    "other",
]
Status = Literal["pending", "investigating", "resolved", "dismissed"]
Action = Literal["none", "remove", "restore", "warn"]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]


class MakeReport(Request):
    """A report of one thing.

    - `within`: of a message the id of the other person, of a group's message that of the group, of a reply that of the
      discussion.
    - `evidenceIds`: uploads of one's own that are ready.
    """

    item_type: ItemType
    item_id: Id
    within: Id | None = None
    type: ReportType
    text: Prose | None = None
    evidence_ids: Annotated[list[Id], Field(max_length=5)] = []


class OwnReportsQuery(Listing):
    """Which page of one's own reports to return, the latest first."""


class ReportQuery(Listing):
    """Which reports to list, the most urgent first: those that are open, unless the status is one that ends them.

    - `status`: only those in this state.
    - `type`: only those of this kind.
    - `itemType`: only those of such things.
    - `queue`: `safeguarding` for what may be about somebody's safety.
    - `assignedTo`: only those that this moderator looks at.
    """

    status: Status | None = None
    type: ReportType | None = None
    item_type: ItemType | None = None
    queue: Literal["general", "safeguarding"] = "general"
    assigned_to: Id | None = None


class ChangeStatus(Request):
    """A report's next state and why; `assignedTo` gives it to a moderator, by default to who changes it."""

    status: Status
    reason: Prose | None = None
    assigned_to: Id | None = None


class Resolve(Request):
    """What was found and done; who reported reads `resolution`.

    - `action`: `remove` takes the thing from everybody's sight, `restore` shows it again, `warn` tells its author.
    """

    resolution: Prose
    action: Action = "none"


class Appeal(Request):
    """Why a decision should be looked at again, by its author."""

    text: Prose


class ReportView(Schema):
    """A report as who made it sees it."""

    report_id: str
    item_type: ItemType
    item_id: str
    type: ReportType
    text: str | None = None
    status: Status
    resolution: str | None = None
    created_at: Timestamp
    decided_at: Timestamp | None = None


class Step(Schema):
    """A change of a report's state."""

    at: Timestamp
    by: str
    from_status: Status
    to_status: Status
    reason: str | None = None


class AppealView(Schema):
    """An appeal of a decision."""

    report_id: str
    text: str
    at: Timestamp
    state: Literal["open", "granted", "refused"]


class FoundByModel(Schema):
    """What a language model found in a text: how toxic it is (0 to 1), its mood (-1 to 1), and the words for it."""

    toxicity: float
    sentiment: float
    quote: str
    model: str
    prompt_version: int


class ModeratedReport(ReportView):
    """A report as moderators see it; `found` is there where a language model made it, which holds nothing back."""

    within: str | None = None
    reporter_id: str | None = None
    author_id: str | None = None
    excerpt: str | None = None
    found: FoundByModel | None = None
    evidence_ids: list[str]
    queue: Literal["general", "safeguarding"]
    priority: int
    assigned_to: str | None = None
    action: Action | None = None
    decided_by: str | None = None
    history: list[Step]
    appeal: AppealView | None = None
    version: int
