"""What course comes next: neighbours of each course, and what was found for each user."""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys, Moment


class CourseNeighbours(Entity, discriminator="course_neighbours"):
    """What people who completed a course took too, worked out each night; pairs of fewer than five people are left out.

    `rows` has the id of the other course, how many people, and their likeness from 0 to 1, the likest first.
    """

    keys = Keys("COURSENEIGHBOURS#{course_id}", "NEIGHBOURS")
    noun = "course"

    course_id = UnicodeAttribute()
    completed = NumberAttribute(default=0)
    rows: Any = JSONAttribute(default=list)
    as_of = Moment()


class CourseSuggestions(Entity, discriminator="course_suggestions"):
    """Courses that may come next for a user, found at `made_at`; only they see it, and it goes with the account.

    - `rows`: by course id, the score and the reasons, each with what it rests on.
    - `completed_ids`: the courses that were completed by then.
    """

    keys = Keys("COURSESUGGESTIONS#{user_id}", "SUGGESTIONS")
    noun = "recommendations"

    user_id = UnicodeAttribute()
    made_at = Moment()
    rows: Any = JSONAttribute(default=list)
    completed_ids: Any = JSONAttribute(default=list)
