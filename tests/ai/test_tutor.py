"""The tutor, study guides, drafts of grades and of questions: what is said, what is refused, and what fails how."""

from typing import Any

import pytest

from lyceum.kit import clock as time
from lyceum.kit.configuration import known
from lyceum.kit.configuration.records import SettingValues
from lyceum.kit.table import find, write_many
from lyceum.model.ai.asking import ChatLine, GeneratedQuestion, StudyGuide
from lyceum.model.exams.sessions import ActiveSession
from tests.ai.conftest import PATH, School, ask, lesson, spent
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.workers import deliver

from functions.ai.tutor.grounding import Sentence, grounded
from functions.ai.tutor.retrieval import Passage, best
from functions.ai.tutor.safety import needs_a_person


def test_the_tutor_cites_the_course_and_remembers(school: School) -> None:
    lesson_id = lesson(school)
    reply = ask(school, "When are two sets equal?")
    said = reply.data
    assert said["kind"] == "answer"
    assert said["sentences"][0] == {"text": "A set is a collection of distinct members.", "sources": ["p1"]}
    assert said["sources"][0]["lessonId"] == lesson_id
    assert said["madeBy"]["promptVersion"] == 1
    again = ask(school, "And what is a union of sets?", chatId=said["chatId"]).data
    (chat,) = school.student.get(f"{PATH}/sessions").data
    assert (chat["turns"], chat["title"]) == (2, "When are two sets equal?")
    (whole,) = school.student.get(f"{PATH}/sessions", {"chatId": said["chatId"]}).data
    assert [line["lineId"] for line in whole["lines"]] == [said["lineId"], again["lineId"]]
    other = school.client.as_("eve", "student")
    assert other.get(f"{PATH}/sessions", {"chatId": said["chatId"]}).error.code == "NOT_FOUND"
    assert other.post(PATH, {"message": "Sets?", "chatId": said["chatId"]}).error.code == "NOT_FOUND"
    assert 0 < spent(school.student.user_id) < 3000


def test_what_is_not_in_the_course_is_said_to_be(school: School) -> None:
    lesson(school)
    nothing = ask(school, "Photosynthesis chlorophyll?").data
    assert (nothing["kind"], nothing["sentences"][0]["text"]) == ("not_in_course", "This is not in your course.")
    assert "madeBy" not in nothing
    invented = ask(school, "What are sets? [[uncited]]").data
    assert invented["kind"] == "not_in_course"
    assert ask(school, "Sets?", courseId="0" * 26).error.code == "NOT_ENROLLED"
    alone = school.client.as_("eve", "student").post(PATH, {"message": "What are sets?"})
    assert alone.error.fields == {"NO_COURSE"}


def test_there_is_no_help_while_an_exam_runs_nor_with_its_secrets(school: School) -> None:
    lesson(school)
    school.questions(3)
    student = school.student
    exam_id = school.story.start(student, school.topic_id, 2).data["examId"]
    assert ask(school, "What are sets?").error.code == "EXAM_RUNNING"
    guide = {"courseId": school.course_id}
    assert student.post("/api/ai/generate-study-guide", guide).error.code == "EXAM_RUNNING"
    student.post(f"/api/exams/{exam_id}/submit")
    assert ask(school, "What are sets?").status == 200


def test_a_question_that_an_exam_keeps_secret_is_not_helped_with(school: School, clock: Clock) -> None:
    lesson(school)
    names = school.questions(2)
    window = {"rules": {"window": {"opensAt": "2027-01-11T08:00:00", "closesAt": "2027-01-12T09:00:00"}}}
    quiz = {"courseId": school.course_id, "title": "Secret", "questionIds": names, "published": True, **window}
    made = school.teacher.post("/api/quizzes", quiz)
    assert made.status < 300, made.body
    quiz_id = made.data["assessmentId"]
    sat = school.student.post(f"/api/quizzes/{quiz_id}/start", {}).data
    stem = sat["questions"][0]["stem"]
    school.student.post(f"/api/exams/{sat['examId']}/submit")
    assert ask(school, f"{stem} I need sets").error.code == "QUESTION_SECRET"
    assert ask(school, "What are sets?").status == 200


def test_where_a_person_is_needed_no_model_is_asked(school: School) -> None:
    lesson(school)
    said = ask(school, "I want to die, and sets are stupid").data
    assert said["kind"] == "person"
    assert spent(school.student.user_id) == 0


@pytest.mark.parametrize(
    "words",
    ["i wanna die", "I dont want to live any more", "thinking about self-harm", "I will take my own life",
     "Je veux mourir", "j'ai envie de mourir", "je vais me tuer", "Nataka kujiua", "Ina so in kashe kaina",
     "my stepfather touches me at night", "mon oncle me frappe", "they would be better off: I am better off dead"],
)  # fmt: skip
def test_whoever_needs_a_person_is_heard(words: str) -> None:
    assert needs_a_person(words)


@pytest.mark.parametrize(
    "words",
    ["Which cells die first?", "Pourquoi les étoiles vont-elles mourir ?", "Who killed Julius Caesar?",
     "Why do plants want water to live?", "How does the heart beat?", "Which law ends slavery?"],
)  # fmt: skip
def test_questions_about_a_subject_are_no_cry_for_help(words: str) -> None:
    assert not needs_a_person(words)


@pytest.mark.parametrize(("marker", "code"), [("[[down]]", "MODEL_UNAVAILABLE"), ("[[nonsense]]", "MODEL_NONSENSE")])
def test_a_model_that_fails_leaves_nothing_behind(school: School, marker: str, code: str) -> None:
    lesson(school)
    reply = ask(school, f"What are sets? {marker}")
    assert (reply.status, reply.error.code) == (503, code)
    assert "Retry-After" in reply.headers
    assert find(ChatLine, user_id=school.student.user_id).items == []


