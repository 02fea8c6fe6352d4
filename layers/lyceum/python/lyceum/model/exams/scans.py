"""Answer sheets that came back on paper: each page that was read, and what the pages of a candidate make together."""

from typing import Any

from pynamodb.attributes import JSONAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment, PackedJSON


class ScannedPage(Entity, discriminator="scanned_page"):
    """A page of a file as it was read. States: waiting, doubtful, scored, duplicate, discarded; gone after 30 days.

    - `place`: of the page in its file, from 1. `page`: of the sheet, as its code says.
    - `reasons`: why a person has to look at it.
    - `number`: the candidate's number as it was marked, `?` for a digit that is not clear.
    - `user_id`: the candidate.
    - `answers`: by question the names that count as marked. `doubts`: the questions that a person has to rule on.
    - `several`: the questions that may have more than one answer.
    - `marks`: by question and name whether a place is marked, and how sure that is.
    - `picture`: where the page stands as it was straightened.
    - `twin_id`: the page that says the same, or something else, for the same candidate.
    """

    keys = Keys(
        "SCANS#{paper_id}",
        "{scan_id}",
        gsi1=Index("SCANDOUBTS#{paper_id}", "{scan_id}", when={"state": "doubtful"}),
    )
    noun = "scanned page"

    paper_id = UnicodeAttribute()
    scan_id = UnicodeAttribute()
    state = UnicodeAttribute()
    upload_id = UnicodeAttribute()
    place = NumberAttribute()
    reasons: ListAttribute[str] = ListAttribute(default=list)
    form = UnicodeAttribute(null=True)
    page = NumberAttribute(null=True)
    number = UnicodeAttribute(null=True)
    user_id = UnicodeAttribute(null=True)
    answers: Any = PackedJSON(default=dict)
    doubts: ListAttribute[str] = ListAttribute(default=list)
    several: ListAttribute[str] = ListAttribute(default=list)
    marks: Any = PackedJSON(default=dict)
    picture = UnicodeAttribute(null=True)
    twin_id = UnicodeAttribute(null=True)
    exam_id = UnicodeAttribute(null=True)
    ruled_by = UnicodeAttribute(null=True)
    ruled_at = Moment(null=True)


class ScannedSheet(Entity, discriminator="scanned_sheet"):
    """The pages of one candidate's answer sheet; it is scored once, as a session whose id is fixed from the start.

    - `pages`: by the number of the page, the scanned page that counts.
    - `state`: collecting, scored.
    """

    keys = Keys("SCANNED#{paper_id}", "{user_id}")
    noun = "scanned sheet"

    paper_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    form = UnicodeAttribute()
    pages: Any = JSONAttribute(default=dict)
    state = UnicodeAttribute(default="collecting")
    exam_id = UnicodeAttribute()
