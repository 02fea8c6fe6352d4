"""Questions that stand in the file or in the bank already, by their fingerprints."""

from collections.abc import Iterable

from lyceum.kit.table import batch_fetch
from lyceum.model.imports import QuestionFingerprint
from lyceum.model.questions.question import Question


class KnownFingerprints:
    """The fingerprints met so far: of the file those of every row, of the bank those that were asked for."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}

    def earlier_row(self, fingerprint: str, row: int) -> int | None:
        """Return the earlier row with this text, or remember this one."""
        first = self._rows.setdefault(fingerprint, row)
        return None if first == row else first

    @staticmethod
    def in_bank(fingerprints: Iterable[str]) -> dict[str, str]:
        """Return the id of the bank's question for each text that it holds.

        That is one storage request for a hundred texts and one more for the questions that it names. What it names may
        have been edited or retired since, so only a question that still has the text counts.
        """
        asked = [QuestionFingerprint.at(fingerprint=fingerprint) for fingerprint in dict.fromkeys(fingerprints)]
        ids = [
            each.question_id for each in batch_fetch(asked, consistent=True) if isinstance(each, QuestionFingerprint)
        ]
        questions = (
            batch_fetch([Question.at(question_id=question_id) for question_id in ids], consistent=True) if ids else []
        )
        return {
            each.fingerprint: each.question_id
            for each in questions
            if isinstance(each, Question) and each.status != "retired"
        }
