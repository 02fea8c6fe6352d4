"""What learners and content send and get of packages."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp

Form = Literal["cmi5", "scorm12", "scorm2004", "web"]


class LaunchPackage(Request):
    """A unit of a package to be played.

    - `lessonId`: the lesson that shows the package, to which its result goes; without one it is played from the
      library.
    - `unit`: the number of the unit, from 0; without one the first that is not done with.
    """

    lesson_id: Id | None = None
    unit: Annotated[int, Field(ge=0, le=999)] | None = None

    model_config = ConfigDict(json_schema_extra={"examples": [{"unit": 0}]})


class WhichPackage(Request):
    """Whose registration is shown.

    - `lessonId`: the lesson in which the package is played; without one that of the library.
    """

    lesson_id: Id | None = None


class UnitState(Schema):
    """A unit as the learner left it.

    - `unit`: its number, from 0.
    - `score`: the best so far, in thousandths of the whole.
    - `isSatisfied`: whether it is done with.
    """

    unit: int
    title: str
    score: int | None = None
    is_satisfied: bool


class PackageState(Schema):
    """A learner's registration of a package.

    - `score`: the mean of the best scores of its units, in thousandths of the whole.
    - `completedAt`: when the last unit was done with.
    """

    content_id: str
    lesson_id: str | None = None
    registration_id: str
    title: str
    format: Form
    units: list[UnitState]
    score: int | None = None
    completed_at: Timestamp | None = None


class Launched(PackageState):
    """A unit that is ready to be played.

    - `unit`: its number.
    - `url`: a page to be shown in a frame; it proves its learner until `expiresAt`, so it is told to nobody.
    """

    unit: int
    url: str
    expires_at: Timestamp


class DocumentQuery(BaseModel, defer_build=True):
    """Which document of a unit (xAPI 1.0.3, part three, 2.3).

    - `activityId`: the unit's activity.
    - `agent`: the learner, as JSON.
    - `registration`: the learner's registration.
    - `stateId`: the document; without one all ids are listed, or all documents are forgotten.
    - `since`: not looked at.
    """

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", defer_build=True)

    activity_id: Annotated[str, StringConstraints(max_length=1000)]
    agent: Annotated[str, StringConstraints(max_length=1000)]
    registration: Annotated[str | None, StringConstraints(max_length=100)] = None
    state_id: Annotated[str | None, StringConstraints(max_length=300)] = None
    since: Annotated[str | None, StringConstraints(max_length=40)] = None


class ProfileQuery(BaseModel, defer_build=True):
    """Which document of a learner (xAPI 1.0.3, part three, 2.6).

    - `agent`: the learner, as JSON.
    - `profileId`: the document.
    """

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", defer_build=True)

    agent: Annotated[str, StringConstraints(max_length=1000)]
    profile_id: Annotated[str, StringConstraints(min_length=1, max_length=300)]
