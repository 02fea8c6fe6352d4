"""The life of a question as it is shown."""

from typing import Any

from lyceum.kit.http import Schema
from lyceum.kit.http.schemas import Timestamp


class Change(Schema):
    """A field that a revision changed; `before` or `after` is absent where the field was."""

    field: str
    before: Any = None
    after: Any = None


class RevisionView(Schema):
    """A revision, and how it differs from the one before it."""

    revision: int
    written_at: Timestamp
    written_by: str | None = None
    is_current: bool
    changes: list[Change]


class History(Schema):
    """The life of a question, its newest revision first."""

    question_id: str
    status: str
    revisions: list[RevisionView]
