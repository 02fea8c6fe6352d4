"""Signs of cheating: what finds them on simulated exams, and what people make of them."""

from functools import partial
from typing import Any

import pytest

from lyceum.kit import clock, ids
from lyceum.kit.table import find, write_many
from lyceum.model.ai.integrity import CheatFlag, UpheldFlag
from lyceum.model.audit import AuditEvent
from lyceum.model.exams.assessments import Assessment, AssessmentAttempt
from lyceum.model.exams.marks import ExamMarks
from tests.ai.conftest import School
from tests.ai.simulated_exams import exam
from tests.support.http import Client
from tests.support.threads import at_once
from tests.support.workers import deliver

from functions.ai.integrity import timing
from functions.ai.integrity.similarity import Paper, bar_of, pairs

REASON = "Both sat apart, and the seating plan bears it out."


def test_planted_copying_is_found_and_innocent_pairs_are_not() -> None:
    planted = found = innocent = 0
    for seed in range(4):
        made = exam(100 + seed, candidates=120, questions=100, copiers=5)
        flagged = {frozenset((pair.source, pair.other)) for pair in pairs(made.papers)}
        planted += len(made.planted)
        found += len(flagged & made.planted)
        innocent += len(flagged - made.planted)
    assert found >= 0.85 * planted
    assert innocent <= 1


def test_a_flagged_pair_tells_what_was_seen() -> None:
    made = exam(3, candidates=80, questions=60, copiers=1, least_share=0.9, most_share=0.95)
    (pair,) = pairs(made.papers)
    assert pair.evidence > pair.bar > 0
    assert len(pair.agreed) > pair.expected + 10
    assert set(pair.same_wrong) <= set(pair.agreed)


def test_small_exams_are_not_judged_and_blanks_agree_with_nobody() -> None:
    made = exam(3, candidates=19, questions=60, copiers=1)
    assert pairs(made.papers) == []
    assert pairs(exam(3, candidates=40, questions=14, copiers=1).papers) == []
    blank = [Paper(f"b{place}", {}, frozenset()) for place in range(20)]
    assert all(pair.source[0] != "b" for pair in pairs([*exam(5, candidates=60, copiers=0).papers, *blank]))


def test_the_bar_rises_with_the_tail_of_what_pairs_show() -> None:
    calm = [5 - place / 500 for place in range(3000)]
    wild = [2 * each for each in calm]
    assert bar_of(wild) > bar_of(calm) > calm[2]
    assert bar_of([1.0] * 100) == pytest.approx(7.6, abs=0.1)


def test_rapid_guesses_and_fast_right_answers() -> None:
    names = [f"q{number}" for number in range(30)]
    usual = {f"s{who}": {name: 40.0 + who + place for place, name in enumerate(names)} for who in range(20)}
    usual["guesser"] = {name: 2.0 if place % 2 else 45.0 for place, name in enumerate(names)}
    usual["knower"] = {name: 6.5 if place < 10 else 60.0 for place, name in enumerate(names)}
    judged = {each.candidate: each for each in timing.timings(usual, {"knower": frozenset(names)})}
    assert judged["guesser"].rapid_share == 0.5
    assert [each.candidate for each in timing.rapid_guessers(list(judged.values()))] == ["guesser"]
    assert judged["knower"].z > 4
    assert all(each.z < 4 for who, each in judged.items() if who != "knower")
    assert timing.timings({"one": {"q": 1.0}}, {}) == []


@pytest.fixture
def sat(school: School) -> str:
    """Return an assessment that many sat, two of whom answered alike."""
    assessment_id = ids.new_id()
    made = exam(4, candidates=40, questions=50, copiers=1, least_share=0.95, most_share=0.96)
    write_many(
        [
            Assessment(
                assessment_id=assessment_id,
                mode="practice_test",
                state="published",
                title="Mock",
                owner_id=school.teacher.user_id,
                question_count=50,
                max_score="50",
                policy={},
                created_at=clock.now(),
            )
        ]
    )
    for paper in made.papers:
        exam_id, user_id = ids.new_id(), paper.candidate
        rows = [
            {
                "question_id": name,
                "response": {"option_ids": [option]},
                "outcome": "right" if name in paper.right else "wrong",
                "time_spent_seconds": 30,
            }
            for name, option in paper.answers.items()
        ]
        attempt = {"assessment_id": assessment_id, "state": "finished", "started_at": clock.now()}
        write_many(
            [
                AssessmentAttempt(exam_id=exam_id, user_id=user_id, **attempt),
                ExamMarks(exam_id=exam_id, user_id=user_id, keys_hash="k", marks=rows),
            ]
        )
    return assessment_id


