"""Exams that are sat without a line: a pack out for one device, a chain of answers in, once."""

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from lyceum.kit import clock as clocks
from lyceum.model.exams.sessions import ExamPack
from tests.exams.conftest import Publisher
from tests.exams.packs.phones import HOUR, RULES, Phone, sat, window
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.threads import at_once

from functions.exams.packs import chains, sealing
from functions.exams.packs.chains import Pinned
from functions.exams.packs.schemas import HandIn


def test_a_pack_is_sat_without_a_line_and_scored_once(phone: Phone, clock: Clock) -> None:
    sat(phone, clock)
    assert not {"answer", "key", "correct"} & set(phone.open()["questions"][0])
    phone.opened_at -= timedelta(minutes=30)
    clock.advance(hours=20)
    first = phone.hand_in()
    assert (first.data["state"], first.data.get("reasons")) == ("accepted", [])
    assert (phone.session.state, phone.session.score) == ("finished", "4.00")
    assert phone.hand_in().data == first.data
    assert phone.session.revision == 1


def test_a_pack_is_unreadable_before_its_release(publisher: Publisher, client: Client, clock: Clock) -> None:
    rules = {**RULES, "window": window(clocks.now() + 2 * HOUR)}
    phone = Phone(client.as_("student"), publisher.test(3, rules=rules))
    early = phone.fetch()
    assert early.status == 201
    assert "key" not in early.data
    assert phone.client.get(f"/api/exams/{early.data['packId']}").data["questions"] == []
    with pytest.raises(InvalidTag):
        phone.open(key=b"0" * 32)
    clock.advance(hours=2)
    assert len(phone.open()["questions"]) == 3
    assert phone.pack["packId"] == early.data["packId"]


def test_a_code_opens_the_pack_where_the_exam_has_one(publisher: Publisher, client: Client) -> None:
    phone = Phone(client.as_("student"), publisher.test(2, rules={**RULES, "accessCode": "baobab"}))
    pack = phone.fetch().data
    assert "key" not in pack
    lock = pack["codeLock"]
    cost = {name: lock[name] for name in ("n", "r", "p")}
    opener = hashlib.scrypt(b"baobab", salt=bytes.fromhex(lock["salt"]), dklen=32, **cost)
    nonce, locked = base64.b64decode(lock["nonce"]), base64.b64decode(lock["lockedKey"])
    key = AESGCM(opener).decrypt(nonce, locked, pack["pin"].encode())
    assert len(phone.open(key=key)["questions"]) == 2


def test_a_pack_is_bound_to_candidate_and_device(phone: Phone, client: Client, clock: Clock) -> None:
    sat(phone, clock)
    elsewhere = Phone(phone.client, phone.test)
    assert elsewhere.fetch().error.code == "PACK_ELSEWHERE"
    eve = Phone(client.as_("eve", "student"), phone.test)
    assert eve.fetch().data["packId"] != phone.pack["packId"]
    path = f"/api/packs/{phone.pack['packId']}/hand-in"
    assert eve.client.post(path, phone.body()).status == 404


def test_only_exams_with_time_for_handing_in_have_packs_and_none_that_runs_online(
    publisher: Publisher, client: Client
) -> None:
    online = Phone(client.as_("student"), publisher.test(2))
    assert online.fetch().status == 422
    both = publisher.test(2, rules=RULES)
    publisher.begin(both)
    assert Phone(client.as_("student"), both).fetch().status == 409


def test_a_session_that_is_away_takes_nothing_online_and_is_swept_after_its_time(
    phone: Phone, clock: Clock, swept: Callable[[], None]
) -> None:
    question = phone.open()["questions"][0]["question_id"]
    path = f"/api/exams/{phone.pack['packId']}"
    saved = phone.client.post(f"{path}/answer", {"questionId": question, "seq": 1, "optionIds": ["b"]})
    assert saved.error.code == "EXAM_AWAY"
    assert phone.client.post(f"{path}/submit").error.code == "EXAM_AWAY"
    clock.advance(hours=2)
    swept()
    assert phone.session.state == "away"
    clock.advance(hours=24)
    swept()
    assert (phone.session.state, phone.session.cause) == ("finished", "expired")
    late = phone.hand_in()
    assert late.data["state"] == "quarantined"
    assert "TOO_LATE" in late.data["reasons"]
    assert (phone.session.state, phone.session.revision) == ("finished", 1)


def test_what_does_not_hold_is_quarantined_and_never_scored(
    phone: Phone, clock: Clock, swept: Callable[[], None]
) -> None:
    sat(phone, clock)
    del phone.entries[1]
    first = phone.hand_in()
    assert first.data["state"] == "quarantined"
    assert set(first.data["reasons"]) == {"GAP", "CHAIN_BROKEN"}
    clock.advance(hours=72)
    swept()
    assert phone.session.state == "quarantined"
    assert phone.session.score is None
    kept = ExamPack.require(pack_id=phone.pack["packId"], consistent=True)
    assert [entry["position"] for entry in kept.chain["entries"]] == [1, 3, 4]
    assert phone.hand_in().data == first.data
    again = phone.hand_in(entries=[])
    assert again.data == {**first.data, "isSame": False}
    assert len(ExamPack.require(pack_id=phone.pack["packId"], consistent=True).others) == 1


