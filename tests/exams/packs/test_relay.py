"""A hall without any line: a teacher's phone carries packs in, answers out and receipts back, and can do no harm."""

import base64
import hashlib
import json
import random
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.exams.conftest import Publisher
from tests.exams.packs.phones import RULES, Phone
from tests.support.clock import Clock
from tests.support.http import Client

CODE = "baobab-in-the-yard"
SEATS = 6


@dataclass
class Relay:
    """A teacher's phone: envelopes of text, by candidate; it has no key to any of them."""

    packs: dict[str, str] = field(default_factory=dict)
    answers: list[tuple[str, str]] = field(default_factory=list)
    receipts: dict[str, dict[str, Any]] = field(default_factory=dict)

    def carry_in(self, phones: dict[str, Phone]) -> None:
        """Fetch the packs where there is a line, each candidate signed in for it."""
        for name, phone in phones.items():
            self.packs[name] = json.dumps(phone.fetch().data)

    def carry_out(self, phones: dict[str, Phone]) -> None:
        """Hand in what was given to it, where there is a line again."""
        for name, envelope in self.answers:
            phone = phones[name]
            reply = phone.client.post(f"/api/packs/{phone.pack['packId']}/hand-in", json.loads(envelope))
            self.receipts[name] = reply.data


@pytest.fixture
def hall(publisher: Publisher, client: Client) -> dict[str, Phone]:
    """Candidates with phones, and an exam that a code opens."""
    test = publisher.test(3, rules={**RULES, "accessCode": CODE})
    return {f"seat{number}": Phone(client.as_(f"seat{number}", "student"), test) for number in range(SEATS)}


def opened(phone: Phone, envelope: str) -> list[dict[str, Any]]:
    """Open a pack in the hall, by the code that is said there; no line is needed."""
    pack = json.loads(envelope)
    lock = pack["codeLock"]
    cost = {name: lock[name] for name in ("n", "r", "p")}
    opener = hashlib.scrypt(CODE.encode(), salt=bytes.fromhex(lock["salt"]), dklen=32, **cost)
    locked = base64.b64decode(lock["lockedKey"])
    phone.key = AESGCM(opener).decrypt(base64.b64decode(lock["nonce"]), locked, pack["pin"].encode())
    content = base64.b64decode(pack["content"])
    plain = AESGCM(phone.key).decrypt(base64.b64decode(pack["nonce"]), content, pack["pin"].encode())
    found: list[dict[str, Any]] = json.loads(plain)["questions"]
    phone.pack = pack
    return found


def sit(hall: dict[str, Phone], relay: Relay, clock: Clock) -> None:
    """Let everybody open, answer, and give their answers to the relay."""
    for name, phone in hall.items():
        questions = opened(phone, relay.packs[name])
        phone.opened_at = clock.at
        for number, question in enumerate(questions):
            phone.answer(question["question_id"], "b", 60_000 * (number + 1))
        relay.answers.append((name, json.dumps(phone.body())))


def test_packs_go_in_and_answers_come_out_through_a_phone_that_can_read_neither(
    hall: dict[str, Phone], clock: Clock
) -> None:
    relay = Relay()
    relay.carry_in(hall)
    assert all("question_id" not in envelope and "2 + 2" not in envelope for envelope in relay.packs.values())
    sit(hall, relay, clock)
    clock.advance(hours=3)
    random.Random(7).shuffle(relay.answers)
    relay.answers += relay.answers[:2]
    relay.carry_out(hall)
    assert {each["state"] for each in relay.receipts.values()} == {"accepted"}
    for name, phone in hall.items():
        assert (phone.session.score, phone.session.revision) == ("3.00", 1)
        own = phone.hand_in().data
        assert (own["digest"], own["isSame"]) == (relay.receipts[name]["digest"], True)


def test_a_relay_that_changes_drops_or_mixes_up_is_noticed_and_loses_nothing(
    hall: dict[str, Phone], publisher: Publisher, clock: Clock
) -> None:
    relay = Relay()
    relay.carry_in(hall)
    sit(hall, relay, clock)
    clock.advance(hours=3)
    (one, first), (two, second), (dropped, _), *rest = relay.answers
    changed = json.loads(first)
    changed["entries"][0]["optionIds"] = ["a"]
    relay.answers = [(one, json.dumps(changed)), (two, first), *rest]
    relay.carry_out(hall)
    assert relay.receipts[one]["reasons"] == ["CHAIN_BROKEN"]
    assert set(relay.receipts[two]["reasons"]) >= {"WRONG_DEVICE", "CHAIN_BROKEN"}
    assert {hall[name].session.score for name in (one, two)} == {None}
    own = hall[one].hand_in().data
    assert (own["state"], own["isSame"]) == ("quarantined", False), "its device learns that something else arrived"
    path = f"/api/packs/{hall[one].pack['packId']}"
    assert [entry["optionIds"] for entry in publisher.instructor.get(path).data["laterEntries"]] == [["b"]] * 3
    ruled = {"decision": "accept_later", "reason": "The relay had changed what came first."}
    assert publisher.instructor.post(f"{path}/ruling", ruled).data["state"] == "accepted"
    assert hall[one].session.score == "3.00"
    assert hall[dropped].hand_in().data["state"] == "accepted"
    assert {relay.receipts[name]["state"] for name, _ in rest} == {"accepted"}
    stranger = hall[two].client.post(f"/api/packs/{hall[one].pack['packId']}/hand-in", json.loads(second))
    assert stranger.status == 404


def test_a_pack_is_bound_to_the_device_that_is_named_not_to_the_relay(hall: dict[str, Phone]) -> None:
    relay = Relay()
    relay.carry_in(hall)
    for name, phone in hall.items():
        assert json.loads(relay.packs[name])["deviceId"] == phone.device_id
