"""Points: a ledger in which each entry has a cause, so that what is taken back there is taken back here."""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys, Moment


class PointsEntry(Entity, discriminator="points_entry"):
    """What a user got for one thing that happened, as it counts now; a regrade changes it.

    - `cause`: exam, review, session, lesson or course.
    - `cause_id`: which.
    - `points`: what counts.
    - `earned`: what it would be without the cap of the day.
    - `correct`: right answers of an exam.
    - `is_perfect`: all of them were right.
    - `revision`: of the exam's marks or the course's completion.
    - `is_void`: it was taken back altogether.
    - `scopes`: the boards that it counts on.
    """

    keys = Keys("POINTS#{user_id}", "ENTRY#{cause}#{cause_id}")
    noun = "points"

    user_id = UnicodeAttribute()
    cause = UnicodeAttribute()
    cause_id = UnicodeAttribute()
    points = NumberAttribute(default=0)
    earned = NumberAttribute(default=0)
    correct = NumberAttribute(default=0)
    is_perfect = NumberAttribute(default=0)
    is_void = BooleanAttribute(default=False)
    revision = NumberAttribute(default=0)
    happened_at = Moment()
    day = UnicodeAttribute()
    scopes: Any = JSONAttribute(default=list)


class PointsDay(Entity, discriminator="points_day"):
    """How many points of one cause a user got on a local day, which is what the cap goes by."""

    keys = Keys("POINTS#{user_id}", "DAY#{day}#{cause}")
    noun = "points"

    user_id = UnicodeAttribute()
    day = UnicodeAttribute()
    cause = UnicodeAttribute()
    points = NumberAttribute(default=0)


class PlayerFigures(Entity, discriminator="player_figures"):
    """The figures of a user that badges go by, and the badges that they earned.

    - `figures`: by name, see `functions.gamification.badges.rules`.
    - `badges`: by badge and tier, when it was earned.
    - `told`: those that were ever told of.
    """

    keys = Keys("POINTS#{user_id}", "FIGURES")
    noun = "figures"

    user_id = UnicodeAttribute()
    figures: Any = JSONAttribute(default=dict)
    badges: Any = JSONAttribute(default=dict)
    told: ListAttribute[str] = ListAttribute(default=list)


class BadgeDefinition(Entity, discriminator="badge_definition"):
    """A badge that an admin defined.

    - `title`, `description`: by language.
    - `tests`: figures with the least that each asks for, one value a tier; all of them must hold.
    """

    keys = Keys("BADGEDEFINITION#all", "{badge_id}")
    noun = "badge"

    badge_id = UnicodeAttribute()
    title: Any = JSONAttribute()
    description: Any = JSONAttribute()
    tests: Any = JSONAttribute()
    tiers = NumberAttribute(default=1)
