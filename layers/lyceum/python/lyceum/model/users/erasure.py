"""Erasure: which deleted accounts are due, and the receipts of what was done."""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys, Moment


class PurgeDue(Entity, discriminator="purge_due"):
    """A deleted account that is erased at `purge_at`; `day` (UTC) is the bucket by which the job finds it."""

    keys = Keys("PURGE#{day}", "{user_id}")
    noun = "purge"

    day = UnicodeAttribute()
    user_id = UnicodeAttribute()
    purge_at = Moment()


class ErasureReceipt(Entity, discriminator="erasure_receipt"):
    """What an erasure did; the id stands for a person whom nothing names any more.

    - `state`: running or done.
    - `step`: how many of its steps are done, so that one that stopped goes on there.
    - `removed`: how many items went, by kind.
    - `emptied`: how many items stay without their texts, by kind.
    """

    keys = Keys("ERASURE#{user_id}", "RECEIPT")
    noun = "receipt"

    user_id = UnicodeAttribute()
    state = UnicodeAttribute(default="done")
    step = NumberAttribute(default=0)
    erased_at = Moment()
    removed: Any = JSONAttribute(default=dict)
    emptied: Any = JSONAttribute(default=dict)