def test_w8_an_answer_that_can_not_be_read_discards_no_other(phone: Phone, clock: Clock) -> None:
    first, second, third, fourth = (question["question_id"] for question in phone.open()["questions"])
    phone.answer(first, "b", 60_000)
    for question, wrong in ((second, {"optionIds": "b"}), (third, {"number": "1,000"}), (fourth, {"unknown": [1]})):
        phone.chain(question, wrong, 120_000)
    phone.answer(fourth, "b", 180_000)
    clock.advance(minutes=30)
    outcome = phone.hand_in()
    assert (outcome.status, outcome.data["state"], outcome.data["reasons"]) == (200, "accepted", [])
    assert phone.session.score == "2.00"
    left_out = [(each["position"], each["code"]) for each in outcome.data["leftOut"]]
    assert left_out == [(2, "MALFORMED"), (3, "MALFORMED"), (4, "MALFORMED")]
    assert phone.hand_in().data == outcome.data


@pytest.mark.parametrize("entry", [None, 5, "x", [], {}, {"position": "1", "elapsedMs": 1, "hash": "a" * 64}])
def test_w8_what_is_no_chain_at_all_is_kept_for_a_person(phone: Phone, clock: Clock, entry: Any) -> None:
    sat(phone, clock)
    outcome = phone.hand_in(entries=[*phone.entries, entry])
    assert (outcome.status, outcome.data["state"], outcome.data["reasons"]) == (200, "quarantined", ["UNREADABLE"])
    kept = ExamPack.require(pack_id=phone.pack["packId"], consistent=True)
    assert kept.chain["entries"] == [*phone.entries, entry]


def test_the_chain_is_of_what_the_device_wrote(phone: Phone, clock: Clock) -> None:
    questions = phone.open()["questions"]
    phone.chain(questions[0]["question_id"], {"optionIds": ["b"], "text": None}, 60_000)
    phone.chain(questions[1]["question_id"], {"number": "3,14"}, 61_000)
    clock.advance(minutes=30)
    outcome = phone.hand_in()
    assert (outcome.data["state"], outcome.data["reasons"]) == ("accepted", [])


def test_a_hand_in_that_comes_twice_at_once_counts_once(phone: Phone, clock: Clock) -> None:
    sat(phone, clock)
    both = at_once(phone.hand_in, phone.hand_in)
    assert {each.status for each in both} <= {200, 409}
    assert phone.hand_in().data["state"] == "accepted"
    assert phone.session.revision == 1


NOW = datetime.fromisoformat("2027-01-11T12:00:00+00:00")
PINNED = Pinned(b"k" * 32, "a" * 64, "D" * 26, "b" * 64, NOW - 3 * HOUR, HOUR, NOW + HOUR)


def chain(length: int) -> list[dict[str, Any]]:
    previous, made = PINNED.pin, []
    for number in range(1, length + 1):
        entry = {"position": number, "questionId": "Q" * 26, "elapsedMs": number * 1000, "text": "x"}
        previous = sealing.link(PINNED.key, previous, chains.entry_fields(entry))
        made.append({**entry, "hash": previous})
    return made


def handed(entries: list[dict[str, Any]], **values: Any) -> HandIn:
    times = {"opened_at": NOW - 2 * HOUR, "closed_at": NOW - HOUR}
    facts = {"device_id": PINNED.device_id, "paper_hash": PINNED.paper_hash, "entries": entries}
    return HandIn.model_construct(**{**facts, **times, **values})


def test_a_chain_that_holds_has_no_faults() -> None:
    assert chains.faults(PINNED, handed(chain(5)), NOW) == []
    assert chains.faults(PINNED, handed([]), NOW) == []


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"device_id": "E" * 26}, "WRONG_DEVICE"),
        ({"paper_hash": "c" * 64}, "WRONG_PAPER"),
        ({"opened_at": NOW - 4 * HOUR}, "OPENED_EARLY"),
        ({"closed_at": NOW + HOUR}, "CLOSED_LATE"),
        ({"closed_at": NOW - 3 * HOUR}, "CLOCK_WENT_BACK"),
        ({"opened_at": NOW - 3 * HOUR}, "OVER_TIME"),
        ({"opened_at": NOW - HOUR, "closed_at": NOW - HOUR}, None),
    ],
)
def test_clocks_and_pins_have_to_be_possible(values: dict[str, Any], fault: str | None) -> None:
    found = chains.faults(PINNED, handed(chain(3), **values), NOW)
    assert (fault in found) if fault else (found == [])


@given(st.integers(2, 8), st.data())
@settings(max_examples=60)
def test_any_change_of_a_chain_is_noticed(length: int, data: st.DataObject) -> None:
    """Whatever entry is left out, doubled, moved or changed, the chain does not hold; the end alone may be cut."""
    entries = chain(length)
    place = data.draw(st.integers(0, length - 2))
    act = data.draw(st.sampled_from(["drop", "double", "swap", "edit"]))
    if act == "drop":
        del entries[place]
    elif act == "double":
        entries.insert(place, entries[place])
    elif act == "swap":
        entries[place], entries[place + 1] = entries[place + 1], entries[place]
    else:
        entries[place] = {**entries[place], "elapsedMs": 7}
    assert chains.faults(PINNED, handed(entries), NOW) != []
