"""A tenant's own words: previewed before they are saved, used by every channel, kept by version, never dangerous."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyceum.kit import clock as time
from lyceum.kit.errors import ValidationFailed
from lyceum.kit.table import Unit, find_all
from lyceum.messages.catalogue import LANGUAGES, Wording
from lyceum.model.audit import AuditEvent
from lyceum.model.notifications.templates import NotificationTemplate
from tests.notifications.conftest import Post, completed, edit_user, tell
from tests.support.clock import Clock
from tests.support.http import Client, Reply

from functions.notifications.kinds import KINDS
from functions.notifications.templates import current, placeholders

PATH = "/api/admin/notification-templates"
RESULT = "exam.result.email.en"


def save(client: Client, template_id: str, title: str, body: str, **headers: str) -> Reply:
    """Preview words and save them, as an administrator does."""
    admin = client.as_("admin")
    words = {"title": title, "body": body}
    token = admin.put(f"{PATH}/{template_id}", words).data["previewToken"]
    return admin.put(f"{PATH}/{template_id}", {**words, "action": "save", "previewToken": token}, **headers)


def only(client: Client, template_id: str) -> dict[str, Any]:
    kind, channel, language = template_id.rsplit(".", 2)
    (shown,) = client.as_("admin").get(PATH, {"type": kind, "channel": channel, "language": language}).data
    found: dict[str, Any] = shown
    return found


def test_every_kind_has_a_template_for_each_channel_and_language(client: Client) -> None:
    admin = client.as_("admin")
    first = admin.get(PATH, {"limit": 100})
    assert first.pagination["total"] == len(KINDS) * 4 * len(LANGUAGES)
    second = admin.get(PATH, {"limit": 100, "cursor": first.pagination["nextCursor"]})
    ids = [each["templateId"] for each in (*first.data, *second.data)]
    assert len(set(ids)) == 200
    shown = only(client, RESULT)
    assert (shown["isOwn"], shown["number"], shown["versions"]) == (False, 0, [])
    assert {"exam", "firstName", "schoolName"} <= set(shown["placeholders"])


def test_only_administrators_see_and_edit_templates(client: Client) -> None:
    for role in ("student", "instructor", "moderator"):
        assert client.as_(role).get(PATH).status == 403
        assert client.as_(role).put(f"{PATH}/{RESULT}", {"action": "reset"}).status == 403


def test_a_preview_shows_the_mail_and_saves_nothing(client: Client) -> None:
    words = {"title": "Well done <b>{firstName}</b>", "body": "See {exam}."}
    shown = client.as_("admin").put(f"{PATH}/{RESULT}", words).data
    assert shown["preview"]["title"] == "Well done <b>[firstName]</b>"
    assert "See [exam]." in shown["preview"]["text"] and "<b>[firstName]" not in shown["preview"]["html"]
    assert (shown["isOwn"], list(find_all(NotificationTemplate))) == (False, [])


def test_what_was_not_previewed_is_not_saved(client: Client) -> None:
    admin = client.as_("admin")
    seen = admin.put(f"{PATH}/{RESULT}", {"title": "One", "body": "Two"}).data["previewToken"]
    for body, token in (("Two!", seen), ("Two", ""), ("Two", "é")):
        reply = admin.put(f"{PATH}/{RESULT}", {"title": "One", "body": body, "action": "save", "previewToken": token})
        assert (reply.status, reply.json["error"]["details"][0]["code"]) == (422, "TEMPLATE_NOT_PREVIEWED")
    elsewhere = admin.put(
        f"{PATH}/exam.result.sms.en", {"title": "One", "body": "Two", "action": "save", "previewToken": seen}
    )
    assert elsewhere.status == 422


def test_words_of_a_mail_are_sent_for_trial_to_who_writes_them(client: Client, post: Post) -> None:
    admin = client.as_("admin")
    words = {"title": "Well done {firstName}", "body": "See {exam}."}
    token = admin.put(f"{PATH}/{RESULT}", words).data["previewToken"]
    trial = {**words, "action": "try", "previewToken": token}
    edit_user(admin.user_id, email_verified_at=None)
    unproven = admin.put(f"{PATH}/{RESULT}", trial)
    assert (unproven.status, unproven.json["error"]["details"][0]["code"]) == (422, "EMAIL_NOT_VERIFIED")
    edit_user(admin.user_id, email="ada@example.com", email_verified_at=time.now())
    assert admin.put(f"{PATH}/{RESULT}", trial).data["isOwn"] is False
    for _ in range(2):
        assert post.deliver() == 0
    (mail,) = post.sent
    assert mail["Destination"]["ToAddresses"] == ["ada@example.com"]
    content = mail["Content"]["Simple"]
    assert content["Subject"]["Data"] == "Well done [firstName]"
    assert "See [exam]." in content["Body"]["Text"]["Data"]
    assert admin.put(f"{PATH}/{RESULT}", {**trial, "body": "Other {exam}."}).status == 422
    text = "exam.result.sms.en"
    seen = admin.put(f"{PATH}/{text}", words).data["previewToken"]
    assert admin.put(f"{PATH}/{text}", {**trial, "previewToken": seen}).status == 422
    assert client.as_("student").put(f"{PATH}/{RESULT}", trial).status == 403


@pytest.mark.parametrize(
    "body", ["{password}", "{exam.__class__}", "{exam!r}", "{exam:>9999999}", "{}", "{0}", "{exam", "{{exam}", "a\x00b"]
)
def test_unknown_placeholders_and_expressions_are_refused(client: Client, body: str) -> None:
    reply = client.as_("admin").put(f"{PATH}/{RESULT}", {"title": "One", "body": body})
    assert (reply.status, reply.json["error"]["code"]) in {(422, "VALIDATION_ERROR"), (400, "VALIDATION_ERROR")}


@pytest.mark.parametrize("name", ["no.such.email.en", "exam.result.fax.en", "exam.result.email.xx", "exam", "..."])
def test_there_is_no_template_of_another_name(client: Client, name: str) -> None:
    assert client.as_("admin").put(f"{PATH}/{name}", {"action": "reset"}).status == 404


def test_mail_and_inbox_say_what_the_tenant_wrote(client: Client, post: Post) -> None:
    student = client.as_("student")
    save(client, "exam.result.inbox.en", "Inbox for {firstName}", "{exam} is marked.")
    save(client, RESULT, "Mail from {schoolName}", "Braces {{stay}} <i>plain</i>.")
    tell(completed(student.user_id))
    (message,) = student.get("/api/notifications").data
    assert message["title"].startswith("Inbox for ") and "is marked." in message["body"]
    assert post.deliver() == 0
    (mail,) = post.sent
    content = mail["Content"]["Simple"]
    assert content["Subject"]["Data"] == "Mail from Lyceum"
    assert "Braces {stay} <i>plain</i>." in content["Body"]["Text"]["Data"]
    assert "<i>plain" not in content["Body"]["Html"]["Data"]


def test_a_channel_without_words_of_its_own_says_what_the_inbox_says(client: Client, post: Post) -> None:
    save(client, "exam.result.inbox.en", "Marked", "Have a look.")
    assert only(client, RESULT)["title"] == "Marked"
    tell(completed(client.as_("student").user_id))
    assert post.deliver() == 0
    assert post.sent[0]["Content"]["Simple"]["Subject"]["Data"] == "Marked"


def test_words_that_can_not_be_filled_fall_back_to_the_products(client: Client) -> None:
    student = client.as_("student")
    for body in ("{gone}", "{broken"):
        current.forget()
        Unit().put(
            NotificationTemplate(template_id="exam.result.inbox.en", title="x", body=body, number=1, is_own=True)
        ).commit()
        tell(completed(student.user_id))
    assert all(message["title"] != "x" for message in student.get("/api/notifications").data)


def test_new_words_are_in_force_after_half_a_minute(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    tell(completed(student.user_id))
    save(client, "exam.result.inbox.en", "New words", "So it is.")
    clock.advance(seconds=31)
    tell(completed(student.user_id))
    titles = [message["title"] for message in student.get("/api/notifications").data]
    assert titles[0] == "New words" and titles[1] != "New words"


def test_versions_are_kept_and_come_back_and_so_do_the_products_words(client: Client) -> None:
    admin = client.as_("admin")
    before = only(client, RESULT)["title"]
    save(client, RESULT, "First", "1")
    save(client, RESULT, "Second", "2")
    assert admin.put(f"{PATH}/{RESULT}", {"action": "restore", "number": 1}).data["title"] == "First"
    reset = admin.put(f"{PATH}/{RESULT}", {"action": "reset"}).data
    assert (reset["title"], reset["isOwn"], reset["number"]) == (before, False, 4)
    versions = only(client, RESULT)["versions"]
    assert [(each["number"], each["title"]) for each in versions] == [
        (4, ""),
        (3, "First"),
        (2, "Second"),
        (1, "First"),
    ]
    assert admin.put(f"{PATH}/{RESULT}", {"action": "restore", "number": 9}).status == 404
    told = [each.action for each in find_all(AuditEvent, subject_id=RESULT)]
    assert told == ["template.changed"] * 4


def test_of_two_edits_the_one_that_did_not_see_the_other_is_refused(client: Client) -> None:
    assert save(client, RESULT, "First", "1", if_match='"0-a"').status == 200
    assert save(client, RESULT, "Second", "2", if_match='"0-a"').status == 412


def test_storage_requests(client: Client) -> None:
    admin = client.as_("admin")
    assert admin.get(PATH).cost.operations[-1:] == ["Query"]
    assert save(client, RESULT, "First", "1").cost.operations[-2:] == ["BatchGetItem", "TransactWriteItems"]


@given(st.text(max_size=60), st.text(max_size=60))
def test_words_that_are_taken_can_always_be_filled(title: str, body: str) -> None:
    allowed = placeholders.of_kind("exam.result")
    try:
        placeholders.require_valid(Wording(title, body), allowed)
    except ValidationFailed:
        return
    hostile = dict.fromkeys(allowed, "{exam.__class__}" * 1000)
    filled = placeholders.fill(Wording(title, body), hostile)
    assert len(filled.title) <= 200 and len(filled.body) <= 4000
