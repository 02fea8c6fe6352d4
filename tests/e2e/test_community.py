"""People help each other in the deployed stack: two-person stories with the socket events that they see."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

from lyceum.kit import ids
from tests.e2e.conftest import Remote, Stack, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]


@contextmanager
def connected(stack: Stack, client: Remote) -> Iterator[ClientConnection]:
    """Open a connection that is ready to be posted to."""
    ticket = client.post("/api/realtime/ticket").data["ticket"]
    with connect(f"{stack.facts['wsUrl']}?ticket={ticket}", open_timeout=30) as socket:
        say(socket, {"action": "ping"})
        yield socket


def say(socket: ClientConnection, message: dict[str, Any]) -> dict[str, Any]:
    """Send a message and return its answer, past what is pushed meanwhile."""
    socket.send(json.dumps(message))
    while "id" in (answer := json.loads(socket.recv(timeout=30))):
        pass
    return dict(answer)


def pushed(socket: ClientConnection, name: str) -> dict[str, Any]:
    """Wait for an event of a name, past any others, and return its data."""
    while (message := json.loads(socket.recv(timeout=60)))["event"] != name:
        pass
    data: dict[str, Any] = message["data"]
    return data


def me(client: Remote) -> str:
    return str(client.get("/api/auth/me").data["userId"])


def test_people_help_each_other(stack: Stack) -> None:
    asker, mentor, moderator = stack.as_("student"), stack.as_("mentor"), stack.as_("moderator")
    asker_id, mentor_id = me(asker), me(mentor)
    subject = f"Subject {ids.new_id()}"
    edit = {"profile": {"expertise": [subject]}}
    assert mentor.send("PATCH", f"/api/users/{mentor_id}", edit, {}).status == 200
    stack.run_job("community-jobs-refresh-pool")
    with connected(stack, asker) as askers, connected(stack, mentor) as mentors:
        question_id = ask_and_answer(asker, mentor, askers, mentors, subject)
        chat(asker, mentor, asker_id, mentor_id, mentors)
        meet(asker, mentor, askers)
        report_and_appeal(asker, mentor, moderator, question_id)


def ask_and_answer(
    asker: Remote, mentor: Remote, askers: ClientConnection, mentors: ClientConnection, subject: str
) -> str:
    """Let a question go to a mentor, who answers it; return the answer's id."""
    title = f"How do I begin? {ids.new_id()}"
    body = {"subject": subject, "urgency": "high", "title": title, "text": "<p>\\(x^2 = 2\\)</p>"}
    question_id = asker.post("/api/qa/questions", body).data["question"]["questionId"]
    assert pushed(mentors, "question.offered")["questionId"] == question_id
    assert question_id in [row["questionId"] for row in mentor.get("/api/qa/queue").data]
    assert say(askers, {"action": "subscribe", "topics": [f"question:{question_id}"]})["refused"] == []
    answer_id = str(mentor.post(f"/api/qa/questions/{question_id}/answer", {"text": "Take the root."}).data["answerId"])
    told = pushed(askers, "question.answered")
    assert (told["questionId"], told["answerId"]) == (question_id, answer_id)
    assert asker.post(f"/api/qa/answers/{answer_id}/helpful").data["helpfulCount"] == 1
    assert asker.post(f"/api/qa/answers/{answer_id}/accept").data["isAccepted"]
    return answer_id


def chat(asker: Remote, mentor: Remote, asker_id: str, mentor_id: str, mentors: ClientConnection) -> None:
    """Let the two write to each other until one blocks the other."""
    sent = asker.post("/api/messages", {"to": mentor_id, "content": "Thank you!"}).data
    got = pushed(mentors, "message.received")
    assert (got["messageId"], got["from"], got["content"]) == (sent["messageId"], asker_id, "Thank you!")
    assert mentor.get("/api/messages").json["pagination"]["unread"] == 1
    assert mentor.post("/api/messages/read", {"userId": asker_id}).data["unreadInAll"] == 0
    assert mentor.post("/api/blocks", {"userId": asker_id}).status == 200
    refused = asker.post("/api/messages", {"to": mentor_id, "content": "Hello?"})
    assert (refused.status, refused.json["error"]["code"]) == (403, "MAY_NOT_WRITE")
    assert mentor.send("DELETE", f"/api/blocks/{asker_id}", None, {}).status == 200


def meet(asker: Remote, mentor: Remote, askers: ClientConnection) -> None:
    """Let the two join a group and talk in it."""
    group = mentor.post("/api/groups", {"name": "Night owls"}).data
    assert asker.post("/api/groups/join", {"code": group["joinCode"]}).status == 200
    topic = f"group:{group['groupId']}"
    assert say(askers, {"action": "subscribe", "topics": [topic]})["topics"] == [topic]
    mentor.post(f"/api/groups/{group['groupId']}/messages", {"content": "Welcome."})
    while (message := pushed(askers, "message.received")).get("groupId") != group["groupId"]:
        pass
    assert message["content"] == "Welcome."


def report_and_appeal(asker: Remote, mentor: Remote, moderator: Remote, answer_id: str) -> None:
    """Report an answer, take it out of sight, and let its author appeal."""
    report = {"itemType": "answer", "itemId": answer_id, "type": "offensive", "text": "Look."}
    report_id = asker.post("/api/reports", report).data["reportId"]
    resolve = {"resolution": "It is.", "action": "remove"}
    assert moderator.post(f"/api/admin/reports/{report_id}/resolve", resolve).status == 200
    eventually(
        lambda: [
            note
            for note in mentor.get("/api/notifications?type=moderation.decided").data
            if note["data"]["reportId"] == report_id
        ],
        "the author is told",
    )
    assert mentor.post(f"/api/reports/{report_id}/appeal", {"text": "It is polite."}).data["state"] == "open"
    again = moderator.post(f"/api/admin/reports/{report_id}/resolve", {"resolution": "No.", "action": "restore"})
    assert again.json["error"]["code"] == "DECIDED_BEFORE"
