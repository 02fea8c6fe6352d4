"""Help questions: asked, offered to mentors in waves, answered, accepted, edited, closed and removed."""

from collections.abc import Callable
from typing import Any

import pytest

from lyceum.kit import ids
from lyceum.kit.table import Unit, find
from lyceum.model.audit import AuditEvent
from lyceum.model.community.questions import HelpQuestion, MentorOffer, PooledMentor, SubjectFigures, TextRevision
from lyceum.model.content.uploads import Upload
from lyceum.model.mentors import MentorFigures, MentorHours
from lyceum.model.users.account import User
from tests.community.conftest import Community
from tests.support.acting import within_rights
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.jobs import run
from tests.support.threads import at_once

from functions.community import jobs

QUESTIONS = "/api/qa/questions"
Ask = Callable[..., dict[str, Any]]


def answer(mentor: Client, question: dict[str, Any], text: str = "Take the root.") -> dict[str, Any]:
    reply = mentor.post(f"{QUESTIONS}/{question['questionId']}/answer", {"text": text})
    assert reply.status == 201, reply.body
    made: dict[str, Any] = reply.data
    return made


def queue_of(mentor: Client) -> list[str]:
    return [row["questionId"] for row in mentor.get("/api/qa/queue").data]


def wait(people: Community, clock: Clock, **time: float) -> None:
    """Let time pass, and the schedule and the workers do what is due."""
    clock.advance(**time)
    run(jobs, "widen_offers")
    people.settle()


def test_a_question_goes_to_a_mentor_who_answers_it(people: Community, ask: Ask, clock: Clock) -> None:
    asker, mentor = people.adult("ada"), people.mentor("mona", "Mathematics")
    with within_rights():
        question = ask(asker, urgency="high")
        people.settle()
        assert queue_of(mentor) == [question["questionId"]]
        clock.advance(minutes=7)
        made = answer(mentor, question, "Take the root. <script>alert(1)</script>")
        people.settle("")
    assert "script" not in made["text"]
    shown = asker.get(f"{QUESTIONS}/{question['questionId']}")
    assert shown.cost.requests == 2
    assert (shown.data["status"], shown.data["answerCount"]) == ("answered", 1)
    assert shown.data["mentorId"] == mentor.user_id
    assert shown.data["answers"][0]["author"] == {
        "userId": mentor.user_id,
        "name": "Mona Test",
        "isFormerMember": False,
    }
    assert queue_of(mentor) == []
    assert PooledMentor.require(mentor_id=mentor.user_id).open_offers == 0
    assert {"question.answered", "mentor.assigned"} <= set(people.notices(asker))
    assert {"question.offered", "mentor.student"} <= set(people.notices(mentor))


def test_subject_language_hours_and_load_say_whom_a_question_is_offered_to(people: Community, ask: Ask) -> None:
    fitting = people.mentor("mona", "Mathematics")
    away = people.mentor("max", "Mathematics")
    busy = people.mentor("mia", "Mathematics")
    french = people.mentor("margot", "Mathematics", language="fr")
    other = people.mentor("mark", "History")
    Unit().put(MentorHours(user_id=away.user_id, weekly={"0": [["14:00", "16:00"]]})).commit()
    row = PooledMentor.require(mentor_id=busy.user_id)
    Unit().change(row, PooledMentor.open_offers.set(20)).commit()
    question = ask(people.adult("ada"))
    people.settle()
    assert {mentor.user_id for mentor in (fitting, french)} == offered(question)
    assert not queue_of(other)


def offered(question: dict[str, Any]) -> set[str]:
    return {
        str(each.mentor_id)
        for pooled in find(PooledMentor).items
        for each in find(MentorOffer, mentor_id=pooled.mentor_id).items
        if each.question_id == question["questionId"]
    }


def test_offers_are_spread_fairly(people: Community, ask: Ask, clock: Clock) -> None:
    mentors = [people.mentor(f"m{number}", "Mathematics") for number in range(6)]
    for number in range(4):
        ask(people.adult(f"a{number}"), title=f"What is the sum of number {number}?")
        people.settle()
    assert [len(queue_of(mentor)) for mentor in mentors] == [2] * 6


