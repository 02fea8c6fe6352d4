"""Reasons in the language of whoever asks."""

import re
from pathlib import Path

import pytest

from lyceum.messages import spoken
from lyceum.messages.catalogue import LANGUAGES, pattern
from tests.support.http import Client

ROOT = Path(__file__).parents[2]
_SAID = re.compile(r'say\(\s*"((?:reason|tutor|prediction|sign|level)\.[a-z_.]+)"')
_KEYS = sorted(
    {key for path in (ROOT / "functions").rglob("*.py") for key in _SAID.findall(path.read_text())}
    | {f"reason.course.{rule}" for rule in ("next", "taken_together", "department", "popular")}
    | {f"prediction.{name}" for name in ("days_away", "lessons_ahead", "mean_grade", "overdue", "weeks_in")}
    | {f"prediction.change.{name}" for name in ("days_away", "lessons_ahead", "mean_grade", "overdue")}
    | {f"level.{name}" for name in ("beginner", "intermediate", "advanced")}
)


@pytest.mark.parametrize("key", _KEYS)
def test_every_reason_has_words_of_its_own_in_each_language(key: str) -> None:
    said = {language: pattern(language, key) for language in LANGUAGES}
    assert len(set(said.values())) == len(LANGUAGES)
    places = {frozenset(re.findall(r"\{(\w+)\}", each)) for each in said.values()}
    assert len(places) == 1


@pytest.mark.parametrize(
    ("header", "language"),
    [("fr-FR,fr;q=0.9,en;q=0.8", "fr"), ("de, fr;q=0.5", "fr"), ("ha", None), ("", None), ("EN-gb", "en")],
)
def test_the_first_language_that_there_is_is_taken(header: str, language: str | None) -> None:
    assert spoken.accepted(header) == language


def test_outside_of_a_request_english_is_spoken() -> None:
    assert spoken.say("reason.takes", minutes=5) == "It takes about 5 minutes."


def test_a_learner_reads_why_in_their_language(client: Client) -> None:
    student = client.as_("student")
    path = f"/api/users/{student.user_id}/analytics/recommendations"
    reply = student.get(path, None, accept_language="fr-CI,fr;q=0.9")
    found = {each["rule"]: each["reason"] for each in reply.data["recommendations"]}
    assert found["begin"].startswith("On ne sait encore rien")
    english = {each["rule"]: each["reason"] for each in student.get(path).data["recommendations"]}
    assert english["begin"].startswith("Nothing is known")
