"""The task of a long job, which its domain declares in `lyceum.tasks`."""

from typing import Any, Self

from pydantic import Field

from lyceum.kit.event import PagedTask
from lyceum.kit.ids import new_id


class JobTask(PagedTask):
    """A page of a long job: whose it is, and which page; the rest is the domain's."""

    owner_id: str
    job_id: str = Field(default_factory=new_id)
    page: int = 0

    def following(self, after: Any) -> Self:
        """Return the task for the page that lies behind `after`."""
        return super().following(after).model_copy(update={"page": self.page + 1})