def detect(client: Client, teacher: Client, assessment_id: str) -> dict[str, Any]:
    job = teacher.post("/api/ai/detect-cheating", {"assessmentId": assessment_id})
    assert job.status == 202
    assert deliver(client.cloud, client.tenant, only="ai") == 0
    done: dict[str, Any] = teacher.get(f"/api/jobs/{job.data['jobId']}").data
    assert done["state"] == "done", done
    return done


def test_an_exam_is_looked_through_and_flags_wait(client: Client, school: School, sat: str) -> None:
    done = detect(client, school.teacher, sat)
    assert done["done"] == 40
    report = school.teacher.get(done["result"]).data
    assert (report["sat"], report["questions"], report["isJudged"]) == (40, 50, True)
    (pair,) = report["pairs"]
    assert pair["agreed"] > pair["expected"]
    assert report["candidates"][0]["signs"] == ["similar_answers"]
    (flag,) = school.moderator.get("/api/admin/cheating-detection").data
    assert set(flag["people"]) == {pair["userId"], pair["otherId"]}
    detect(client, school.teacher, sat)
    assert len(school.moderator.get("/api/admin/cheating-detection").data) == 1
    other = client.as_("colleague", "instructor")
    assert other.post("/api/ai/detect-cheating", {"assessmentId": sat}).error.code == "NOT_FOUND"
    assert other.get(done["result"]).error.code == "NOT_FOUND"
    assert school.teacher.get("/api/admin/cheating-detection").error.code == "FORBIDDEN"


def flagged(client: Client, *people: Client) -> str:
    flag = CheatFlag(
        flag_id=ids.new_id(),
        assessment_id=ids.new_id(),
        sign="similar_answers",
        score=800,
        people=[each.user_id for each in people],
        detector="similarity-1",
        created_at=clock.now(),
    )
    write_many([flag])
    return str(flag.flag_id)


def decide(moderator: Client, flag_id: str, decision: str) -> Any:
    path = f"/api/admin/cheating-detection/review/{flag_id}"
    return moderator.post(path, {"decision": decision, "reason": REASON})


def test_a_flag_is_decided_once_appealed_and_decided_by_somebody_else(client: Client, school: School) -> None:
    student, flag_id = client.as_("student"), ""
    flag_id = flagged(client, student, client.as_("eve", "student"))
    assert student.get("/api/ai/cheating-flags").data == {"flags": []}
    reply = decide(school.moderator, flag_id, "upheld")
    assert reply.data["state"] == "upheld"
    assert reply.cost.operations == ["UpdateItem", "GetItem", "TransactWriteItems"]  # the first one counts the calls
    assert decide(school.moderator, flag_id, "dismissed").error.code == "FLAG_DECIDED"
    (mine,) = student.get("/api/ai/cheating-flags").data["flags"]
    assert mine["reason"] == REASON
    words = {"reason": "We learnt together from one book."}
    assert student.post(f"/api/ai/cheating-flags/{flag_id}/appeal", words).data["appeal"] == words["reason"]
    assert student.post(f"/api/ai/cheating-flags/{flag_id}/appeal", words).error.code == "APPEALED_ALREADY"
    assert client.as_("ben", "student").post(f"/api/ai/cheating-flags/{flag_id}/appeal", words).status == 404
    assert decide(school.moderator, flag_id, "dismissed").error.code == "OWN_DECISION"
    decided = decide(client.as_("second", "moderator"), flag_id, "dismissed").data
    assert [step["state"] for step in decided["history"]] == ["upheld", "dismissed"]
    assert find(UpheldFlag, user_id=student.user_id).items == []
    audited = [each.action for each in find(AuditEvent, subject_id=flag_id).items]
    assert audited == ["integrity.flag_decided"] * 2


def test_nobody_decides_about_themselves_and_two_at_once_decide_once(client: Client, school: School) -> None:
    flag_id = flagged(client, school.moderator)
    assert decide(school.moderator, flag_id, "dismissed").error.code == "OWN_FLAG"
    others = [client.as_(f"moderator{number}", "moderator") for number in range(2)]
    replies = at_once(*(partial(decide, each, flag_id, "dismissed") for each in others))
    assert sorted(each.status for each in replies) == [200, 409]


def test_focus_losses_count_while_a_session_runs(client: Client, school: School) -> None:
    school.questions(2)
    student = school.story.fresh_student()
    exam_id = school.story.start(student, school.topic_id, 2).data["examId"]
    body = {"examId": exam_id, "seconds": 20}
    student.post("/api/ai/focus-loss", body)
    reply = student.post("/api/ai/focus-loss", body)
    assert reply.data == {"examId": exam_id, "times": 2, "seconds": 40}
    assert len(reply.cost.operations) == 3
    assert client.as_("eve", "student").post("/api/ai/focus-loss", body).error.code == "NOT_FOUND"
    student.post(f"/api/exams/{exam_id}/submit")
    assert student.post("/api/ai/focus-loss", body).error.code == "SESSION_FINISHED"
