"""What became of questions and of their imports."""

from lyceum.events.imports import ImportCompleted, ImportFailed
from lyceum.events.questions import QuestionApproved, QuestionRejected
from lyceum.kit.table import Unit

from functions.notifications import kinds
from functions.notifications.inbox import subjects
from functions.notifications.inbox.inbox_writer import notify


def tell_author(event: QuestionApproved, unit: Unit) -> None:
    """Tell an author that a question was approved; of an import's questions its end tells, once for all of them."""
    if event.import_id is None:
        notify(
            kinds.QUESTION_APPROVED,
            event,
            event.author_id,
            {"questionId": event.question_id},
            unit,
            about=event.question_id,
            topic=subjects.of_topics([event.topic_id]),
        )


def tell_reason(event: QuestionRejected, unit: Unit) -> None:
    """Tell an author why a question was sent back."""
    notify(
        kinds.QUESTION_REJECTED,
        event,
        event.author_id,
        {"questionId": event.question_id},
        unit,
        about=event.question_id,
        topic=subjects.of_topics([event.topic_id]),
        reason=event.reason,
    )


def tell_importer(event: ImportCompleted, unit: Unit) -> None:
    """Tell whoever confirmed an import that its questions are in."""
    counts = {
        "questionsWritten": str(event.questions_written),
        "rowsWrong": str(event.rows_wrong),
        "rowsDuplicate": str(event.rows_duplicate),
    }
    notify(
        kinds.IMPORT_COMPLETED,
        event,
        event.owner_id,
        {"jobId": event.job_id, "fileName": event.file_name, **counts},
        unit,
        about=event.job_id,
        questionsWritten=event.questions_written,
        rowsWrong=event.rows_wrong,
    )


def tell_of_failed_import(event: ImportFailed, unit: Unit) -> None:
    """Tell whoever waits for an import why it failed."""
    notify(
        kinds.IMPORT_FAILED,
        event,
        event.owner_id,
        {"jobId": event.job_id, "fileName": event.file_name, "reason": event.reason},
        unit,
    )