def test_a_question_that_waits_is_offered_more_widely_and_escalated_in_the_end(
    people: Community, ask: Ask, clock: Clock
) -> None:
    asker, moderator = people.adult("ada"), people.person("moderator", "moderator")
    near = people.mentor("mona", "Mathematics")
    far = people.mentor("mark", "History")
    question = ask(asker, urgency="high")
    people.settle()
    assert offered(question) == {near.user_id}
    wait(people, clock, minutes=31)
    assert offered(question) == {near.user_id, far.user_id}
    run(jobs, "widen_offers")
    people.settle()
    assert HelpQuestion.require(question_id=question["questionId"]).mentor_id is None
    wait(people, clock, hours=1, minutes=30)
    assert HelpQuestion.require(question_id=question["questionId"]).mentor_id == near.user_id
    people.settle("notifications")
    assert "question.escalated" in people.notices(moderator)
    assert "mentor.student" in people.notices(near)
    wait(people, clock, days=2)
    assert offered(question) == {near.user_id, far.user_id}


def test_a_question_nobody_can_take_is_escalated_at_once(people: Community, ask: Ask) -> None:
    moderator = people.person("moderator", "moderator")
    ask(people.adult("ada"))
    people.settle()
    people.settle("notifications")
    assert people.notices(moderator) == ["question.escalated"]


def test_a_mentor_is_never_offered_their_own_question(people: Community, ask: Ask) -> None:
    mentor = people.mentor("mona", "Mathematics")
    question = ask(mentor)
    people.settle()
    assert offered(question) == set()
    own = mentor.post(f"{QUESTIONS}/{question['questionId']}/answer", {"text": "Mine."})
    assert own.error.fields == {"OWN_QUESTION"}


def test_the_queue_has_the_most_urgent_first(people: Community, ask: Ask) -> None:
    mentor = people.mentor("mona", "Mathematics")
    made = [
        ask(people.adult(f"a{number}"), title=f"How do I do {level} things?", urgency=level)["questionId"]
        for number, level in enumerate(("low", "high", "medium", "high"))
    ]
    people.settle()
    reply = mentor.get("/api/qa/queue", {"limit": 3})
    assert [row["questionId"] for row in reply.data] == [made[1], made[3], made[2]]
    assert reply.cost.requests == 2
    rest = mentor.get("/api/qa/queue", {"limit": 3, "cursor": reply.pagination["nextCursor"]})
    assert [row["questionId"] for row in rest.data] == [made[0]]
    assert people.adult("ada").get("/api/qa/queue").status == 403


def test_lists_are_filtered_and_paged(people: Community, ask: Ask) -> None:
    ada, eve = people.adult("ada"), people.adult("eve")
    first = ask(ada, "How do I add two numbers?", gradeLevel="SS1")
    second = ask(eve, "Why did the empire fall?", subject="History", urgency="low")
    third = ask(ada, "What is a prime number, then?", subject="  MATHÉMATICS ")

    def found(client: Client = ada, **query: Any) -> list[str]:
        return [row["questionId"] for row in client.get(QUESTIONS, query).data]

    names = [each["questionId"] for each in (first, second, third)]
    assert found() == names[::-1]
    assert found(subject="mathematics") == [names[2], names[0]]
    assert found(urgency="low") == [names[1]]
    assert found(gradeLevel="SS1") == [names[0]]
    assert found(mine="true") == [names[2], names[0]]
    assert found(status="closed") == []
    page = ada.get(QUESTIONS, {"limit": 2})
    assert page.cost.requests == 1
    rest = ada.get(QUESTIONS, {"limit": 2, "cursor": page.pagination["nextCursor"]})
    assert [row["questionId"] for row in (*page.data, *rest.data)] == names[::-1]


def test_similar_questions_are_offered_before_posting(people: Community, ask: Ask) -> None:
    ada = people.adult("ada")
    like = ask(ada, "How do I solve quadratic equations?")
    ask(ada, "When is a triangle a right one?")
    asked = {"subject": "Mathematics", "title": "Solving a quadratic equation: how?", "text": "x", "checkOnly": True}
    found = people.adult("eve").post(QUESTIONS, asked).data
    assert [row["questionId"] for row in found["similar"]] == [like["questionId"]]
    assert "question" not in found
    assert len(ada.get(QUESTIONS).data) == 2


