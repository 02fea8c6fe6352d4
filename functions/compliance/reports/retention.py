"""How long what is kept, and who works on it: the record of processing (GDPR, articles 13 and 30) as data."""

from typing import NamedTuple


class Rule(NamedTuple):
    """What is kept for how long, and by what it goes."""

    what: str
    kept_for: str
    removed_by: str


class SubProcessor(NamedTuple):
    """Who works on personal data on the organisation's behalf, for what, and where."""

    name: str
    purpose: str
    location: str


RETENTION: tuple[Rule, ...] = (
    Rule("Accounts that were deleted", "30 days, longer under a legal hold", "the job of users"),
    Rule("Copies of personal data", "7 days", "the bucket's lifecycle, a day later"),
    Rule("Notifications", "90 days", "the table's expiry"),
    Rule("Sign-in sessions", "until they end, at most 90 days", "the table's expiry"),
    Rule("Files in quarantine or removed from the library", "30 days", "the bucket's lifecycle"),
    Rule("Files that were imported", "90 days", "the bucket's lifecycle"),
    Rule("Exported files", "30 days", "the bucket's lifecycle"),
    Rule(
        "Results, grades, statistics", "as long as the organisation's account; by id alone after an erasure", "erasure"
    ),
    Rule("Audit events", "as long as the organisation's account; without details after an erasure", "erasure"),
    Rule("Signed roots of audited days", "10 years", "object lock"),
    Rule("Backups of the table", "35 days", "point-in-time recovery"),
)
SUB_PROCESSORS: tuple[SubProcessor, ...] = (
    SubProcessor("Amazon Web Services", "hosting: computing, storage, keys, logs", "the region of the deployment"),
    SubProcessor("Amazon Web Services (SES, SNS)", "mail, text messages and pushes", "the region of the deployment"),
)
