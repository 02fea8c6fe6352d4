"""Courses and what they are made of; the catalogue shows the course itself too.

The order of the lessons is one item, so that changing it is one write however many they are.
"""

from typing import Any

from pynamodb.attributes import JSONAttribute, ListAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class Course(Entity, discriminator="course"):
    """A course, of a department or of none.

    - `instructor_id`: whose course it is.
    - `teacher_ids`: others who teach it and may change it too.
    - `code`, `level`, `credit_units`: its place in a university's catalogue. `level` is 100 for the first year, up to
      900, or 0 for none; `code` is empty where there is none.
    - `thumbnail_id`, `thumbnail`: the upload that pictures it, and the sizes that were made of that.
    - `emptied_at`: when what is removed of a deleted course was removed, where a record of it stays for its students.
    - `status`: `draft`, `published`, or `deleted` while its parts are being removed.
    - `price`: an amount in minor units with its currency; None is free.
    - `capacity`: the most students; None is any number.
    - `grading`: the weights of categories of assignments, and the letter scale.
    - `revision`: counts its author's edits; counts that others cause do not touch it.
    - `lesson_count`, `quiz_count`: change with the outline.
    - `rating_sum`: of stars. Like all other counts it follows from events.
    """

    keys = Keys(
        "COURSE#{course_id}",
        "COURSE",
        gsi1=Index("COURSES#{department_id}", "{level:04d}#{code}#{course_id}"),
        gsi2=Index("COURSESBYTITLE#{status}", "{sort_title}#{course_id}"),
    )
    noun = "course"

    course_id = UnicodeAttribute()
    department_id = UnicodeAttribute(null=True)
    instructor_id = UnicodeAttribute()
    teacher_ids = UnicodeSetAttribute(null=True)
    code = UnicodeAttribute(default="")
    title = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    thumbnail_id = UnicodeAttribute(null=True)
    thumbnail: Any = JSONAttribute(default=list)
    level = NumberAttribute(default=0)
    credit_units = NumberAttribute(null=True)
    status = UnicodeAttribute(default="published")
    slug = UnicodeAttribute(null=True)
    sort_title = UnicodeAttribute(null=True)
    category = UnicodeAttribute(default="other")
    difficulty = UnicodeAttribute(default="beginner")
    time_zone = UnicodeAttribute(default="UTC")
    price: Any = JSONAttribute(null=True)
    capacity = NumberAttribute(null=True)
    grading: Any = JSONAttribute(null=True)
    prerequisite_ids = UnicodeSetAttribute(null=True)
    revision = NumberAttribute(default=1)
    child_count = NumberAttribute(default=0)
    question_count = NumberAttribute(default=0)
    lesson_count = NumberAttribute(default=0)
    quiz_count = NumberAttribute(default=0)
    assignment_count = NumberAttribute(default=0)
    enrolment_count = NumberAttribute(default=0)
    completed_count = NumberAttribute(default=0)
    rating_count = NumberAttribute(default=0)
    rating_sum = NumberAttribute(default=0)
    emptied_at = Moment(null=True)


class CourseRanking(Entity, discriminator="course_ranking"):
    """A published course in the lists by age, by students and by rating, with what these lists filter by.

    It follows the course within seconds, and its main partition is in the order of age.

    - `rating`: the mean of the stars, in thousandths.
    - `as_of`: the version of the course that is shown.
    """

    keys = Keys(
        "COURSERANKING#all",
        "{course_id}",
        gsi1=Index("COURSESBYSTUDENTS#all", "{enrolment_count:09d}#{course_id}"),
        gsi2=Index("COURSESBYRATING#all", "{rating:04d}#{rating_count:09d}#{course_id}"),
    )
    noun = "ranking"

    course_id = UnicodeAttribute()
    department_id = UnicodeAttribute(null=True)
    instructor_id = UnicodeAttribute()
    teacher_ids = UnicodeSetAttribute(null=True)
    code = UnicodeAttribute(default="")
    level = NumberAttribute(default=0)
    sort_title = UnicodeAttribute(null=True)
    category = UnicodeAttribute()
    difficulty = UnicodeAttribute()
    enrolment_count = NumberAttribute()
    rating = NumberAttribute()
    rating_count = NumberAttribute()
    as_of = NumberAttribute()


class CourseOutline(Entity, discriminator="course_outline"):
    """The parts of a course, but for its assignments.

    - `lesson_ids`: its lessons in their order.
    - `quizzes`: its quizzes, each with id, title, description, lesson, totals, time limit and whether it is required.
    - `optional_ids`: lessons and quizzes that are not needed to complete the course.
    """

    keys = Keys("COURSE#{course_id}", "OUTLINE")
    noun = "outline"

    course_id = UnicodeAttribute()
    lesson_ids: ListAttribute[str] = ListAttribute(default=list)
    optional_ids: ListAttribute[str] = ListAttribute(default=list)
    quizzes: Any = JSONAttribute(default=list)


class DependentCourse(Entity, discriminator="dependent_course"):
    """Another course that asks for this one first; the mirror of that course's `prerequisite_ids`."""

    keys = Keys("COURSE#{course_id}", "REQUIRED_BY#{dependent_id}")
    noun = "prerequisite"

    course_id = UnicodeAttribute()
    dependent_id = UnicodeAttribute()


class PrerequisiteGraph(Entity, discriminator="prerequisite_graph"):
    """Who asks for what, as a whole: its version grows with each new edge, so that no two close a cycle at once."""

    keys = Keys("COURSE#graph", "GRAPH")
    noun = "prerequisites"

    edge_count = NumberAttribute(default=0)


class CourseRating(Entity, discriminator="course_rating"):
    """What a student thinks of a course: stars from 1 to 5 and, perhaps, a review. One a student and course."""

    keys = Keys(
        "COURSERATING#{course_id}", "{user_id}", gsi1=Index("COURSERATINGS#{course_id}", "{rated_at}#{user_id}")
    )
    noun = "rating"

    course_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    stars = NumberAttribute()
    review = UnicodeAttribute(null=True)
    rated_at = Moment()
