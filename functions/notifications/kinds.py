"""Every kind of notification: its words in each language and the channels that it takes by default."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "fr"]
Channel = Literal["email"]


@dataclass(frozen=True)
class Wording:
    """Title and body of a kind in one language; `{name}` stands for a value of the notification's data."""

    title: str
    body: str


@dataclass(frozen=True)
class Kind:
    """A kind of notification."""

    type: str
    words: Mapping[Language, Wording]
    channels: tuple[Channel, ...] = ()

    def say(self, language: str, data: Mapping[str, str]) -> Wording:
        """Return the words in a user's language, English when it is another one."""
        words = self.words["fr" if language == "fr" else "en"]
        return Wording(words.title.format_map(data), words.body.format_map(data))


EXAM_RESULT = Kind(
    "exam.result",
    {
        "en": Wording("Your exam is marked: {percent} %", "You reached {score} of {maxScore} marks. Every question is explained in the summary."),
        "fr": Wording(
            "Votre examen est corrigé : {percent} %", "Vous avez obtenu {score} points sur {maxScore}. Chaque question est expliquée dans le résumé."
        ),
    },
    channels=("email",),
)
EXAM_EXPIRING = Kind(
    "exam.expiring",
    {
        "en": Wording("Your exam ends soon", "Save your answers: the exam ends at {deadline} (UTC)."),
        "fr": Wording("Votre examen se termine bientôt", "Enregistrez vos réponses : l'examen se termine à {deadline} (UTC)."),
    },
)
QUESTION_APPROVED = Kind(
    "question.approved",
    {
        "en": Wording("Your question was approved", "It is in the bank now and students may meet it in exams."),
        "fr": Wording("Votre question a été approuvée", "Elle est désormais dans la banque et peut apparaître dans les examens."),
    },
)
