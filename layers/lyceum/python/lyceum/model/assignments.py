"""Assignments, what students hand in, and their grades.

The list of a course's assignments is one item, the index: whatever shows or counts them reads it and nothing else.
Every attempt and every grade is a record that is never changed; the submission says where a student stands, and its
version puts these records in one order.
"""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class AssignmentIndex(Entity, discriminator="assignment_index"):
    """The assignments of a course, and the lessons with packages that somebody has a score of.

    - `rows`: what lists show of each, by due date; at most 200. `has_extensions` in a row says that `Extensions` of it
      are to be read for a student's own date.
    - `removed_ids`: assignments that were taken away and whose submissions stay on record.
    - `packages`: titles by lesson.
    """

    keys = Keys("ASSIGNMENTINDEX#{course_id}", "INDEX")
    noun = "course"

    course_id = UnicodeAttribute()
    rows: Any = JSONAttribute(default=list)
    removed_ids: ListAttribute[str] = ListAttribute(default=list)
    packages: Any = JSONAttribute(default=dict)


class Assignment(Entity, discriminator="assignment"):
    """Something to hand in. It waits in the index of the (UTC) day of its due date until its students were reminded.

    - `points`: the most that can be reached, as a decimal text.
    - `category`: what it weighs as in the course's grading.
    - `due_at`, `due_day`: when it is due, and the day of that in UTC.
    - `reminder`: `pending` while a reminder is still to be sent, `sent` after the last one.
    - `reminded_hours`: how many hours before the due date the latest reminder was for.
    - `late_policy`: `kind` (`none`, `deduct`, `refuse`), `percent_per_day` and `floor_percent`.
    - `max_attempts`: how often a student may hand in.
    - `file_types`: content types; none admit every type.
    - `is_blind`: graders see no names before the grade is released.
    - `graded_count`: how many students have a grade, draft or released.
    - `terms_revision`: counts the changes of due date, extensions and late policy, from which lateness follows.
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
    terms_revision = NumberAttribute(default=1)


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


class RubricVersion(Entity, discriminator="rubric_version"):
    """A rubric as it was when somebody was graded by it; kept as long as the grades it gave."""

    keys = Keys("SUBMISSION#{assignment_id}", "RUBRIC#{number:05d}")
    noun = "rubric"

    assignment_id = UnicodeAttribute()
    number = NumberAttribute()
    criteria: Any = JSONAttribute()


class Extensions(Entity, discriminator="extensions"):
    """Later due dates and further attempts of single students; waits, as the assignment does, for the next reminder.

    - `by_user`: by user id the `due_at` and the `extra_attempts`.
    - `due_at`, `due_day`: the next later date to remind of, and the day of that in UTC.
    - `later_dates`: those after it.
    - `reminder`, `reminded_hours`: as of an assignment, for that date.
    """

    keys = Keys(
        "ASSIGNMENT#{assignment_id}",
        "EXTENSIONS",
        gsi1=Index("EXTENDEDDAY#{due_day}", "{due_at}#{assignment_id}", when={"reminder": "pending"}),
    )
    noun = "extensions"

    assignment_id = UnicodeAttribute()
    course_id = UnicodeAttribute(null=True)
    by_user: Any = JSONAttribute(default=dict)
    due_at = Moment(null=True)
    due_day = UnicodeAttribute(null=True)
    later_dates: ListAttribute[str] = ListAttribute(default=list)
    reminder = UnicodeAttribute(null=True)
    reminded_hours = NumberAttribute(null=True)


class AssignmentStatistics(Entity, discriminator="assignment_statistics"):
    """How an assignment went; folded in from events, exact under concurrency.

    - `submitted`, `late`, `graded`: students; late are those whose first attempt is, by their due date of today.
    - `percent_sum`: of the grades, in hundredths of a percent.
    - `tenths_0` to `tenths_9`: grades by tenths of the points; full points are in the last.
    """

    keys = Keys("ASSIGNMENT#{assignment_id}", "STATISTICS")
    noun = "statistics"

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


class Submission(Entity, discriminator="submission"):
    """Where a student stands with an assignment.

    - `submission_id`: names it to a grader who may not know whose it is.
    - `state`: `in_progress`, `submitted`, `graded`.
    - `started_at`: when the student began, or handed in without beginning.
    - `attempts`: how often it was handed in; 0 also where a grade was given for nothing handed in.
    - `submitted_at`, `days_late`: of the latest attempt, the latter by the student's due date of today.
    - `first_submitted_at`, `first_days_late`: of the first attempt, likewise.
    - `grade_count`: how many grade records there are.
    - `grade_number`: the released one that stands.
    - `points`: what counts, after the deduction for lateness, as a decimal text.
    """

    keys = Keys(
        "SUBMISSION#{assignment_id}",
        "STUDENT#{user_id}",
        gsi1=Index("SUBMISSIONS#{user_id}", "{course_id}#{assignment_id}"),
        gsi2=Index("SUBMISSIONID#{submission_id}", "SUBMISSION"),
    )
    noun = "submission"

    assignment_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    course_id = UnicodeAttribute()
    submission_id = UnicodeAttribute()
    state = UnicodeAttribute()
    attempts = NumberAttribute(default=0)
    started_at = Moment(null=True)
    submitted_at = Moment(null=True)
    days_late = NumberAttribute(default=0)
    first_submitted_at = Moment(null=True)
    first_days_late = NumberAttribute(default=0)
    grade_count = NumberAttribute(default=0)
    grade_number = NumberAttribute(null=True)
    points = UnicodeAttribute(null=True)


class SubmissionAttempt(Entity, discriminator="submission_attempt"):
    """What a student handed in, once.

    - `order`: its place among the attempts and grades of the submission.
    - `days_late`: as it was when it was handed in.
    """

    keys = Keys("SUBMISSION#{assignment_id}", "ATTEMPT#{user_id}#{number:03d}")
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

    - `order`: its place among the attempts and grades of the submission.
    - `attempt`: the number of what was graded; 0 where nothing was handed in.
    - `points`, `final_points`: what the grader gave, and what is left after the deduction for lateness; decimal texts.
    - `criteria`: the levels that were chosen, when it was graded by the rubric.
    - `rubric_version`: which one it was.
    - `cause`: `grader`, or `due_date` for a grade that was reckoned anew since the due date or the late policy changed.
    - `feedback`: for the student, once `is_released`.
    - `private_note`: for graders.
    """

    keys = Keys("SUBMISSION#{assignment_id}", "GRADE#{user_id}#{number:03d}")
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
    rubric_version = NumberAttribute(null=True)
    cause = UnicodeAttribute(default="grader")
    feedback = UnicodeAttribute(null=True)
    private_note = UnicodeAttribute(null=True)
    is_released = BooleanAttribute()


class GradeSheet(Entity, discriminator="grade_sheet"):
    """The released grades of a student in a course.

    - `entries`: by the id of the assignment or quiz: `kind`, `title`, `category`, `at`, `points` and `max_points`; of a
      quiz the best of its `attempts`.
    - `withdrawn`: of exams whose result was taken back, the revision that did.
    """

    keys = Keys("GRADES#{course_id}", "{user_id}", gsi1=Index("REPORT#{user_id}", "{course_id}"))
    noun = "grades"

    course_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    entries: Any = JSONAttribute(default=dict)
    withdrawn: Any = JSONAttribute(default=dict)
