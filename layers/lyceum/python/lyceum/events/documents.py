"""Events of documents."""

from typing import ClassVar

from lyceum.kit.event import Event


class DocumentRendered(Event):
    """A document was typeset and lies in the bucket under `key`; `reference` says what it is for."""

    name: ClassVar[str] = "document.rendered"
    owner_id: str
    job_id: str
    template: str
    key: str
    reference: str | None = None
