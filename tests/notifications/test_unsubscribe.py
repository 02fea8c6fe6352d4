"""Leaving mails by a link, and addresses that take none any more."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from lyceum.events.auth import PasswordChanged
from lyceum.events.aws import MailBounced, MailComplained
from lyceum.kit import context
from lyceum.kit.table import Unit
from lyceum.model.notifications.inbox import NotificationPreferences
from lyceum.model.users.account import User
from tests.notifications.conftest import Post, completed, deliveries, edit_user, tell
from tests.support.http import LAMBDA, Client

from functions.notifications import unsubscribe
from functions.notifications.events import bounces
from functions.notifications.preferences import ReaderPreferences

SAMPLE = Path(__file__).parents[2] / "events/notifications/bounces-email-bounced.json"


def link_of(post: Post) -> str:
    """Return the path of the link in the one mail that was sent."""
    (mail,) = post.sent
    headers = {header["Name"]: header["Value"] for header in mail["Content"]["Simple"]["Headers"]}
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = headers["List-Unsubscribe"].strip("<>")
    assert address.startswith("https://api.lyceum.test/api/notifications/unsubscribe?token=")
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def open_link(client: Client, method: str, link: str, body: str | None = None, **headers: str) -> Any:
    path, _, token = link.partition("?token=")
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.send(method, path, body, {"token": token}, sent)


@pytest.fixture
def link(client: Client, post: Post) -> str:
    """The link in the mail that a student got about a result."""
    tell(completed(client.as_("student").user_id))
    assert post.deliver() == 0
    return link_of(post)


def opted_out(client: Client) -> set[str]:
    found = NotificationPreferences.fetch(user_id=client.as_("student").user_id, consistent=True)
    return set(found.opted_out or ()) if found else set()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
        (
            '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--',
            "multipart/form-data; boundary=x",
        ),
        (None, ""),
    ],
    ids=["form", "multipart", "empty"],
)
def test_a_mail_program_leaves_with_one_request_and_nobody_signed_in(
    client: Client, link: str, body: str | None, kind: str
) -> None:
    reply = open_link(client.of("elsewhere"), "POST", link, body, **({"content_type": kind} if kind else {}))
    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert opted_out(client) == {"exam.result/email"}


def test_after_that_only_this_type_is_not_mailed_to_this_reader(client: Client, post: Post, link: str) -> None:
    student, eve = client.as_("student"), client.as_("eve", "student")
    open_link(client, "POST", link)
    post.sent.clear()
    tell(completed(student.user_id), PasswordChanged(user_id=student.user_id), completed(eve.user_id))
    assert post.deliver() == 0
    assert sorted(mail["Destination"]["ToAddresses"][0] for mail in post.sent) == [
        "eve@example.com",
        "student@example.com",
    ]
    assert len(student.get("/api/notifications").data) == 3


def test_the_page_changes_nothing_until_its_button_is_pressed(client: Client, link: str) -> None:
    reply = open_link(client, "GET", link)
    assert reply.status == 200 and '<form method="post"' in reply.body
    assert "form-action 'self'" in reply.headers["Content-Security-Policy"]
    assert opted_out(client) == set()


def test_a_new_choice_undoes_it(client: Client, link: str) -> None:
    student = client.as_("student")
    open_link(client, "POST", link)
    student.put("/api/notifications/preferences", {"channels": {"exam.result": ["email"]}})
    assert opted_out(client) == set()


def test_a_link_to_an_address_that_was_given_up_changes_nothing(client: Client, link: str) -> None:
    edit_user(client.as_("student").user_id, email="new@example.com")
    assert open_link(client, "POST", link).status == 200
    assert opted_out(client) == set()


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "change",
    [
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: token.replace("exam~result", "security~password"),
        lambda _: "a.b.c.d." + "e" * 43,
    ],
)
def test_a_forged_link_is_refused(client: Client, link: str, method: str, change: Any) -> None:
    path, _, token = link.partition("?token=")
    reply = client.send(method, path, None, {"token": change(token)})
    assert reply.error.code == "BAD_REQUEST"
    assert opted_out(client) == set()


def test_security_mails_have_no_link_to_leave_by(client: Client, post: Post) -> None:
    tell(PasswordChanged(user_id=client.as_("student").user_id))
    assert post.deliver() == 0
    (mail,) = post.sent
    assert "Headers" not in mail["Content"]["Simple"]
    assert "unsubscribe" not in json.dumps(mail["Content"])


def test_the_link_of_a_digest_ends_digests(client: Client) -> None:
    student = client.as_("student")
    student.put("/api/notifications/preferences", {"digest": "daily"})
    user = User.require(user_id=student.user_id)
    assert (
        client.send("POST", unsubscribe.PATH, None, {"token": unsubscribe.token(user, unsubscribe.DIGEST)}).status
        == 200
    )
    assert ReaderPreferences.of(user, NotificationPreferences.require(user_id=student.user_id)).digest == "off"


def bounce(client: Client, address: str, kind: str = "Permanent") -> None:
    message = json.loads(SAMPLE.read_text())["event"]
    envelope = json.loads(message["Records"][0]["body"])
    envelope["detail"]["bounce"] |= {"bounceType": kind, "bouncedRecipients": [{"emailAddress": address}]}
    envelope["detail"]["mail"]["tags"]["tenant"] = [client.tenant]
    message["Records"][0]["body"] = json.dumps(envelope)
    assert bounces.handler(message, LAMBDA) == {"batchItemFailures": []}


@pytest.mark.parametrize(("kind", "state"), [("Permanent", "suppressed"), ("Transient", "sent")])
def test_an_address_that_bounced_for_good_takes_no_mail(client: Client, post: Post, kind: str, state: str) -> None:
    bounce(client, "Student@Example.com", kind)
    tell(completed(client.as_("student").user_id))
    assert post.deliver() == 0
    assert (post.delivery.state, len(post.sent)) == (state, 0 if state == "suppressed" else 1)


def test_a_bounce_in_one_tenant_is_none_in_another(client: Client, post: Post) -> None:
    bounce(client.of("elsewhere"), "student@example.com")
    tell(completed(client.as_("student").user_id))
    assert post.deliver() == 0
    assert post.delivery.state == "sent"


def complain(client: Client, address: str, *, is_final: bool = True) -> None:
    event = MailComplained(tenant=client.tenant, addresses=[address], is_final=is_final)
    with context.working(context.RequestContext(client.tenant)):
        unit = Unit()
        bounces.follow_complaint(event, unit)
        unit.commit()


def test_after_a_complaint_only_what_is_mandatory_is_mailed(client: Client, post: Post) -> None:
    student = client.as_("student")
    complain(client, "student@example.com")
    tell(completed(student.user_id), PasswordChanged(user_id=student.user_id))
    assert post.deliver() == 0
    assert [mail["Content"]["Simple"]["Subject"]["Data"] for mail in post.sent] == ["Your password was changed"]


def test_a_bounce_outweighs_a_complaint_whichever_came_first(client: Client, post: Post) -> None:
    bounce(client, "student@example.com")
    complain(client, "student@example.com")
    tell(PasswordChanged(user_id=client.as_("student").user_id))
    assert post.deliver() == 0
    assert post.delivery.reason == "the address takes no mail: bounce"


def test_who_says_that_it_is_no_spam_goes_on_getting_mails(client: Client, post: Post, tenant: str) -> None:
    complain(client, "student@example.com", is_final=False)
    tell(completed(client.as_("student").user_id))
    assert post.deliver() == 0
    assert deliveries(client.cloud, tenant)["email"].state == "sent"


def test_what_the_mail_service_tells_is_read() -> None:
    complaint = {
        "id": "1", "detail-type": "Email Complaint Received", "source": "aws.ses", "time": "2027-01-11T09:45:00Z",
        "detail": {
            "complaint": {
                "complainedRecipients": [{"emailAddress": "a@example.invalid"}], "complaintFeedbackType": "abuse",
            },
            "mail": {"tags": {"tenant": ["school"]}},
        },
    }  # fmt: skip
    event = bounces.consumer._read(json.dumps(complaint))
    assert isinstance(event, MailComplained) and (event.tenant, event.addresses, event.is_final) == (
        "school",
        ["a@example.invalid"],
        True,
    )
    bounced = bounces.consumer._read(json.loads(SAMPLE.read_text())["event"]["Records"][0]["body"])
    assert isinstance(bounced, MailBounced) and (bounced.tenant, bounced.is_final) == ("main", True)
