"""Bulk imports: the record of a job, and which texts the question bank holds already.

The rows of a job are not stored here but beside its file in the bucket, as JSON lines.
"""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class ImportJob(Entity, discriminator="import_job"):
    """A file of questions on its way into the bank.

    Attributes:
        state: waiting, uploaded, parsed, confirmed, running, completed or failed.
        format: csv, xlsx, gift, aiken, moodle_xml or qti.
        key: Where in the bucket the file is sent.
        defaults: What holds for every row that does not say otherwise.
        columns: Headers of a table by the field that they stand for.
        chosen_encoding: What the owner says that the text is written in.
        encoding: What it was read as.
        encoding_confidence: How sure that is, from 0 to 1.
        encoding_sample: Pieces of the text around characters beyond ASCII, for the owner to judge by.
        rows_prefix: Where in the bucket its rows are.
        header: The first row of a table.
        rows_total: Rows of the file.
        rows_ready: Rows that become questions.
        rows_duplicate: Rows whose text is in the file or in the bank already.
        rows_wrong: Rows that can not be taken.
        rows_done: The checkpoint: how many rows of the file, from the first on, have had their effect. It moves in the
            transaction that writes their questions.
        takes_duplicates: Whether rows with a known text become questions too.
        as_drafts: Whether the questions are drafts of their owner, who is no moderator.
        approves: Whether the questions enter the bank without waiting for a moderator.
        reason: Why it failed, for its owner.
        expires_at: Until when the file is awaited.
        ttl: Set only while a file is awaited.
    """

    keys = Keys(
        "IMPORT#{job_id}",
        "JOB",
        gsi1=Index("IMPORTS#all", "{job_id}"),
        gsi2=Index("IMPORTSOF#{owner_id}", "{job_id}", when={"as_drafts": True}),
    )
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
    chosen_encoding = UnicodeAttribute(null=True)
    encoding = UnicodeAttribute(null=True)
    encoding_confidence = NumberAttribute(null=True)
    encoding_sample = UnicodeAttribute(null=True)
    rows_prefix = UnicodeAttribute(null=True)
    header: Any = JSONAttribute(default=list)
    topic_ids: ListAttribute[str] = ListAttribute(default=list)
    rows_total = NumberAttribute(default=0)
    rows_ready = NumberAttribute(default=0)
    rows_duplicate = NumberAttribute(default=0)
    rows_wrong = NumberAttribute(default=0)
    rows_done = NumberAttribute(default=0)
    questions_written = NumberAttribute(default=0)
    takes_duplicates = BooleanAttribute(default=False)
    as_drafts = BooleanAttribute(default=False)
    approves = BooleanAttribute(default=False)
    reason = UnicodeAttribute(null=True)
    expires_at = Moment(null=True)
    confirmed_by = UnicodeAttribute(null=True)
    confirmed_at = Moment(null=True)
    finished_at = Moment(null=True)


class QuestionFingerprint(Entity, discriminator="question_fingerprint"):
    """A question that the bank holds, by the fingerprint of all that a candidate sees of it.

    It is written with imported questions and follows from events for others, for which it may be a moment behind.

    The question may have been edited or retired since, so a reader looks at the question itself before it believes it.
    """

    keys = Keys("FINGERPRINT#{fingerprint}", "FINGERPRINT")
    noun = "fingerprint"

    fingerprint = UnicodeAttribute()
    question_id = UnicodeAttribute()


class RosterClass(Entity, discriminator="roster_class"):
    """A class of a school's roster and the course that stands for it; administrators' imports know it again by it.

    - `sourced_id`: the school's id.
    - `title`: as the school had it last.
    """

    keys = Keys("ROSTERCLASS#{sourced_id}", "CLASS")
    noun = "class"

    sourced_id = UnicodeAttribute()
    course_id = UnicodeAttribute()
    title = UnicodeAttribute()


class RosterSource(Entity, discriminator="roster_source"):
    """A system of the school that is asked for its roster (OneRoster 1.1 and 1.2, REST). Administrators see it.

    - `url`: the address above `users` and `classes`.
    - `token_url`, `client_id`: where a token is asked for, as whom.
    - `secret`: of the client, sealed.
    - `synced_at`: up to when changes were taken over.
    """

    keys = Keys("ROSTERSOURCES#all", "{source_id}")
    noun = "roster source"

    source_id = UnicodeAttribute()
    label = UnicodeAttribute()
    url = UnicodeAttribute()
    token_url = UnicodeAttribute()
    client_id = UnicodeAttribute()
    secret = UnicodeAttribute()
    synced_at = Moment(null=True)
