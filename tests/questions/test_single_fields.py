"""PATCH of a question: the named fields change and nothing else, with the effects of an edit."""

from tests.questions.conftest import Bank
from tests.rules.questions.samples import AUTHORED
from tests.support.http import Client
from tests.support.threads import at_once


def test_a_named_field_changes_and_every_other_one_stays_whatever_the_type(bank: Bank, client: Client) -> None:
    instructor = client.as_("instructor")
    for kind in AUTHORED:
        made = bank.write(kind, explanation="why", hints=["look"], tags=["first"], year=2024)
        path = f"/api/questions/{made['questionId']}"
        reply = instructor.patch(path, {"difficulty": "hard", "year": None})
        assert reply.status == 200, (kind, reply.body)
        changed = {"difficulty": "hard", "revision": 2, "version": 2}
        assert reply.data == {name: value for name, value in made.items() if name != "year"} | changed, kind


def test_a_change_waits_for_approval_and_one_that_changes_nothing_makes_no_revision(bank: Bank, client: Client) -> None:
    made = bank.approved()
    path = f"/api/questions/{made['questionId']}"
    instructor = client.as_("instructor")
    assert instructor.patch(path, {}).data["revision"] == 1
    assert instructor.patch(path, {"difficulty": made["difficulty"]}).data["status"] == "approved"
    reply = instructor.patch(path, {"stem": "Which one then?"})
    assert (reply.data["status"], reply.data["revision"]) == ("pending", 2)
    assert reply.data["correctOptionIds"] == made["correctOptionIds"]


def test_a_draft_stays_a_draft_until_it_is_said_otherwise(bank: Bank, client: Client) -> None:
    path = f"/api/questions/{bank.write(isDraft=True)['questionId']}"
    instructor = client.as_("instructor")
    assert instructor.patch(path, {"stem": "Nearly done?"}).data["status"] == "draft"
    assert instructor.patch(path, {"isDraft": False}).data["status"] == "pending"


def test_another_type_takes_its_own_parts_and_leaves_those_of_the_first(bank: Bank, client: Client) -> None:
    path = f"/api/questions/{bank.write('single')['questionId']}"
    instructor = client.as_("instructor")
    missing = instructor.patch(path, {"type": "numeric"})
    assert (missing.status, missing.error.fields) == (400, {"value"})
    reply = instructor.patch(path, {"type": "numeric", "value": "9.81"})
    assert (reply.data["type"], reply.data["value"]) == ("numeric", "9.81")
    assert not {"options", "correctOptionIds"} & reply.data.keys()


def test_what_does_not_go_together_is_refused_by_name(bank: Bank, client: Client) -> None:
    path = f"/api/questions/{bank.write('single')['questionId']}"
    instructor = client.as_("instructor")
    for body, fields in (
        ({"correctOptionIds": ["z"]}, {"correctOptionIds"}),
        ({"stem": None}, {"stem"}),
        ({"marks": "0"}, {"marks"}),
        ({"colour": "red"}, {"colour"}),
        ({"pairs": {"a": "b"}}, {"pairs"}),
        ({"options": [{"id": "a", "text": "x"}]}, {"options"}),
    ):
        refused = instructor.patch(path, body)
        assert (refused.status, refused.error.fields) == (400, fields), body
    assert instructor.get(path).data["revision"] == 1


def test_stale_and_racing_changes_lose_nothing(bank: Bank, client: Client) -> None:
    path = f"/api/questions/{bank.write()['questionId']}"
    instructor = client.as_("instructor")
    etag = instructor.get(path).headers["ETag"]
    assert instructor.patch(path, {"stem": "First?"}, if_match=etag).status == 200
    assert instructor.patch(path, {"stem": "Second?"}, if_match=etag).status == 412
    replies = at_once(
        lambda: instructor.patch(path, {"difficulty": "hard"}), lambda: instructor.patch(path, {"hints": ["look"]})
    )
    assert {reply.status for reply in replies} <= {200, 409}
    assert instructor.get(path).data["revision"] == 2 + sum(reply.status == 200 for reply in replies)
    assert client.as_("other", "instructor").patch(path, {"stem": "Mine?"}).status == 404
