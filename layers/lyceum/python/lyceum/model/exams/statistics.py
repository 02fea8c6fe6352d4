"""Counters of finished exams: of each assessment, of its questions, and of each student."""

from typing import Any

from pynamodb.attributes import MapAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.operand import Path

from lyceum.kit.table.entity import Entity, Keys


class ScoreDistribution(Entity, discriminator="score_distribution"):
    """Scores of finished attempts at an assessment.

    - `percent_sum`: percentages in hundredths; `percent_squares` accordingly.
    - `takers`: first attempts by whole percent, `taker_count` of them: a student's later attempts would press on
      everybody's percentile.
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
    """How one question did in the attempts at an assessment: counts, and the sums its discrimination follows from.

    - `item_sum`: parts of its marks that were earned, in ten-thousandths.
    - `rest_sum`: parts of all other marks that were earned, in ten-thousandths; squares and products accordingly.
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
    """How a user did over all finished exams in one respect: a mode, topic, difficulty or week of the year.

    - `percent_sum`: percentages in hundredths.
    - `questions`: counted by what became of them in `right`, `partial`, `wrong` and `blank`.
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
