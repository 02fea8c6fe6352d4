"""How questions do in exams, and which of them users have met."""

from typing import Any

from pynamodb.attributes import (
    JSONAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.expressions.operand import Path

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class QuestionStatistics(Entity, discriminator="question_statistics"):
    """How a question did in finished exams; folded in from events, exact under concurrency.

    - `credit_sum`: credits earned, in ten-thousandths.
    - `paired`: attempts that have a rest, the share of the other marks that the same candidate earned.
    - `item_sum`, `rest_sum`: credits and rests of these, in ten-thousandths.
    - `item_squares`, `rest_squares`, `products`: of both, in hundred-millionths.
    - `choices`: how often each option was chosen.
    - `times`: answers by step of a scale of seconds.
    - `missed`: the percentage of attempts without full credit, as text of three digits; it follows the counters with
      the next attempt.
    - `estimate`, `standard_error`: difficulty on the logit scale as of `estimated_at`, from `sample_size` answers.
    - `proposed_difficulty`: another label than the author's, where the estimate speaks for it.
    - `slope`, `slope_error`: how sharply it tells candidates apart by the two-parameter model, where that is known.
    - `estimate_warnings`: why the estimate may be less sure than its error says.
    """

    keys = Keys(
        "QSTAT#{question_id}",
        "STAT",
        gsi1=Index("MISSED#{topic_id}", "{missed}#{question_id}"),
        gsi2=Index("MISSED#{course_id}", "{missed}#{question_id}"),
    )
    noun = "statistics"

    question_id = UnicodeAttribute()
    topic_id = UnicodeAttribute(null=True)
    course_id = UnicodeAttribute(null=True)
    attempts = NumberAttribute(default=0)
    correct = NumberAttribute(default=0)
    skipped = NumberAttribute(default=0)
    credit_sum = NumberAttribute(default=0)
    time_spent_seconds = NumberAttribute(default=0)
    paired = NumberAttribute(default=0)
    item_sum = NumberAttribute(default=0)
    item_squares = NumberAttribute(default=0)
    rest_sum = NumberAttribute(default=0)
    rest_squares = NumberAttribute(default=0)
    products = NumberAttribute(default=0)
    choices: Any = MapAttribute(default=dict)
    times: Any = MapAttribute(default=dict)
    missed = UnicodeAttribute(null=True)
    estimate = UnicodeAttribute(null=True)
    standard_error = UnicodeAttribute(null=True)
    sample_size = NumberAttribute(null=True)
    proposed_difficulty = UnicodeAttribute(null=True)
    slope = UnicodeAttribute(null=True)
    slope_error = UnicodeAttribute(null=True)
    estimate_warnings: ListAttribute[str] = ListAttribute(default=list)
    estimated_at = Moment(null=True)

    @classmethod
    def part(cls, name: str, entry: str) -> Path:
        """Name one count in `choices` or `times`, for changes."""
        return Path([name, entry])


class ResponsePattern(Entity, discriminator="response_pattern"):
    """Which questions of a topic one candidate got right in one session; it goes after a year.

    Difficulty is estimated from these.
    """

    keys = Keys("PATTERN#{topic_id}", "{exam_id}")
    noun = "response pattern"

    topic_id = UnicodeAttribute()
    exam_id = UnicodeAttribute()
    answers: Any = JSONAttribute()


class CalibrationBacklog(Entity, discriminator="calibration_backlog"):
    """A topic with answers since its difficulties were estimated."""

    keys = Keys("PATTERN#topics", "{topic_id}")
    noun = "topic to calibrate"

    topic_id = UnicodeAttribute()


class SolvedQuestions(Entity, discriminator="solved_questions"):
    """The questions of a topic that a user has answered right in a finished exam."""

    keys = Keys("SOLVED#{user_id}", "{topic_id}")
    noun = "solved questions"

    user_id = UnicodeAttribute()
    topic_id = UnicodeAttribute()
    question_ids = UnicodeSetAttribute(null=True)


class QuestionHistory(Entity, discriminator="question_history"):
    """How one user met one question in exams; an item each, so that none grows with what is met.

    - `met`, `seconds`, `last_at`, `last_exam_id`: how often, how long in all, when and where it was met last.
    - `right`, `partial`, `wrong`, `blank`: what became of it in results that are released, as they are marked now.
    - `made_by`: the event that it began with, where that was stored outside of a transaction.
    """

    keys = Keys("QHISTORY#{user_id}", "{topic_id}#{question_id}")
    noun = "history"

    user_id = UnicodeAttribute()
    topic_id = UnicodeAttribute()
    question_id = UnicodeAttribute()
    met = NumberAttribute(default=0)
    seconds = NumberAttribute(default=0)
    last_at = Moment(null=True)
    last_exam_id = UnicodeAttribute(null=True)
    right = NumberAttribute(default=0)
    partial = NumberAttribute(default=0)
    wrong = NumberAttribute(default=0)
    blank = NumberAttribute(default=0)
    made_by = UnicodeAttribute(null=True)


class DrawnQuestions(Entity, discriminator="drawn_questions"):
    """The questions that random draws have shown a user in one signed-in session."""

    keys = Keys("DRAWN#{user_id}", "{session_id}")
    noun = "drawn questions"

    user_id = UnicodeAttribute()
    session_id = UnicodeAttribute()
    question_ids = UnicodeSetAttribute(null=True)