def test_pictures_are_ready_uploads_of_ones_own(people: Community, ask: Ask, clock: Clock) -> None:
    ada, eve = people.adult("ada"), people.adult("eve")
    fields: dict[str, Any] = {
        "file_name": "x.png",
        "content_type": "image/png",
        "size_bytes": 1,
        "key": "k",
        "expires_at": clock.at,
    }
    name = ids.new_id()
    upload = Upload(upload_id=name, owner_id=ada.user_id, purpose="attachment", state="ready", **fields)
    Unit().put(upload).commit()
    assert ask(ada, imageIds=[name])["imageIds"] == [name]
    stolen = {"subject": "Mathematics", "title": "Look at this", "text": "x", "imageIds": [name]}
    assert eve.post(QUESTIONS, stolen).error.fields == {"UPLOAD_NOT_USABLE"}


def test_one_helpful_vote_a_user_and_never_ones_own(people: Community, ask: Ask) -> None:
    ada, eve, mentor = people.adult("ada"), people.adult("eve"), people.mentor("mona", "Mathematics")
    made = answer(mentor, ask(ada))
    people.settle()
    path = f"/api/qa/answers/{made['answerId']}/helpful"
    assert [ada.post(path).data["helpfulCount"] for _ in range(2)] == [1, 1]
    assert eve.post(f"/api/answers/{made['answerId']}/helpful").data["helpfulCount"] == 2
    assert mentor.post(path).error.fields == {"OWN_ANSWER"}
    people.settle()
    figures = MentorFigures.require(user_id=mentor.user_id)
    assert (figures.answers, figures.helpful, figures.first_answers) == (1, 2, 1)


def test_votes_at_once_are_all_counted(people: Community, ask: Ask) -> None:
    made = answer(people.mentor("mona", "Mathematics"), ask(people.adult("ada")))
    path = f"/api/qa/answers/{made['answerId']}/helpful"
    voters = [people.adult(f"v{number}") for number in range(4)]
    assert {reply.status for reply in at_once(*(lambda voter=voter: voter.post(path) for voter in voters * 2))} == {200}
    shown = people.adult("ada").get(f"{QUESTIONS}/{made['questionId']}").data
    assert shown["answers"][0]["helpfulCount"] == 4


def test_who_asked_accepts_one_answer_at_a_time(people: Community, ask: Ask, clock: Clock) -> None:
    ada, one, two = people.adult("ada"), people.mentor("mona", "Mathematics"), people.mentor("mia", "Mathematics")
    question = ask(ada)
    first = answer(one, question)
    clock.advance(minutes=1)
    second = answer(two, question, "Use the formula.")
    accept = "/api/qa/answers/{}/accept".format
    assert people.adult("eve").post(accept(first["answerId"])).status == 404
    assert ada.post(accept(first["answerId"])).data["isAccepted"]
    people.settle()
    assert ada.post(f"/api/answers/{second['answerId']}/accept").data["isAccepted"]
    shown = ada.get(f"{QUESTIONS}/{question['questionId']}").data
    assert shown["acceptedAnswerId"] == second["answerId"]
    assert [each["answerId"] for each in shown["answers"]] == [second["answerId"], first["answerId"]]
    people.settle()
    assert [MentorFigures.require(user_id=each.user_id).accepted for each in (one, two)] == [0, 1]


def test_edits_keep_history(people: Community, ask: Ask, clock: Clock) -> None:
    ada, mentor = people.adult("ada"), people.mentor("mona", "Mathematics")
    question = ask(ada)
    path = f"{QUESTIONS}/{question['questionId']}"
    made = answer(mentor, question)
    clock.advance(minutes=1)
    etag = ada.get(path).headers["ETag"]
    edited = ada.patch(path, {"title": "How do I solve that equation?"}, if_match=etag).data
    assert (edited["revision"], edited["title"]) == (2, "How do I solve that equation?")
    assert ada.patch(path, {"title": "Another title"}, if_match=etag).status == 412
    assert ada.get(path).data["history"][0]["title"] == question["title"]
    assert "history" not in mentor.get(path).data
    changed = mentor.patch(f"/api/qa/answers/{made['answerId']}", {"text": "Take both roots."}).data
    assert (changed["revision"], changed["text"]) == (2, "Take both roots.")
    assert ada.patch(f"/api/qa/answers/{made['answerId']}", {"text": "Mine now."}).status == 404
    (before,) = mentor.get(f"/api/qa/answers/{made['answerId']}/history").data["history"]
    assert (before["revision"], before["text"]) == (1, made["text"])
    assert people.person("mo", "moderator").get(f"/api/qa/answers/{made['answerId']}/history").status == 200
    assert ada.get(f"/api/qa/answers/{made['answerId']}/history").status == 404
    kept = find(TextRevision, question_id=question["questionId"], item_id=made["answerId"]).items
    assert [each.fields["text"] for each in kept] == ["Take the root."]


