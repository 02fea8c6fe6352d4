"""Signs of cheating: reports of whole exams, and flags that people decide on."""

from typing import Any

from pynamodb.attributes import JSONAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment, PackedJSON


class IntegrityReport(Entity, discriminator="integrity_report"):
    """What the answers of all who sat an assessment say; made by a job, each time in the place of the one before.

    - `candidates`: a row for each candidate with indicators.
    - `pairs`: those whose answers agree too much.
    - `sat`: how many finished.
    - `is_judged`: whether they were enough to tell anything.
    """

    keys = Keys("INTEGRITY#{assessment_id}", "REPORT")
    noun = "report"

    assessment_id = UnicodeAttribute()
    as_of = Moment()
    sat = NumberAttribute(default=0)
    questions = NumberAttribute(default=0)
    is_judged = UnicodeAttribute(default="yes")
    candidates: Any = PackedJSON(default=list)
    pairs: Any = PackedJSON(default=list)
    detector = UnicodeAttribute()


class CheatFlag(Entity, discriminator="cheat_flag"):
    """A sign that somebody is to look at. States: waiting, upheld, dismissed, appealed.

    - `sign`: `similar_answers`, `fast_right` or `focus_loss`.
    - `people`: the ids of those concerned, under which it says nothing once their accounts are erased.
    - `score`: from 0 to 1000, by which those that wait are ordered.
    - `evidence`: what was seen, in numbers.
    - `detector`: which version of what saw it.
    - `history`: each decision with its reason, who and when; nothing of it is ever changed.
    """

    keys = Keys(
        "CHEATFLAG#{flag_id}",
        "FLAG",
        gsi1=Index("CHEATFLAGS#{state}", "{score:04d}#{flag_id}"),
        gsi2=Index("CHEATFLAGSOF#{assessment_id}", "{flag_id}"),
    )
    noun = "flag"

    flag_id = UnicodeAttribute()
    assessment_id = UnicodeAttribute()
    course_id = UnicodeAttribute(null=True)
    sign = UnicodeAttribute()
    state = UnicodeAttribute(default="waiting")
    score = NumberAttribute()
    people: ListAttribute[str] = ListAttribute(default=list)
    evidence: Any = JSONAttribute(default=dict)
    detector = UnicodeAttribute()
    history: Any = JSONAttribute(default=list)


class UpheldFlag(Entity, discriminator="upheld_flag"):
    """A flag as one of those concerned sees it, once it was upheld: to appeal against, with the words of the appeal."""

    keys = Keys("OWNFLAG#{user_id}", "{flag_id}")
    noun = "flag"

    user_id = UnicodeAttribute()
    flag_id = UnicodeAttribute()
    assessment_id = UnicodeAttribute()
    sign = UnicodeAttribute()
    reason = UnicodeAttribute()
    decided_at = Moment()
    appeal = UnicodeAttribute(null=True)
    appealed_at = Moment(null=True)


class FocusLoss(Entity, discriminator="focus_loss"):
    """How often a candidate left the window of a running session, and for how many seconds in all, as it reported."""

    keys = Keys("FOCUS#{exam_id}", "LOSSES")
    noun = "focus loss"

    exam_id = UnicodeAttribute()
    times = NumberAttribute(default=0)
    seconds = NumberAttribute(default=0)
