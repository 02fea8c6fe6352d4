"""What learners do with packages of cmi5 and SCORM: a registration of each, its units, and what units keep."""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys, Moment, PackedJSON

ALONE = "alone"
"""In the place of a lesson, for a package that is played from the library."""


class PackageRegistration(Entity, discriminator="package_registration"):
    """A learner with a package, in a lesson or from the library. The learner reads it; its result goes to the course.

    - `lesson_id`: the lesson, or `alone`.
    - `course_id`: its course.
    - `registration_id`: by which content names it (a UUID).
    - `archive_key`: the packed files.
    - `form`: cmi5, scorm12, scorm2004 or web.
    - `unit_count`: how many units it has.
    - `satisfied`: the numbers of the units that are done with.
    - `scores`: the best scaled score of a unit by its number, as a decimal text.
    - `score`: the mean of the scores, in thousandths.
    - `completed_at`: when the last unit was done with.
    """

    keys = Keys("PACKAGEREGISTRATIONS#{user_id}", "{content_id}#{lesson_id}")
    noun = "registration"

    user_id = UnicodeAttribute()
    content_id = UnicodeAttribute()
    lesson_id = UnicodeAttribute()
    course_id = UnicodeAttribute(null=True)
    registration_id = UnicodeAttribute()
    title = UnicodeAttribute()
    form = UnicodeAttribute()
    archive_key = UnicodeAttribute()
    unit_count = NumberAttribute()
    satisfied: ListAttribute[int] = ListAttribute(default=list)
    scores: Any = JSONAttribute(default=dict)
    score = NumberAttribute(null=True)
    completed_at = Moment(null=True)


class PackageUnit(Entity, discriminator="package_unit"):
    """A unit of a package as a learner left it.

    - `session_id`: the sitting that may speak; a later launch ends it.
    - `sent`: how many reports of it were taken.
    - `state`: launched, initialized, terminated or abandoned.
    - `unit`: what the package says of it.
    - `verbs`: what the sitting said of itself, once each.
    - `completion`: completed or incomplete.
    - `success`: passed or failed.
    - `score`: the latest, scaled, a decimal text.
    - `kept`: what SCORM keeps: places, suspended data, answers.
    - `is_fetched`: whether the sitting of cmi5 has fetched the key that it speaks by.
    """

    keys = Keys("PACKAGEUNITS#{user_id}", "{registration_id}#{number:03d}")
    noun = "unit"

    user_id = UnicodeAttribute()
    registration_id = UnicodeAttribute()
    number = NumberAttribute()
    session_id = UnicodeAttribute()
    sent = NumberAttribute(default=0)
    state = UnicodeAttribute()
    launched_at = Moment()
    unit: Any = JSONAttribute()
    verbs: ListAttribute[str] = ListAttribute(default=list)
    completion = UnicodeAttribute(null=True)
    success = UnicodeAttribute(null=True)
    score = UnicodeAttribute(null=True)
    kept: Any = PackedJSON(default=dict)
    is_fetched = BooleanAttribute(default=False)


class PackageDocument(Entity, discriminator="package_document"):
    """A text that content of cmi5 keeps for a learner: its state, or what the learner prefers.

    - `name`: the registration with the unit's number, and the id that content gave; hashed, since ids are long.
    - `label`: that id.
    """

    keys = Keys("PACKAGEDOCUMENTS#{user_id}", "{name}")
    noun = "document"

    user_id = UnicodeAttribute()
    name = UnicodeAttribute()
    label = UnicodeAttribute()
    content_type = UnicodeAttribute()
    content: Any = PackedJSON()