def test_a_closed_question_takes_no_answer_until_it_is_opened_again(people: Community, ask: Ask) -> None:
    ada, mentor = people.adult("ada"), people.mentor("mona", "Mathematics")
    question = ask(ada)
    people.settle()
    path = f"{QUESTIONS}/{question['questionId']}"
    assert ada.patch(path, {"status": "closed"}).data["status"] == "closed"
    people.settle()
    assert queue_of(mentor) == []
    assert mentor.post(f"{path}/answer", {"text": "Too late."}).error.code == "QUESTION_CLOSED"
    assert ada.patch(path, {"status": "open"}).data["status"] == "open"
    people.settle()
    assert queue_of(mentor) == [question["questionId"]]


def test_a_question_goes_with_its_answers(people: Community, ask: Ask) -> None:
    ada, mentor = people.adult("ada"), people.mentor("mona", "Mathematics")
    question = ask(ada)
    people.settle()
    answer(mentor, question)
    path = f"{QUESTIONS}/{question['questionId']}"
    assert mentor.delete(path).status == 404
    assert ada.delete(path).status == 200
    people.settle()
    assert ada.get(path).status == 404
    assert ada.get(QUESTIONS, {"mine": "true"}).data == []
    left = {item["kind"]["S"] for item in people.cloud.items(people.tenant)}
    assert {"help_question", "help_answer", "help_routing", "mentor_offer"} & left == set()


def test_answers_have_other_names_too(people: Community, ask: Ask) -> None:
    mentor, question = people.mentor("mona", "Mathematics"), ask(people.adult("ada"))
    name = question["questionId"]
    assert mentor.post(f"/api/questions/{name}/answer", {"text": "One."}).status == 201
    assert mentor.post("/api/answers", {"questionId": name, "text": "Two."}).status == 201
    assert people.adult("ada").get(f"{QUESTIONS}/{name}").data["answerCount"] == 2
    assert people.adult("eve").post("/api/answers", {"questionId": name, "text": "Three."}).status == 403


def test_first_answers_at_once_assign_one_mentor(people: Community, ask: Ask) -> None:
    question = ask(people.adult("ada"))
    mentors = [people.mentor(f"m{number}", "Mathematics") for number in range(3)]
    at_once(*(lambda mentor=mentor: answer(mentor, question, f"By {mentor.user_id}") for mentor in mentors))
    shown = people.adult("ada").get(f"{QUESTIONS}/{question['questionId']}").data
    assert shown["answerCount"] == 3
    people.settle()
    assert SubjectFigures.require(subject_key="mathematics").answered == 1


def test_answer_times_are_told_once_there_are_enough(people: Community, ask: Ask, clock: Clock) -> None:
    mentor = people.mentor("mona", "Mathematics")
    for number in range(5):
        question = ask(people.adult(f"a{number}"), title=f"What is number {number} of the row?")
        clock.advance(minutes=10 if number < 3 else 200)
        answer(mentor, question, f"It is {number}.")
    people.settle()
    body = {"subject": "Mathematics", "title": "What is the next number?", "text": "x", "checkOnly": True}
    assert people.adult("eve").post(QUESTIONS, body).data["typicalAnswerMinutes"] == 15


