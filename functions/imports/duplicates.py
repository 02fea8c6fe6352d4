"""Texts that stand in the file or in the bank already, by their fingerprints."""

from collections.abc import Iterable

from lyceum.kit.table import batch_fetch
from lyceum.model.imports import QuestionFingerprint
from lyceum.model.questions.question import Question


class KnownFingerprints:
    """The fingerprints met so far: of the file those of every row, of the bank those that were asked for."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}

    def row_of(self, fingerprint: str, row: int) -> int | None:
        """Return the earlier row with this text, or remember this one."""
        first = self._rows.setdefault(fingerprint, row)
        return None if first == row else first

    @staticmethod
    def in_bank(fingerprints: Iterable[str]) -> dict[str, str]:
        """Return the bank's question for each text that it holds: one storage request for a hundred, one more for what it found.

        A print may be of a text that was edited away or of a question that is retired; those are not believed.
        """
        prints = batch_fetch(
            [QuestionFingerprint.at(fingerprint=fingerprint) for fingerprint in dict.fromkeys(fingerprints)]
        )
        names = [each.question_id for each in prints if isinstance(each, QuestionFingerprint)]
        questions = batch_fetch([Question.at(question_id=name) for name in names]) if names else []
        return {
            each.fingerprint: each.question_id
            for each in questions
            if isinstance(each, Question) and each.status != "retired"
        }