def test_a_model_that_stays_down_is_left_alone_for_a_minute(school: School, clock: Clock) -> None:
    lesson(school)
    for _ in range(5):
        assert ask(school, "What are sets? [[down]]").error.code == "MODEL_UNAVAILABLE"
    assert spent(school.student.user_id) == 0
    assert ask(school, "What are sets?").error.code == "MODEL_UNAVAILABLE"
    clock.advance(minutes=1, seconds=1)
    assert ask(school, "What are sets?").status == 200
    assert ask(school, "What are sets?").status == 200


def test_a_budget_that_is_spent_is_spent_before_the_call(school: School) -> None:
    lesson(school)
    write_many([SettingValues(values={"ai_tokens_daily_user": 1700})])
    known.forget()
    replies = [ask(school, "What are sets?") for _ in range(9)]
    assert replies[0].status == 200
    assert replies[-1].error.code == "MODEL_BUDGET_SPENT"
    assert spent(school.student.user_id) <= 1700


def test_a_study_guide_has_sources_and_nothing_without(school: School) -> None:
    lesson(school)
    guide = school.student.post("/api/ai/generate-study-guide", {"courseId": school.course_id}).data
    (section,) = guide["sections"]
    assert [each["sources"] for each in section["sentences"]] == [["p1"]]
    assert len(find(StudyGuide, user_id=school.student.user_id).items) == 1
    focus = {"courseId": school.course_id, "focus": "photosynthesis"}
    assert school.student.post("/api/ai/generate-study-guide", focus).error.fields == {"NOTHING_TO_SAY"}
    stranger = school.client.as_("eve", "student")
    refused = stranger.post("/api/ai/generate-study-guide", {"courseId": school.course_id})
    assert refused.error.code == "NOT_ENROLLED"


def test_sentences_hold_where_they_share_words_with_what_they_cite() -> None:
    passages = [Passage("p1", "l", "c", "The union of two sets holds every member of either.")]
    said = [
        Sentence(text="A union holds each member.", sources=["p1", "p9"]),
        Sentence(text="Cheese is yellow.", sources=["p1"]),
        Sentence(text="No source."),
        Sentence(text="What do you think?"),
    ]
    assert [each.sources for each in grounded(said, passages)] == [["p1"], []]
    assert best(passages, "zebra", 6) == []


def generated(school: School, *bodies: str) -> list[dict[str, Any]]:
    for body in bodies:
        lesson(school, body)
    job = school.teacher.post("/api/ai/generate-questions", {"topicId": school.topic_id, "focus": "sets members"})
    assert job.status == 202, job.body
    assert deliver(school.client.cloud, school.client.tenant, only="ai") == 0
    done = school.teacher.get(f"/api/jobs/{job.data['jobId']}").data
    assert done["state"] == "done", done
    rows: list[dict[str, Any]] = school.teacher.get("/api/ai/generate-questions", {"courseId": school.course_id}).data
    return rows


def test_written_questions_wait_where_the_blind_solve_agrees_and_are_held_where_not(school: School) -> None:
    rows = generated(
        school,
        "Sets have members.",
        "Sets of members [[wrong-key]] are finite.",
        "Sets or members are equal [[ambiguous]].",
    )
    assert sorted(row["state"] for row in rows) == ["held", "held", "waiting"]
    assert {row["whyHeld"] for row in rows if row["state"] == "held"} == {
        "The blind solve chose another option.",
        "The blind solve found none or more than one option right.",
    }
    held = next(row for row in rows if row["state"] == "held")
    waiting = next(row for row in rows if row["state"] == "waiting")
    path = "/api/ai/generate-questions/{}/decide"
    yes = {"courseId": school.course_id, "decision": "approved"}
    assert school.teacher.post(path.format(held["draftId"]), yes).error.fields == {"QUESTION_HELD"}
    approved = school.teacher.post(path.format(waiting["draftId"]), yes).data
    found = school.teacher.get(f"/api/questions/{approved['questionId']}").data
    assert (found["status"], found["tags"]) == ("pending", ["generated"])
    assert school.teacher.post(path.format(waiting["draftId"]), yes).error.code == "QUESTION_DECIDED"
    colleague = school.client.as_("colleague", "instructor")
    assert colleague.post(path.format(held["draftId"]), yes).error.code == "FORBIDDEN"
    assert colleague.get("/api/ai/generate-questions", {"courseId": school.course_id}).error.code == "FORBIDDEN"
    no = {"courseId": school.course_id, "decision": "rejected"}
    assert school.teacher.post(path.format(held["draftId"]), no).data["state"] == "rejected"


def test_a_job_whose_model_is_down_says_so(school: School, client: Client) -> None:
    lesson(school, "Sets have members. [[down]]")
    job = school.teacher.post("/api/ai/generate-questions", {"topicId": school.topic_id, "focus": "sets"}).data
    deliver(client.cloud, client.tenant, only="ai")
    done = school.teacher.get(f"/api/jobs/{job['jobId']}").data
    assert (done["state"], done["error"]["code"]) == ("failed", "MODEL_UNAVAILABLE")
    assert find(GeneratedQuestion, course_id=school.course_id).items == []


def test_running_sessions_that_are_over_do_not_count(school: School) -> None:
    lesson(school)
    over = {"scope": "old", "exam_id": "e", "closes_at": time.now()}
    write_many([ActiveSession(user_id=school.student.user_id, **over)])
    assert ask(school, "What are sets?").status == 200
