"""Reading the key of somebody else's question takes a reason, which the audit log keeps (EXAM U3)."""

from lyceum.kit.table import find
from lyceum.model.audit import AuditEvent
from tests.questions.conftest import Bank
from tests.support.http import Client

SECRET = {"correctOptionIds", "explanation"}


def read(question_id: str) -> list[tuple[str, str | None]]:
    """Return who read a key of the question and why."""
    found = find(AuditEvent, subject_id=question_id).items
    return [(each.actor_id, each.reason) for each in found if each.action == "question.key_read"]


def test_u3_a_moderator_reads_anothers_key_with_a_reason_that_is_audited(bank: Bank, client: Client) -> None:
    name = bank.approved("single", explanation="why")["questionId"]
    path, moderator = f"/api/questions/{name}", client.as_("second", "moderator")
    without = moderator.get(path)
    assert without.status == 200
    assert not SECRET & without.data.keys()
    assert {"comments", "stem"} <= without.data.keys()
    assert read(name) == []
    assert moderator.get(path, {"reason": "A complaint."}).data.keys() >= SECRET
    assert read(name) == [(moderator.user_id, "A complaint.")]
    assert moderator.get(path, {"reason": "x"}).status == 400


def test_u3_ones_own_key_and_what_waits_for_a_decision_need_none(bank: Bank, client: Client) -> None:
    name = bank.write("single", explanation="why")["questionId"]
    path = f"/api/questions/{name}"
    for reader in (client.as_("instructor"), client.as_("moderator")):
        assert reader.get(path).data.keys() >= SECRET
    assert bank.approve(name) == ["approved"]
    assert client.as_("instructor").get(path).data.keys() >= SECRET
    assert client.as_("instructor").get(path, {"reason": "no need"}).data.keys() >= SECRET
    assert read(name) == []


def test_u3_a_reason_opens_no_key_to_those_who_may_not_see_it(bank: Bank, client: Client) -> None:
    name = bank.approved("single", explanation="why")["questionId"]
    path = f"/api/questions/{name}"
    for reader in (client, client.as_("student"), client.as_("other", "instructor")):
        assert not SECRET & reader.get(path, {"reason": "Please, please."}).data.keys()
    assert read(name) == []


def test_u3_the_history_tells_of_keys_with_a_reason(bank: Bank, client: Client) -> None:
    made = bank.write("numeric", value="1")
    path = f"/api/questions/{made['questionId']}"
    client.as_("instructor").patch(path, {"value": "2", "stem": "Changed?"})
    bank.approve(made["questionId"])
    moderator, history = client.as_("second", "moderator"), f"/api/admin{path.removeprefix('/api')}/history"

    def changed(**query: str) -> set[str]:
        return {each["field"] for each in moderator.get(history, query).data["revisions"][0]["changes"]}

    assert changed() == {"stem"}
    assert {"stem", "value"} <= changed(reason="A complaint.")
    assert read(made["questionId"]) == [(moderator.user_id, "A complaint.")]
