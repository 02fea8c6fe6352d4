"""What is indexed of each thing that can be found, and the visibility tokens that decide who finds it."""

from dataclasses import field
from typing import Any, Literal, Self, get_args

from lyceum.kit.frozen import frozen

Kind = Literal["question", "topic", "course", "lesson", "content", "product", "offer", "help_question"]
"""What can be found. A further kind is a further projection, see `lyceum.search.projections`."""
KINDS: tuple[Kind, ...] = get_args(Kind)

PUBLIC = "public"
"""The token of what everybody may find, signed in or not."""
MEMBERS = "members"
"""The token of what everybody may find who is signed in to the tenant."""
MOST_TEXT = 8_000
"""Characters of a document's text that are indexed; what lies behind is not found."""
FACETS = (
    "kind",
    "subject",
    "course_id",
    "topic_id",
    "department_id",
    "type",
    "difficulty",
    "language",
    "tags",
    "exam_body",
    "category",
    "grade_level",
    "author_id",
    "currency",
)
"""Attributes of whole values, by which is filtered and counted."""
NUMBERS = ("created_at", "year", "level", "marks", "rating", "rating_count", "attempts", "facility", "price")
"""Attributes of numbers: seconds (Unix time), marks, mean stars, facility as the share of full credit (0 to 1), and the
lowest price in minor units."""


@frozen
class Document:
    """Something that can be found.

    Attributes:
        item_id: Its id among those of its kind.
        title: One line of plain text.
        text: The rest of what it is found by, plain.
        codes: Codes such as `MTH 101`, found as one word however they are spaced.
        seen_by: Visibility tokens; who asks must hold one of them. Without any it is found by nobody.
        hidden_until: Second (Unix time) before which nobody finds it: the end of an embargo.
        facets: Whole values by name, those of `FACETS`; `tags` may have several.
        numbers: Numbers by name, those of `NUMBERS`.
        popularity: How often it was taken, bought, downloaded or answered; it lifts the rank by its logarithm.
        shown: Further fields of the result, as they are sent.
    """

    kind: Kind
    item_id: str
    title: str
    text: str = ""
    codes: tuple[str, ...] = ()
    seen_by: tuple[str, ...] = (PUBLIC,)
    hidden_until: int = 0
    facets: dict[str, Any] = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)
    popularity: int = 0
    shown: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The document's name in an index."""
        return key_of(self.kind, self.item_id)

    def as_json(self) -> dict[str, Any]:
        """Return the document as plain values."""
        return dict(vars(self))

    @classmethod
    def of(cls, values: dict[str, Any]) -> Self:
        """Read what `as_json` returned."""
        return cls(**values | {"codes": tuple(values["codes"]), "seen_by": tuple(values["seen_by"])})


def key_of(kind: str, item_id: str) -> str:
    """Name the document of an item."""
    return f"{kind}:{item_id}"
