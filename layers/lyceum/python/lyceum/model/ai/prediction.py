"""Models that are trained here: what they are trained from, and their versions."""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class LearnerSnapshot(Entity, discriminator="learner_snapshot"):
    """What was known of a student in a course on a day, to train from once the outcome is known; goes after two years.

    It goes with the account, so that the next night's models know nothing of it.

    - `features`: by name, as `functions.ai.prediction.features` reads them.
    """

    keys = Keys(
        "AISNAPSHOT#{user_id}",
        "{course_id}#{day}",
        gsi1=Index("AISNAPSHOTS#{course_id}", "{day}#{user_id}"),
    )
    noun = "snapshot"

    user_id = UnicodeAttribute()
    course_id = UnicodeAttribute()
    day = UnicodeAttribute()
    features: Any = JSONAttribute(default=dict)


class ModelState(Entity, discriminator="model_state"):
    """Which version of a trained model is in use, with what it takes to score.

    - `current`: the number of the version in use, 0 for the one that the product ships with.
    - `latest`: the last made.
    - `coefficients`, `calibration`: of the version in use.
    """

    keys = Keys("AIMODEL#{model_id}", "CURRENT")
    noun = "model"

    model_id = UnicodeAttribute()
    current = NumberAttribute(default=0)
    latest = NumberAttribute(default=0)
    coefficients: Any = JSONAttribute(default=dict)
    calibration: Any = JSONAttribute(default=dict)
    trained_at = Moment(null=True)


class ModelVersion(Entity, discriminator="model_version"):
    """A version of a trained model, whether it came into use or not; kept for two years.

    - `state`: `promoted`, or `rejected` since it was worse on the same held-out cases than the version in use.
    - `figures`: measured on held-out cases.
    - `compared`: those of the version in use, on the same cases.
    - `training_count`: how many cases it was trained from.
    """

    keys = Keys("AIMODEL#{model_id}", "VERSION#{number:06d}")
    noun = "model version"

    model_id = UnicodeAttribute()
    number = NumberAttribute()
    state = UnicodeAttribute()
    trained_at = Moment()
    training_count = NumberAttribute(default=0)
    coefficients: Any = JSONAttribute(default=dict)
    calibration: Any = JSONAttribute(default=dict)
    figures: Any = JSONAttribute(default=dict)
    compared: Any = JSONAttribute(default=dict)
