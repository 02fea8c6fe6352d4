"""Which courses have to be completed first."""

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Id


class NewPrerequisite(Request):
    """A course that has to be completed first."""

    prerequisite_id: Id


class Prerequisites(Schema):
    """The courses that have to be completed first."""

    course_id: str
    prerequisite_ids: list[str]
