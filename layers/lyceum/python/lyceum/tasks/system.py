"""`system.end_copies` and `system.fetch_copies`."""

from typing import ClassVar

from lyceum.kit.event import Task


class EndCopies(Task):
    """Let the content network before the API forget its copies of some addresses.

    - `paths`: without host and query, which are forgotten whatever they are; a star at the end is any rest.
    """

    name: ClassVar[str] = "system.end_copies"
    worker: ClassVar[str] = "system-events"
    paths: list[str]


class FetchCopies(Task):
    """Let the content network fetch addresses anew, once it has forgotten its copies of them.

    - `paths`: of one page each.
    - `invalidation`: its id for the forgetting.
    - `tries`: how often it was not done yet.
    """

    name: ClassVar[str] = "system.fetch_copies"
    worker: ClassVar[str] = "system-events"
    paths: list[str]
    invalidation: str
    tries: int = 0
