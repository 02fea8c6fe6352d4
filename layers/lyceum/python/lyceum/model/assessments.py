"""What instructors publish for others to sit: practice tests, quizzes of a course, and papers.

The questions are drawn or named once, and frozen in forms; each session takes its copy from there. Sittings list the
sessions of one assessment for those who own it. Statistics follow from events and are never written by a request.
"""

from typing import Any

from pynamodb.attributes import BinaryAttribute, BooleanAttribute, JSONAttribute, ListAttribute, MapAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.operand import Path

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class Assessment(Entity, discriminator="assessment"):
    """A practice test, quiz, assignment or paper. States: draft, published, deleted.

    Published practice tests stand in a list by subject and grade level. `policy` holds the rules of its sessions,
    `sections` the parts of the paper, `accommodations` what single students get beyond the rules, by user. `draw` is
    what the questions came from. `extended_seconds` moves the end of the window; while `paused_at` is set nobody starts,
    and until `withheld_until` nothing is told of what was asked.
    """

    keys = Keys(
        "ASSESSMENT#{assessment_id}",
        "ASSESSMENT",
        gsi1=Index("TESTS#{mode}", "{subject_key}#{grade_key}#{assessment_id}", when={"state": "published"}),
    )
    noun = "assessment"

    assessment_id = UnicodeAttribute()
    mode = UnicodeAttribute()
    state = UnicodeAttribute(default="draft")
    title = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    subject = UnicodeAttribute(null=True)
    grade_level = UnicodeAttribute(null=True)
    subject_key = UnicodeAttribute(null=True)
    grade_key = UnicodeAttribute(null=True)
    course_id = UnicodeAttribute(null=True)
    lesson_id = UnicodeAttribute(null=True)
    is_required = BooleanAttribute(default=True)
    owner_id = UnicodeAttribute()
    topic_ids: ListAttribute[str] = ListAttribute(default=list)
    question_count = NumberAttribute()
    max_score = UnicodeAttribute()
    policy: Any = JSONAttribute()
    sections: Any = JSONAttribute(default=list)
    accommodations: Any = JSONAttribute(default=dict)
    draw: Any = JSONAttribute(default=dict)
    forms: ListAttribute[str] = ListAttribute(default=list)
    opens_at = Moment(null=True)
    closes_at = Moment(null=True)
    extended_seconds = NumberAttribute(default=0)
    paused_at = Moment(null=True)
    withheld_until = Moment(null=True)


class AssessmentForm(Entity, discriminator="assessment_form"):
    """The questions of one form of an assessment as they were when it was made, without keys: compressed JSON."""

    keys = Keys("ASSESSMENT#{assessment_id}", "FORM#{form}")
    noun = "form"

    assessment_id = UnicodeAttribute()
    form = UnicodeAttribute()
    content = BinaryAttribute(legacy_encoding=False)
    expected_facility = UnicodeAttribute(null=True)


class Sitting(Entity, discriminator="sitting"):
    """A session in the list of its assessment, in the order of the starts. States: running, finished."""

    keys = Keys("SITTINGS#{assessment_id}", "{exam_id}")
    noun = "sitting"

    assessment_id = UnicodeAttribute()
    exam_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    attempt = NumberAttribute(default=1)
    state = UnicodeAttribute()
    started_at = Moment()
    finished_at = Moment(null=True)
    cause = UnicodeAttribute(null=True)
    score = UnicodeAttribute(null=True)
    percent = UnicodeAttribute(null=True)
    is_passed = BooleanAttribute(null=True)
    is_pending = BooleanAttribute(default=False)


class Incident(Entity, discriminator="incident"):
    """Something that is done to all sessions of an assessment: `extend`, `pause`, `resume`, `withhold` or `regrade`."""

    keys = Keys("INCIDENT#{assessment_id}", "{incident_id}")
    noun = "incident"

    assessment_id = UnicodeAttribute()
    incident_id = UnicodeAttribute()
    action = UnicodeAttribute()
    seconds = NumberAttribute(default=0)
    until = Moment(null=True)
    ruling: Any = JSONAttribute(null=True)
    reason = UnicodeAttribute()
    actor_id = UnicodeAttribute()
    declared_at = Moment()


class ScoreDistribution(Entity, discriminator="score_distribution"):
    """Scores of finished sittings of an assessment. Percentages are summed in hundredths.

    `takers` counts first attempts by whole percent: a student's later attempts would press on everybody's percentile.
    """

    keys = Keys("ASTAT#{assessment_id}", "SCORES")
    noun = "statistics"

    assessment_id = UnicodeAttribute()
    attempts = NumberAttribute(default=0)
    passed = NumberAttribute(default=0)
    percent_sum = NumberAttribute(default=0)
    percent_squares = NumberAttribute(default=0)
    taker_count = NumberAttribute(default=0)
    takers: Any = MapAttribute(default=dict)

    @classmethod
    def bucket(cls, percent: int) -> str:
        """Name the count of first attempts with this whole percentage."""
        return f"p{percent}"

    @classmethod
    def part(cls, percent: int) -> Path:
        """Name one bucket of the histogram, for changes."""
        return Path(["takers", cls.bucket(percent)])


class ItemStatistics(Entity, discriminator="item_statistics"):
    """How one question did in the sittings of an assessment: counts, and the sums that its discrimination follows from.

    `item_sum` adds up the part of its marks that was earned, `rest_sum` the part of all other marks, both in
    ten-thousandths; squares and products accordingly.
    """

    keys = Keys("ASTAT#{assessment_id}", "ITEM#{question_id}")
    noun = "statistics"

    assessment_id = UnicodeAttribute()
    question_id = UnicodeAttribute()
    attempts = NumberAttribute(default=0)
    right = NumberAttribute(default=0)
    partial = NumberAttribute(default=0)
    wrong = NumberAttribute(default=0)
    blank = NumberAttribute(default=0)
    time_spent_seconds = NumberAttribute(default=0)
    item_sum = NumberAttribute(default=0)
    item_squares = NumberAttribute(default=0)
    rest_sum = NumberAttribute(default=0)
    rest_squares = NumberAttribute(default=0)
    products = NumberAttribute(default=0)


class Performance(Entity, discriminator="performance"):
    """How a user did over all finished exams in one respect: `all`, a mode, topic, difficulty or week of the year.

    Percentages are summed in hundredths; questions are counted by what became of them.
    """

    keys = Keys("PERFORMANCE#{user_id}", "{respect}#{name}")
    noun = "performance"

    user_id = UnicodeAttribute()
    respect = UnicodeAttribute()
    name = UnicodeAttribute()
    exams = NumberAttribute(default=0)
    passed = NumberAttribute(default=0)
    percent_sum = NumberAttribute(default=0)
    questions = NumberAttribute(default=0)
    right = NumberAttribute(default=0)
    partial = NumberAttribute(default=0)
    wrong = NumberAttribute(default=0)
    blank = NumberAttribute(default=0)
    time_spent_seconds = NumberAttribute(default=0)
