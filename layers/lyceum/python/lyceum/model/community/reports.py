"""Reports of what people wrote or did: for who reported, and for moderators; urgent ones have a queue of their own."""

from typing import Any

from pynamodb.attributes import JSONAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class Report(Entity, discriminator="report"):
    """A report of one thing by one person.

    - `item_type`, `item_id`, `within`: what is reported; `within` names the conversation, group or discussion of it.
    - `type`: why.
    - `queue`: `general`, or `safeguarding` for what may be about somebody's safety.
    - `status`: pending, investigating, resolved or dismissed.
    - `phase`: open or closed, which orders the queues.
    - `rank`: 9999 less the priority, so that the most urgent come first.
    - `excerpt`: how the thing read when it was reported.
    - `evidence_ids`: uploads of the reporter.
    - `author_id`: whose the thing is; they may appeal.
    - `decided_by`: who decided last, and so not the appeal.
    - `history`: every change of status with who, when and why; for moderators.
    - `found`: of a report that a language model made: `toxicity`, `sentiment`, `quote` and `made_by`.
    - `appeal`: text, time, state (`open`, `granted` or `refused`) of the author's one appeal.

    Erasure of the reporter or the author takes their id and their words away; the decision stays as a record.
    """

    keys = Keys(
        "COMMUNITYREPORT#{report_id}",
        "REPORT",
        gsi1=Index("REPORTS#{queue}#{phase}", "{rank:04d}#{report_id}"),
        gsi2=Index("REPORTSBY#{reporter_id}", "{report_id}"),
    )
    noun = "report"

    report_id = UnicodeAttribute()
    reporter_id = UnicodeAttribute(null=True)
    author_id = UnicodeAttribute(null=True)
    item_type = UnicodeAttribute()
    item_id = UnicodeAttribute()
    within = UnicodeAttribute(null=True)
    type = UnicodeAttribute()
    text = UnicodeAttribute(null=True)
    excerpt = UnicodeAttribute(null=True)
    evidence_ids: ListAttribute[str] = ListAttribute(default=list)
    queue = UnicodeAttribute(default="general")
    status = UnicodeAttribute(default="pending")
    phase = UnicodeAttribute(default="open")
    rank = NumberAttribute(default=9999)
    assigned_to = UnicodeAttribute(null=True)
    resolution = UnicodeAttribute(null=True)
    action = UnicodeAttribute(null=True)
    decided_by = UnicodeAttribute(null=True)
    decided_at = Moment(null=True)
    history: Any = JSONAttribute(default=list)
    found: Any = JSONAttribute(null=True)
    appeal: Any = JSONAttribute(null=True)


class OpenReport(Entity, discriminator="open_report"):
    """A report of a thing is open: one for each who reported it, which keeps a second one by the same person out."""

    keys = Keys("OPENREPORTS#{item_key}", "{reporter_id}")
    noun = "report"

    item_key = UnicodeAttribute()
    reporter_id = UnicodeAttribute()
    report_id = UnicodeAttribute()
