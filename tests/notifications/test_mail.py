"""Mails: one for each notification, whatever happens on the way."""

import re
from types import ModuleType

import pytest
from pynamodb.expressions.update import Action

from lyceum.kit import ids
from lyceum.kit.configuration import known
from lyceum.kit.configuration.records import Organization
from lyceum.kit.consumers.consumer import logger
from lyceum.kit.consumers.records import ProcessedEvent
from lyceum.kit.errors import Unavailable
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, writing
from lyceum.messages import appearance
from lyceum.model.auth import UndoOffer
from lyceum.model.notifications.deliveries import Delivery
from lyceum.model.notifications.inbox import Notification
from lyceum.model.users.account import User
from lyceum.tasks.notifications import SendMail
from tests.notifications.conftest import Post, completed, hand, tell
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.threads import at_once

from functions.auth.credentials import undo_offers
from functions.notifications import message_page
from functions.notifications.channels import delivery_lease
from functions.notifications.events import mail as mail_worker


class Crash(BaseException):
    """The end of a worker, which no handler of errors sees."""


@pytest.fixture
def exam_id(client: Client, clock: Clock) -> str:
    """The exam whose result waits to be mailed."""
    event = completed(client.as_("student").user_id)
    tell(event)
    return event.exam_id


def edit_user(client: Client, **values: object) -> None:
    user = User.require(user_id=client.as_("student").user_id)
    for name, value in values.items():
        setattr(user, name, value)
    Unit().replace(user).commit()


def forget_markers(client: Client) -> None:
    for item in client.cloud.items(client.tenant):
        if item["kind"]["S"] == "processed_event":
            Unit().remove(ProcessedEvent.from_raw_data(item)).commit()


def test_a_result_is_mailed_as_text_and_as_html_and_recorded(client: Client, post: Post, exam_id: str) -> None:
    assert post.deliver() == 0
    (mail,) = post.sent
    assert (mail["FromEmailAddress"], mail["Destination"]) == (
        f"Lyceum <{settings().mail_from}>",
        {"ToAddresses": ["student@example.com"]},
    )
    tags = {tag["Name"]: tag["Value"] for tag in mail["EmailTags"]}
    assert tags == {"notification": post.delivery.notification_id, "tenant": client.tenant}
    simple = mail["Content"]["Simple"]
    assert simple["Subject"]["Data"] == "Your exam is marked: 75%"
    text, html = (simple["Body"][form]["Data"] for form in ("Text", "Html"))
    assert text.startswith("Hello Student,\n\nYou reached 7.5 of 10 marks in “Your exam”.")
    (url,) = re.findall(
        r"\n\nSee the result: (https://api\.lyceum\.test/api/notifications/message\?token=\S+)\n\n--\n", text
    )
    assert html.startswith('<!doctype html>\n<html lang="en">') and f'href="{url}"' in html
    assert (post.delivery.state, post.delivery.provider_id, post.delivery.reason) == ("sent", mail["MessageId"], None)


def test_a_mail_looks_and_leads_as_the_administrators_of_its_tenant_chose(
    client: Client, post: Post, exam_id: str
) -> None:
    branding = {"name": "Harbour School", "colour": "#0f766e", "client": "https://learn.harbour.test"}
    Unit().put(Organization(branding=branding)).commit()
    known.forget()
    assert post.deliver() == 0
    (mail,) = post.sent
    assert mail["FromEmailAddress"] == f"Harbour School <{settings().mail_from}>"
    text, page = (mail["Content"]["Simple"]["Body"][form]["Data"] for form in ("Text", "Html"))
    assert f"See the result: https://learn.harbour.test/exams/{exam_id}/result" in text
    assert "Sent by Harbour School." in text
    assert "#0f766e" in page


