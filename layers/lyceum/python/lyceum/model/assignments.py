"""Assignments, what students hand in, and their grades.

The list of a course's assignments is one item, the board: whatever shows or counts them reads it and nothing else.
Every submission and every grade is a record that is never changed; `RequestContext` says where a student stands and its version
puts them in one order.
"""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class AssignmentIndex(Entity, discriminator="assignment_board"):
    """The assignments of a course, in rows of what lists show; at most 200."""

    keys = Keys("BOARD#{course_id}", "BOARD")
    noun = "course"

    course_id = UnicodeAttribute()
    rows: Any = JSONAttribute(default=list)


class Assignment(Entity, discriminator="assignment"):
    """Something to hand in. It waits in the index of the (UTC) day of its due date until its students were reminded.

    `late_policy` is the kind with its percentages; `reminder` is `pending` while a reminder is still to be sent, and
    `reminded_hours` the hours before the due date of the one that was sent last; `graded_count` is of students with a grade, draft or not.
    """

    keys = Keys(
        "ASSIGNMENT#{assignment_id}",
        "ASSIGNMENT",
        gsi1=Index("DUEDAY#{due_day}", "{due_at}#{assignment_id}", when={"reminder": "pending"}),
    )
    noun = "assignment"

    assignment_id = UnicodeAttribute()
    course_id = UnicodeAttribute()
    lesson_id = UnicodeAttribute(null=True)
    instructor_id = UnicodeAttribute()
    title = UnicodeAttribute()
    points = UnicodeAttribute()
    category = UnicodeAttribute()
    due_at = Moment(null=True)
    due_day = UnicodeAttribute(null=True)
    reminder = UnicodeAttribute(null=True)
    reminded_hours = NumberAttribute(null=True)
    late_policy: Any = JSONAttribute()
    max_attempts = NumberAttribute()
    accepts_text = BooleanAttribute()
    file_types: ListAttribute[str] = ListAttribute(default=list)
    max_files = NumberAttribute(default=0)
    is_required = BooleanAttribute(default=True)
    is_blind = BooleanAttribute(default=False)
    graded_count = NumberAttribute(default=0)


class AssignmentText(Entity, discriminator="assignment_text"):
    """What is asked: sanitised rich text."""

    keys = Keys("ASSIGNMENT#{assignment_id}", "TEXT")
    noun = "assignment"

    assignment_id = UnicodeAttribute()
    instructions = UnicodeAttribute()


class Rubric(Entity, discriminator="rubric"):
    """By what an assignment is graded: criteria, each with levels and their points (decimal texts)."""

    keys = Keys("ASSIGNMENT#{assignment_id}", "RUBRIC")
    noun = "rubric"

    assignment_id = UnicodeAttribute()
    criteria: Any = JSONAttribute()


class Extensions(Entity, discriminator="extensions"):
    """Later due dates and further attempts of single students, by user id."""

    keys = Keys("ASSIGNMENT#{assignment_id}", "EXTENSIONS")
    noun = "extensions"

    assignment_id = UnicodeAttribute()
    by_user: Any = JSONAttribute(default=dict)


class AssignmentStatistics(Entity, discriminator="assignment_figures"):
    """How an assignment went; folded in from events, exact under concurrency.

    `percent_sum` is in hundredths of a percent; `tenths_0` to `tenths_9` count grades by tenths of the points.
    """

    keys = Keys("ASSIGNMENT#{assignment_id}", "FIGURES")
    noun = "figures"

    assignment_id = UnicodeAttribute()
    submitted = NumberAttribute(default=0)
    late = NumberAttribute(default=0)
    graded = NumberAttribute(default=0)
    percent_sum = NumberAttribute(default=0)
    tenths_0 = NumberAttribute(default=0)
    tenths_1 = NumberAttribute(default=0)
    tenths_2 = NumberAttribute(default=0)
    tenths_3 = NumberAttribute(default=0)
    tenths_4 = NumberAttribute(default=0)
    tenths_5 = NumberAttribute(default=0)
    tenths_6 = NumberAttribute(default=0)
    tenths_7 = NumberAttribute(default=0)
    tenths_8 = NumberAttribute(default=0)
    tenths_9 = NumberAttribute(default=0)


class Submission(Entity, discriminator="work"):
    """Where a student stands with an assignment. States: in_progress, submitted, graded.

    `submission_id` names it to a grader who may not know whose it is. `grade_count` counts the grade records;
    `grade_number` is the one that stands and was released. `points` is what counts, after the deduction for lateness.
    """

    keys = Keys(
        "WORK#{assignment_id}",
        "STUDENT#{user_id}",
        gsi1=Index("WORKS#{user_id}", "{course_id}#{assignment_id}"),
        gsi2=Index("SUBMISSION#{submission_id}", "WORK"),
    )
    noun = "submission"

    assignment_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    course_id = UnicodeAttribute()
    submission_id = UnicodeAttribute()
    state = UnicodeAttribute()
    attempts = NumberAttribute(default=0)
    submitted_at = Moment(null=True)
    days_late = NumberAttribute(default=0)
    grade_count = NumberAttribute(default=0)
    grade_number = NumberAttribute(null=True)
    points = UnicodeAttribute(null=True)


class SubmissionAttempt(Entity, discriminator="attempt"):
    """What a student handed in, once; `order` is its place among the submissions and grades of the work."""

    keys = Keys("WORK#{assignment_id}", "ATTEMPT#{user_id}#{number:03d}")
    noun = "attempt"

    assignment_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    number = NumberAttribute()
    order = NumberAttribute()
    text = UnicodeAttribute(null=True)
    upload_ids: ListAttribute[str] = ListAttribute(default=list)
    submitted_at = Moment()
    days_late = NumberAttribute(default=0)


class GradeRecord(Entity, discriminator="grade_record"):
    """A grade as it was given; drafts are records too, that students do not see.

    `points` is what the grader gave and `final_points` what is left after the deduction for lateness: decimal texts.
    """

    keys = Keys("WORK#{assignment_id}", "GRADE#{user_id}#{number:03d}")
    noun = "grade"

    assignment_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    number = NumberAttribute()
    order = NumberAttribute()
    attempt = NumberAttribute()
    grader_id = UnicodeAttribute()
    points = UnicodeAttribute()
    final_points = UnicodeAttribute()
    criteria: Any = JSONAttribute(default=list)
    feedback = UnicodeAttribute(null=True)
    private_note = UnicodeAttribute(null=True)
    is_released = BooleanAttribute()


class GradeSheet(Entity, discriminator="grade_sheet"):
    """The released grades of a student in a course, by assignment or quiz: points, of how many, category and title."""

    keys = Keys("GRADES#{course_id}", "{user_id}", gsi1=Index("REPORT#{user_id}", "{course_id}"))
    noun = "grades"

    course_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    cells: Any = JSONAttribute(default=dict)
