"""Events of search."""

from typing import ClassVar

from lyceum.kit.event import Event


class SearchResultOpened(Event):
    """Somebody opened a result; told by whoever records what people do, with the words as they were asked.

    - `result_type`, `result_id`: what was opened, at which `place` among the results (from 1).
    """

    name: ClassVar[str] = "search.result_opened"
    query: str
    result_type: str
    result_id: str
    place: int
