"""A quarantined pack waits for a person, who lets it count or does not, with a reason that the student reads."""

from collections.abc import Callable
from typing import Any

import pytest

from lyceum.model.exams.sessions import ExamPack
from tests.exams.conftest import Publisher
from tests.exams.packs.phones import Phone, sat
from tests.support.clock import Clock
from tests.support.http import Client, Reply
from tests.support.threads import at_once

from functions.exams.packs import ruling

ACCEPT = {"decision": "accept", "reason": "The phone was repaired in the hall."}
REJECT = {"decision": "reject", "reason": "Answers were written after the end."}


@pytest.fixture
def held(phone: Phone, clock: Clock) -> Phone:
    """A phone whose pack was handed in with a gap."""
    sat(phone, clock)
    del phone.entries[1]
    assert phone.hand_in().data["state"] == "quarantined"
    return phone


@pytest.fixture
def teacher(publisher: Publisher) -> Client:
    """Whose exam it is."""
    return publisher.instructor


def path(phone: Phone, more: str = "/ruling") -> str:
    return f"/api/packs/{phone.pack['packId']}{more}"


def notices(client: Client, kind: str) -> list[dict[str, Any]]:
    sent = client.cloud.outbox(client.tenant)
    return [entry for entry in sent if entry["DetailType"] == "notice.deliver" and f'"{kind}"' in entry["Detail"]]


def test_whoever_marks_the_exam_sees_what_came_and_why_it_waits(held: Phone, teacher: Client) -> None:
    shown = teacher.get(path(held, "")).data
    assert set(shown["reasons"]) == {"GAP", "CHAIN_BROKEN"}
    assert [entry["position"] for entry in shown["entries"]] == [1, 3, 4]
    assert (shown["userId"], shown["examState"], shown["state"]) == (held.client.user_id, "quarantined", "quarantined")
    (called,) = notices(teacher, "exam.pack_held")
    assert teacher.user_id in called["Detail"]


def test_accepted_answers_are_scored_once_and_the_student_is_told(held: Phone, teacher: Client) -> None:
    first = teacher.post(path(held), ACCEPT)
    assert (first.data["state"], first.data["examState"], first.data["ruledBy"]) == (
        "accepted",
        "finished",
        teacher.user_id,
    )
    assert (held.session.score, held.session.revision) == ("3.00", 1)
    again = teacher.post(path(held), ACCEPT)
    assert again.data == first.data
    assert held.session.revision == 1
    receipt = held.hand_in().data
    assert (receipt["state"], receipt["rulingReason"]) == ("accepted", ACCEPT["reason"])
    assert len(notices(teacher, "exam.pack_accepted")) == 1
    log = teacher.get(f"/api/exams/{held.pack['packId']}/events").data
    names = [(entry["name"], entry.get("reason")) for entry in log["events"]]
    assert ("pack_accepted", ACCEPT["reason"]) in names
    assert [name for name, _ in names].index("quarantined") < [name for name, _ in names].index("pack_accepted")


def test_w8_what_is_no_chain_is_shown_as_it_came_and_accepted_but_for_what_can_not_be_read(
    phone: Phone, teacher: Client, clock: Clock
) -> None:
    sat(phone, clock)
    phone.entries += [None, 5, {"position": "9"}]  # type: ignore[list-item]
    assert phone.hand_in().data["reasons"] == ["UNREADABLE"]
    assert teacher.get(path(phone, "")).data["entries"] == phone.entries
    accepted = teacher.post(path(phone), ACCEPT).data
    assert [each["code"] for each in accepted["leftOut"]] == ["MALFORMED"] * 3
    assert phone.session.score == "4.00"


def test_rejected_answers_end_the_session_without_them_and_stay_kept(held: Phone, teacher: Client) -> None:
    shown = teacher.post(path(held), REJECT).data
    assert (shown["state"], shown["examState"]) == ("rejected", "finished")
    assert held.session.score == "0.00"
    kept = ExamPack.require(pack_id=held.pack["packId"], consistent=True)
    assert len(kept.chain["entries"]) == 3
    assert held.hand_in().data["rulingReason"] == REJECT["reason"]
    assert teacher.post(path(held), ACCEPT).error.code == "ALREADY_RULED"
    assert len(notices(teacher, "exam.pack_rejected")) == 1


def test_what_came_too_late_makes_a_new_revision_when_it_is_accepted(
    phone: Phone, teacher: Client, clock: Clock, swept: Callable[[], None]
) -> None:
    sat(phone, clock)
    clock.advance(hours=30)
    swept()
    assert phone.session.state == "finished"
    assert "TOO_LATE" in phone.hand_in().data["reasons"]
    assert phone.session.score == "0.00"
    assert teacher.post(path(phone), ACCEPT).data["examState"] == "finished"
    assert (phone.session.score, phone.session.revision) == ("4.00", 2)


def test_a_pack_is_ruled_on_by_who_marks_the_exam_alone(held: Phone, teacher: Client, client: Client) -> None:
    assert held.client.post(path(held), ACCEPT).status == 403
    assert client.as_("eve", "instructor").post(path(held), ACCEPT).status in {403, 404}
    assert client.as_("eve", "instructor").get(path(held, "")).status in {403, 404}
    assert client.of("elsewhere").as_("instructor").post(path(held), ACCEPT).status == 404
    assert teacher.post(path(held), {"decision": "accept"}).status == 400
    later = {**ACCEPT, "decision": "accept_later"}
    assert teacher.post(path(held), later).error.code == "NOTHING_LATER"
    assert held.session.state == "quarantined"


def test_only_what_waits_is_ruled_on(phone: Phone, teacher: Client, clock: Clock) -> None:
    sat(phone, clock)
    assert teacher.get(path(phone, "")).error.code == "NOT_HANDED_IN"
    assert phone.hand_in().data["state"] == "accepted"
    assert teacher.post(path(phone), REJECT).error.code == "NOT_QUARANTINED"
    assert phone.session.score == "4.00"


def test_a_worker_that_dies_after_the_decision_is_made_up_for(
    held: Phone, teacher: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(ruling, "_carry_out", lambda *_: 1 / 0)
        assert teacher.post(path(held), ACCEPT).status == 500
    assert (held.session.state, held.session.score) == ("quarantined", None)
    assert teacher.post(path(held), REJECT).error.code == "ALREADY_RULED"
    assert teacher.post(path(held), ACCEPT).data["state"] == "accepted"
    assert held.session.score == "3.00"


def test_of_two_decisions_at_once_one_stands(held: Phone, teacher: Client) -> None:
    def decide(body: dict[str, str]) -> Callable[[], Reply]:
        return lambda: teacher.post(path(held), body)

    both = at_once(decide(ACCEPT), decide(REJECT))
    assert min(each.status for each in both) == 200
    assert {each.status for each in both} <= {200, 409}
    state = teacher.get(path(held, "")).data["state"]
    assert state in {"accepted", "rejected", "quarantined"}
    assert held.session.revision <= 1
