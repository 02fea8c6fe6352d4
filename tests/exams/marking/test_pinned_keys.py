"""A session is scored by exactly the keys that its paper pins (EXAM G8)."""

from lyceum.kit.table import Unit, write_many
from lyceum.model.questions.question import AnswerKey, Question
from tests.exams.conftest import Bank, Publisher, Start
from tests.support.http import Client


def pin(bank: Bank) -> None:
    """Give every key of the bank a nonce, and its question the hash, as authors' questions have."""
    items: list[Question | AnswerKey] = []
    for name in bank.ids:
        key, question = AnswerKey.require(question_id=name, revision=1), Question.require(question_id=name)
        key.nonce = "0" * 32
        question.key_hash = key.hash
        items += [key, question]
    write_many(items)


def swap(name: str, nonce: str = "0" * 32) -> None:
    """Write another key under the same revision, which nothing in the product does."""
    key = AnswerKey.require(question_id=name, revision=1)
    key.key, key.nonce = {"correct_option_ids": ["c"]}, nonce
    Unit().put(key).commit()


def test_g8_scoring_refuses_a_key_that_is_not_the_pinned_one(start: Start, bank: Bank) -> None:
    topic = bank.topic(2)
    pin(bank)
    running = start(topicIds=[topic], count=2)
    running.answer()
    swap(bank.ids[0])
    refused = running.submit()
    assert (refused.status, refused.error.code) == (409, "SCORING_REFUSED")
    assert running.session.state == "running"


def test_g8_a_key_that_was_edited_since_leaves_the_paper_with_its_own(start: Start, bank: Bank) -> None:
    topic = bank.topic(2)
    pin(bank)
    running = start(topicIds=[topic], count=2)
    for name in bank.ids:
        other = AnswerKey(question_id=name, revision=2, key={"correct_option_ids": ["c"]}, nonce="1" * 32)
        Unit().create(other).commit()
        running.answer(name)
    assert running.submit().data["score"] == "2.00"


def test_g8_another_key_counts_by_a_ruling_alone(publisher: Publisher, bank: Bank, client: Client) -> None:
    bank.topic(2)
    pin(bank)
    running = publisher.begin(publisher.test(questions=bank.ids))
    running.submit()
    Unit().create(AnswerKey(question_id=bank.ids[0], revision=2, key={"correct_option_ids": ["c"]}, nonce="1")).commit()
    body = {"ruling": "key", "questionId": bank.ids[0], "revision": 2, "reason": "It was wrong"}
    assert client.as_("instructor").post(f"{running.path}/regrade", body).status == 200


def test_l1_neither_hash_nor_nonce_of_a_key_reaches_a_student_before_the_end(start: Start, bank: Bank) -> None:
    topic = bank.topic(2)
    pin(bank)
    running = start(topicIds=[topic], count=2, feedback="at_once")
    running.answer()
    hashes = [Question.require(question_id=name).key_hash for name in bank.ids]
    shown = [running.show(), running.student.get(f"{running.path}/feedback/{running.questions[0]}")]
    assert not any(each in reply.body for reply in shown for each in [*hashes, "0" * 32])
