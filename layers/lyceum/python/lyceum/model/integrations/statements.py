"""Statements of content about learners (xAPI), and the learning record stores that are told of them."""

from typing import Any

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment, PackedJSON


class LearningStatement(Entity, discriminator="learning_statement"):
    """What content said of a learner. The learner reads it, and programs of the organisation that may record.

    - `content`: the statement without its actor, who is named by `user_id` alone.
    - `digest`: by which one that comes twice is told from another one of the same id.
    - `is_voided`: whether another statement took it back.
    - `stored_at`: when it came.
    """

    keys = Keys(
        "LEARNINGSTATEMENT#{statement_id}",
        "STATEMENT",
        gsi1=Index("LEARNINGSTATEMENTS#{user_id}", "{stored_at}#{statement_id}"),
    )
    noun = "statement"

    statement_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    verb = UnicodeAttribute()
    content: Any = PackedJSON()
    digest = UnicodeAttribute()
    is_voided = BooleanAttribute(default=False)
    stored_at = Moment()


class StatementTarget(Entity, discriminator="statement_target"):
    """A learning record store that is told what learners did. Administrators read it.

    - `secret`: the value of its Authorization header, sealed.
    - `failures`: in a row; after twenty it is switched off.
    """

    keys = Keys("STATEMENTTARGETS#all", "{target_id}")
    noun = "target"

    target_id = UnicodeAttribute()
    label = UnicodeAttribute()
    url = UnicodeAttribute()
    secret = UnicodeAttribute()
    is_enabled = BooleanAttribute(default=True)
    failures = NumberAttribute(default=0)
    last_status = NumberAttribute(null=True)
    succeeded_at = Moment(null=True)
