"""Messages in the deployed stack: bounces, leaving a mail, devices, plans that end."""

import hashlib
import json
import re
import time
from typing import Any

import pytest

from lyceum.kit import ids
from tests.e2e.conftest import Remote, Stack, eventually
from tests.e2e.test_realtime import graded, me

pytestmark = pytest.mark.e2e


def hand_over(stack: Stack, worker: str, name: str, detail: dict[str, Any]) -> None:
    """Put what a service of AWS tells into a worker's queue; nobody else may put it on the bus."""
    queues = stack.aws("sqs")
    told = {
        "id": ids.new_id(),
        "detail-type": name,
        "source": "aws.ses",
        "time": "2027-01-11T09:45:00Z",
        "detail": detail,
    }
    queues.send_message(
        QueueUrl=queues.get_queue_url(QueueName=f"lyceum-local-{worker}")["QueueUrl"], MessageBody=json.dumps(told)
    )


def test_an_address_that_bounced_gets_no_mail_any_more(stack: Stack) -> None:
    student = stack.as_("mentor")
    account = student.get("/api/auth/me").data
    bounce = {
        "mail": {"tags": {"tenant": [stack.tenant]}},
        "bounce": {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": account["email"]}]},
    }
    hand_over(stack, "notifications-bounces", "Email Bounced", bounce)
    mark = hashlib.sha256(account["email"].casefold().encode()).hexdigest()
    eventually(lambda: stack.stored(f"SUPPRESSED#{mark}", "MAIL"), "the suppression")
    title = f"bounced {ids.new_id()}"
    graded(stack, account["userId"], title)
    message = eventually(lambda: student.get("/api/notifications?type=assignment.graded").data, "the message")[0]
    delivery = eventually(
        lambda: (
            (found := stack.stored(f"DELIVERY#{message['notificationId']}", "email"))
            and found["state"]["S"] == "suppressed"
            and found
        ),
        "the suppressed delivery",
    )
    assert "bounce" in delivery["reason"]["S"] and title not in json.dumps(stack.sent_mails())


def test_a_mail_is_left_by_its_link(stack: Stack) -> None:
    student = stack.as_("second_student")
    assert student.send("PUT", "/api/notifications/preferences", {}, {}).status == 200
    title = f"Essay {ids.new_id()}"
    points = {"points": "8", "maxPoints": "10", "percent": "80"}
    stack.publish(
        "assignment.graded", assignmentId=ids.new_id(), courseId="c", userId=me(student), title=title, **points
    )
    mail = eventually(
        lambda: next((json.dumps(each) for each in stack.sent_mails() if title in json.dumps(each)), None), "the e-mail"
    )
    button, link = (
        next(each for each in re.findall(r"https?://[^\s\"<\\]+", mail) if f"/api/notifications/{page}?token=" in each)
        for page in ("message", "unsubscribe")
    )
    anybody = Remote("")
    shown, page = anybody.get(button), anybody.get(link)
    assert shown.status == 200 and title in shown.text
    assert page.status == 200 and "<form" in page.text
    assert anybody.post(link, {}).status == 200
    types = {each["type"]: each["channels"] for each in student.get("/api/notifications/preferences").data["types"]}
    assert ("email" in types["assignment.graded"], "email" in types["assignment.due_soon"]) == (False, True)


def test_devices_are_registered_and_removed(stack: Stack) -> None:
    student = stack.as_("student")
    made = student.post("/api/devices", {"platform": "fcm", "token": f"token-{ids.new_id()}", "name": "phone"}).data
    assert made["deviceId"] in [device["deviceId"] for device in student.get("/api/devices").data]
    assert student.send("DELETE", f"/api/devices/{made['deviceId']}", None, {}).status == 200


def test_a_plan_that_ends_is_told_once(stack: Stack) -> None:
    student = stack.as_("student")
    user_id, ends_at = me(student), time.strftime("%Y-%m-%dT23:59:59.000Z", time.gmtime(time.time() + 7 * 24 * 3600))
    product, ends_on = f"PLAN#{ids.new_id()}", ends_at[:10]
    key = {
        "PK": f"{stack.tenant}|ENTITLEMENT#{user_id}",
        "SK": product,
        "GSI1PK": f"{stack.tenant}|PLANENDS#{ends_on}",
        "GSI1SK": f"{user_id}#{product}",
    }
    plan = {
        **key,
        "kind": "entitlement",
        "tenant": stack.tenant,
        "user_id": user_id,
        "product": product,
        "ends_at": ends_at,
        "ends_on": ends_on,
    }
    item = {name: {"S": value} for name, value in plan.items()} | {"version": {"N": "1"}}
    stack.aws("dynamodb").put_item(TableName=stack.output("TableName"), Item=item)
    before = student.get("/api/notifications?type=plan.expiring").data
    stack.run_job("notifications-jobs-plan-expiry")
    found = eventually(
        lambda: len(now := student.get("/api/notifications?type=plan.expiring").data) > len(before) and now,
        "the warning",
    )
    stack.run_job("notifications-jobs-plan-expiry")
    time.sleep(5)
    assert len(student.get("/api/notifications?type=plan.expiring").data) == len(found) == len(before) + 1


def test_a_campaign_reaches_those_who_agree_in_the_tenants_own_words_and_says_who_read_it(stack: Stack) -> None:
    admin, mentor = stack.as_("admin"), stack.as_("mentor")
    told = f"Spring {ids.new_id()}"
    template = "/api/admin/notification-templates/campaign.message.email.en"
    words = {"title": f"{told} by mail", "body": "{schoolName} writes."}
    shown = admin.send("PUT", template, words, {}).data
    assert f"{told} by mail" in shown["preview"]["html"]
    trial = {**words, "action": "try", "previewToken": shown["previewToken"]}
    assert admin.send("PUT", template, trial, {}).status == 200
    eventually(lambda: [mail for mail in stack.sent_mails() if f"{told} by mail" in json.dumps(mail)], "the trial mail")
    assert mentor.post("/api/consents", {"purpose": "marketing", "version": "1", "isGiven": True}).status == 201
    campaign = {
        "name": told,
        "words": {"en": {"title": told, "body": "News."}},
        "segment": {"roles": ["mentor", "instructor"]},
    }
    made = admin.post("/api/admin/campaigns", campaign).data
    message = eventually(
        lambda: [
            each
            for each in mentor.get("/api/notifications?type=campaign.message").data
            if each["data"]["campaignId"] == made["campaignId"]
        ],
        "the message",
    )[0]
    assert message["title"] == told
    assert stack.as_("instructor").get("/api/notifications?type=campaign.message").data == []
    path = f"/api/admin/campaigns/{made['campaignId']}"
    assert mentor.send("PATCH", f"/api/notifications/{message['notificationId']}/read", {}, {}).status == 200
    done = eventually(
        lambda: (now := admin.get(path).data)["state"] == "finished" and now["figures"]["read"] and now, "the figures"
    )
    assert (done["figures"]["told"], done["figures"]["read"]) == (1, 1) and done["figures"]["noConsent"] >= 1
    assert admin.send("PATCH", path, {"action": "pause"}, {}).status == 422
