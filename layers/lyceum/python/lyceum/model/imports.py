"""Bulk imports: the record of a job, and which texts the question bank holds already.

The rows of a job are not stored here but beside its file in the bucket, as JSON lines.
"""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class ImportJob(Entity, discriminator="import_job"):
    """A file of questions on its way into the bank.

    States: waiting, uploaded, parsed, confirmed, running, completed, failed. `rows_done` is the checkpoint: how many rows
    of the file, from the first on, have had their effect; it moves in the transaction that writes their questions.
    `rows_place` is where in the bucket its rows are. `ttl` is set only while a file is awaited.
    """

    keys = Keys("IMPORT#{job_id}", "JOB", gsi1=Index("IMPORTS#all", "{job_id}"))
    noun = "import"

    job_id = UnicodeAttribute()
    owner_id = UnicodeAttribute()
    state = UnicodeAttribute()
    format = UnicodeAttribute()
    file_name = UnicodeAttribute()
    size_bytes = NumberAttribute()
    key = UnicodeAttribute()
    defaults: Any = JSONAttribute(default=dict)
    columns: Any = JSONAttribute(default=dict)
    rows_place = UnicodeAttribute(null=True)
    header: Any = JSONAttribute(default=list)
    topic_ids: ListAttribute[str] = ListAttribute(default=list)
    rows_total = NumberAttribute(default=0)
    rows_ready = NumberAttribute(default=0)
    rows_duplicate = NumberAttribute(default=0)
    rows_wrong = NumberAttribute(default=0)
    rows_done = NumberAttribute(default=0)
    questions_written = NumberAttribute(default=0)
    takes_duplicates = BooleanAttribute(default=False)
    approves = BooleanAttribute(default=False)
    reason = UnicodeAttribute(null=True)
    expires_at = Moment(null=True)
    confirmed_by = UnicodeAttribute(null=True)
    confirmed_at = Moment(null=True)
    finished_at = Moment(null=True)


class QuestionFingerprint(Entity, discriminator="question_print"):
    """A text that the bank holds, by the fingerprint of its stem; follows from the stream and may be a moment behind.

    The question may have been edited or retired since, so a reader looks at the question itself before it believes a print.
    """

    keys = Keys("PRINT#{fingerprint}", "PRINT")
    noun = "print"

    fingerprint = UnicodeAttribute()
    question_id = UnicodeAttribute()