@pytest.mark.parametrize("where", [message_page, undo_offers, appearance])
def test_links_of_ours_lead_to_the_api_whatever_the_issuer_is_called(
    where: ModuleType, exam_id: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = settings().model_copy(update={"issuer": "https://no.such.host", "api_url": "https://api.here.test"})
    monkeypatch.setattr(where, "settings", lambda: named)
    message = Notification(user_id="u", notification_id="n", type="exam.result")
    made = {
        message_page: lambda: message_page.link([message]),
        undo_offers: lambda: undo_offers.link(UndoOffer(user_id="u", undo_id="o")),
        appearance: lambda: appearance.payment_page("p"),
    }[where]()
    assert made.startswith("https://api.here.test")


def test_what_people_wrote_is_escaped_in_html(client: Client, post: Post, exam_id: str) -> None:
    edit_user(client, first_name="<img src=x onerror=alert(1)>", language="fr")
    post.deliver()
    html = post.sent[0]["Content"]["Simple"]["Body"]["Html"]["Data"]
    assert "<img" not in html and "Bonjour &lt;img src=x onerror=alert(1)&gt;," in html
    assert '<html lang="fr">' in html


def test_a_message_that_comes_again_sends_nothing(client: Client, post: Post, exam_id: str) -> None:
    for _ in range(3):
        assert post.deliver() == 0
    forget_markers(client)
    assert post.deliver() == 0
    assert len(post.sent) == 1


def test_workers_at_once_send_one_mail(client: Client, post: Post, exam_id: str) -> None:
    failures = at_once(*[post.deliver] * 5)
    assert len(post.sent) == 1
    assert failures.count(0) >= 1
    assert post.deliver() == 0
    assert (post.delivery.state, len(post.sent)) == ("sent", 1)


@pytest.mark.parametrize("code", ["MessageRejected", "BadRequestException"])
def test_a_refusal_for_good_is_recorded_and_not_tried_again(post: Post, exam_id: str, code: str) -> None:
    post.refuse(code)
    assert post.deliver() == 0
    post.instead = None
    assert post.deliver() == 0
    assert (post.delivery.state, post.delivery.reason, post.sent) == ("failed", code, [])


@pytest.mark.parametrize("code", ["SendingPausedException", "MailFromDomainNotVerifiedException"])
def test_a_refusal_for_now_is_tried_again(post: Post, exam_id: str, code: str) -> None:
    post.refuse(code)
    assert post.deliver() == 1
    post.instead = None
    assert post.deliver() == 0
    assert (post.delivery.state, len(post.sent)) == ("sent", 1)


def test_no_answer_is_tried_again(post: Post, exam_id: str) -> None:
    def time_out() -> None:
        raise TimeoutError

    post.instead = time_out
    assert post.deliver() == 1
    post.instead = None
    assert post.deliver() == 0
    assert len(post.sent) == 1


def test_after_a_crash_the_claim_holds_for_its_lease_and_then_the_mail_is_sent(
    post: Post, exam_id: str, clock: Clock
) -> None:
    def crash() -> None:
        raise Crash

    post.instead = crash
    with pytest.raises(Crash):
        post.deliver()
    post.instead = None
    assert post.delivery.state == "sending"
    clock.advance(seconds=59)
    assert (post.deliver(), post.sent) == (1, [])
    clock.advance(seconds=2)
    assert (post.deliver(), len(post.sent)) == (0, 1)
    assert post.delivery.state == "sent"


def test_a_mail_whose_record_is_lost_is_sent_again_rather_than_never(
    post: Post, exam_id: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = writing._send_alone

    def fail(wanted: writing._Write) -> None:
        if post.sent:
            raise Unavailable
        write(wanted)

    with monkeypatch.context() as broken:
        broken.setattr(writing, "_send_alone", fail)
        assert post.deliver() == 1
    assert (post.delivery.state, len(post.sent)) == ("sending", 1)
    clock.advance(minutes=2)
    assert (post.deliver(), len(post.sent), post.delivery.state) == (0, 2, "sent")


def test_of_two_workers_whose_claims_overlapped_the_first_outcome_stands_and_leaves_no_marker(
    client: Client, post: Post, exam_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = delivery_lease._settle

    def late(waiting: Delivery, unit: Unit, *actions: Action) -> None:
        Unit().change(waiting, Delivery.state.set("sent"), Delivery.provider_id.set("the other's")).commit()
        send(waiting, unit, *actions)

    monkeypatch.setattr(delivery_lease, "_settle", late)
    assert post.deliver() == 0
    assert (post.delivery.state, post.delivery.provider_id) == ("sent", "the other's")
    marked = [item["consumer"]["S"] for item in client.cloud.items(client.tenant) if "consumer" in item]
    assert "notifications-mail" not in marked


@pytest.mark.parametrize("change", [{"email": None}, {"status": "deleted"}], ids=["no address", "deleted"])
def test_a_reader_who_left_meanwhile_gets_none(
    client: Client, post: Post, exam_id: str, change: dict[str, object]
) -> None:
    edit_user(client, **change)
    assert post.deliver() == 0
    assert (post.delivery.state, post.sent) == ("suppressed", [])


def test_a_notification_without_a_delivery_sends_nothing(client: Client, post: Post) -> None:
    assert hand(mail_worker, SendMail(notification_id=ids.new_id(), user_id="u")) == 0
    assert post.sent == []


@pytest.mark.parametrize("code", ["MessageRejected", "SendingPausedException"])
def test_logs_name_neither_addresses_nor_contents(
    post: Post, exam_id: str, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    post.refuse(code, "Address student@example.com is not verified: Hello Student, you reached 7.50")
    post.deliver()
    logged = "".join(logger.registered_formatter.format(record) for record in caplog.records)
    assert ("NotSent" in logged) == (code == "SendingPausedException")
    assert [secret for secret in ("student@", "Hello", "7.5", "marked") if secret in logged] == []


@pytest.mark.parametrize(
    ("code", "outcome"), [(None, "sent"), ("MessageRejected", "failed"), ("SendingPausedException", "postponed")]
)
def test_what_becomes_of_each_delivery_is_counted(
    post: Post, exam_id: str, code: str | None, outcome: str, caplog: pytest.LogCaptureFixture
) -> None:
    if code:
        post.refuse(code)
    post.deliver()
    counted = [vars(record) for record in caplog.records if record.message == "counted"]
    assert [(line["channel"], line["outcome"], line["Deliveries"]) for line in counted] == [("email", outcome, 1)]


def test_health_says_which_channels_are_set_up(client: Client) -> None:
    states = {channel["name"]: channel["state"] for channel in client.get("/api/health").data["channels"]}
    assert states == {"email": "on", "sms": "on", "push": "on", "fcm": "off", "apns": "off"}
