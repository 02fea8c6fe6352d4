"""What a call is answered."""

from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


class Page(list[T]):
    """A page of a list, itself a list.

    - `pagination`: what the API says of the page; `next_cursor` leads to the next one and is None on the last.
    """

    def __init__(self, rows: list[T], pagination: dict[str, Any]) -> None:
        super().__init__(rows)
        self.pagination = pagination

    @property
    def next_cursor(self) -> str | None:
        """The cursor of the next page, None on the last."""
        return self.pagination.get("nextCursor") if self.pagination.get("hasNext") else None


@dataclass(frozen=True)
class Answer:
    """A whole answer.

    - `data`: what the envelope holds; a `Page` of a list; the JSON or the bytes of what comes without an envelope.
    - `is_stored`: whether the server said that what the client had kept still stands (304).
    """

    status: int
    data: Any
    headers: dict[str, str] = field(default_factory=dict)
    is_stored: bool = False
