"""Experiments: who was shown which variant, and what came of it."""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys, Moment


class Experiment(Entity, discriminator="experiment"):
    """An experiment; staff who see insights see it.

    - `flag`: the feature flag whose variants it compares; users are parted as that flag parts them.
    - `variants`: names with weights, the one that the others are compared with first.
    - `goal`: what users are to reach.
    - `guardrails`: what must not become more frequent.
    - `effect`: the smallest difference of shares that matters, for which the test is tuned.
    """

    keys = Keys("EXPERIMENT#all", "{experiment_id}")
    noun = "experiment"

    experiment_id = UnicodeAttribute()
    name = UnicodeAttribute()
    hypothesis = UnicodeAttribute(null=True)
    flag = UnicodeAttribute()
    variants: Any = JSONAttribute()
    goal = UnicodeAttribute()
    guardrails: Any = JSONAttribute(default=list)
    effect = UnicodeAttribute()
    starts_at = Moment()
    ends_at = Moment()


class ExperimentArm(Entity, discriminator="experiment_arm"):
    """What came of one variant: users who were there during the experiment, and who reached what, each once."""

    keys = Keys("EXPERIMENTARM#{experiment_id}", "{variant}")
    noun = "variant"

    experiment_id = UnicodeAttribute()
    variant = UnicodeAttribute()
    exposed = NumberAttribute(default=0)
    verified = NumberAttribute(default=0)
    enrolled = NumberAttribute(default=0)
    studied = NumberAttribute(default=0)
    paid = NumberAttribute(default=0)
    completed = NumberAttribute(default=0)
    left = NumberAttribute(default=0)
    refunded = NumberAttribute(default=0)


class Exposure(Entity, discriminator="exposure"):
    """Which variant a user is counted in, and what they reached since; nobody sees it, and it goes with the account."""

    keys = Keys("EXPOSURE#{user_id}", "{experiment_id}")
    noun = "exposure"

    user_id = UnicodeAttribute()
    experiment_id = UnicodeAttribute()
    variant = UnicodeAttribute()
    exposed_at = Moment()
    reached: Any = JSONAttribute(default=list)