def test_the_pool_follows_the_accounts(people: Community) -> None:
    mentor = people.person("mona", "mentor", profile={"expertise": ["Físics", "Chemistry"]})
    with within_rights():
        run(jobs, "refresh_pool")
    assert list(PooledMentor.require(mentor_id=mentor.user_id).subjects) == ["chemistry", "fisics"]
    assert mentor.patch(f"/api/users/{mentor.user_id}", {"profile": {"expertise": ["History"]}}).status == 200
    people.settle()
    assert list(PooledMentor.require(mentor_id=mentor.user_id).subjects) == ["history"]
    user = User.require(user_id=mentor.user_id, consistent=True)
    user.is_verified = False
    Unit().replace(user).commit()
    run(jobs, "refresh_pool")
    assert PooledMentor.fetch(mentor_id=mentor.user_id) is None


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("See " + " ".join(f"https://example.com/{number}" for number in range(3)), "MANY_LINKS"),
        ("Write to me at ada@example.com and I will tell you.", "CONTACT_DETAILS"),
        ("WHY DOES NOBODY HELP ME WITH THIS " * 5, "SHOUTING"),
        ("You are an IDIÒT.", "WORDS_ABUSE"),
        ("Tu es un abruti.", "WORDS_ABUSE"),
    ],
)
def test_what_the_filter_holds_is_shown_to_its_author_alone_and_says_why(
    people: Community, ask: Ask, text: str, rule: str
) -> None:
    ada, mentor = people.adult("ada"), people.mentor("mona", "Mathematics")
    question = ask(ada, text=text)
    people.settle()
    assert [each["rule"] for each in question["heldFor"]] == [rule]
    path = f"{QUESTIONS}/{question['questionId']}"
    assert (ada.get(path).status, mentor.get(path).status) == (200, 404)
    assert people.person("moderator", "moderator").get(path).status == 200
    assert mentor.post(f"{path}/answer", {"text": "No."}).status == 404
    assert queue_of(mentor) == [] and mentor.get(QUESTIONS).data == []


def test_what_the_filter_refuses_says_why(people: Community, ask: Ask, clock: Clock) -> None:
    ada = people.adult("ada")
    body = {"subject": "Mathematics", "title": "The same thing", "text": "Word for word as it was before."}
    assert ada.post(QUESTIONS, body).status == 201
    assert ada.post(QUESTIONS, body).error.fields == {"REPEATED_TEXT"}
    links = {**body, "text": " ".join(f"https://example.com/{number}" for number in range(9))}
    assert ada.post(QUESTIONS, links).error.fields == {"TOO_MANY_LINKS"}
    for number in range(11):
        ask(ada, title=f"Is {number} a prime number?")
    assert ada.post(QUESTIONS, {**body, "text": "Again."}).error.fields == {"WRITING_TOO_FAST"}
    clock.advance(minutes=11)
    assert ada.post(QUESTIONS, {**body, "text": "Again."}).status == 201


def test_a_mentors_profile_shows_what_came_of_their_help(people: Community, ask: Ask) -> None:
    ada, mentor = people.adult("ada"), people.mentor("mona", "Mathematics")
    made = answer(mentor, ask(ada))
    people.settle()
    ada.post(f"/api/qa/answers/{made['answerId']}/helpful")
    people.settle()
    with within_rights():
        profile = ada.get(f"/api/users/{mentor.user_id}").data["profile"]
    assert (profile["totalAnswers"], profile["helpfulCount"], profile["acceptedAnswers"]) == (1, 1, 0)


def test_what_a_moderator_does_to_anothers_question_is_audited(people: Community, ask: Ask) -> None:
    ada, moderator = people.adult("ada"), people.person("moderator", "moderator")
    question_id = ask(ada)["questionId"]
    path = f"{QUESTIONS}/{question_id}"
    with within_rights():
        assert moderator.patch(path, {"title": "A better title"}).status == 200
        assert ada.patch(path, {"title": "My own title"}).status == 200
        assert moderator.delete(path).status == 200
    acts = [each.action for each in find(AuditEvent, subject_id=question_id).items]
    assert sorted(acts) == ["help_question.edit", "help_question.remove"]


def test_the_nightly_look_puts_counts_of_waiting_questions_right(people: Community, ask: Ask) -> None:
    mentor = people.mentor("mona", "Mathematics")
    ask(people.adult("ada"))
    people.settle()
    row = PooledMentor.require(mentor_id=mentor.user_id)
    Unit().change(row, PooledMentor.open_offers.set(7)).commit()
    with within_rights():
        run(jobs, "refresh_pool")
    assert PooledMentor.require(mentor_id=mentor.user_id).open_offers == 1
