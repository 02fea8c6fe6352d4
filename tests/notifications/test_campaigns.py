"""Campaigns: to those of a segment who want them, once to each, at a bounded pace, and not after a stop."""

from datetime import timedelta
from typing import Any

import pytest

from lyceum.kit import clock as time
from lyceum.kit import ids
from lyceum.kit.table import Unit, find_all, write_many
from lyceum.model.audit import AuditEvent
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.notifications.campaigns import Campaign, CampaignRecipient
from lyceum.model.notifications.inbox import Notification, NotificationPreferences
from lyceum.model.users.account import User
from lyceum.model.users.directory import UserCount
from lyceum.model.users.privacy import ConsentRecord
from lyceum.tasks.notifications import AddressCampaign, DeliverCampaign
from tests.notifications.conftest import Post, Requests, edit_user, hand
from tests.support.clock import Clock
from tests.support.http import Client, Reply
from tests.support.jobs import run

from functions.notifications import jobs
from functions.notifications.campaigns import sending
from functions.notifications.events import fan_out, inbox

PATH = "/api/admin/campaigns"


def consent(user_id: str, *, is_given: bool = True) -> None:
    """Let somebody decide about marketing."""
    Unit().put(
        ConsentRecord(
            user_id=user_id,
            purpose="marketing",
            record_id=ids.new_id(),
            text_version="1",
            is_given=is_given,
            given_by=user_id,
            decided_at=time.now(),
        )
    ).commit()


def people(number: int, *, agree: bool = True, **values: Any) -> list[str]:
    """Store users who agree to marketing or do not, and return their ids."""
    known = {"first_name": "Ada", "last_name": "L", "role": "student", **values}
    users = [User(user_id=ids.new_id(), username=f"u{n}", **known) for n in range(number)]
    write_many(users)
    for user in users:
        if agree:
            consent(user.user_id)
    return [str(user.user_id) for user in users]


def begin(client: Client, **values: Any) -> dict[str, Any]:
    words = {"en": {"title": "Hello {firstName}", "body": "News from {schoolName}."}}
    reply = client.as_("admin").post(PATH, {"name": "Spring", "words": words, **values})
    assert reply.status == 201, reply.json
    found: dict[str, Any] = reply.data
    return found


def act(client: Client, campaign: dict[str, Any], action: str, **headers: str) -> Reply:
    return client.as_("admin").patch(f"{PATH}/{campaign['campaignId']}", {"action": action}, **headers)


def show(client: Client, campaign: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = client.as_("admin").get(f"{PATH}/{campaign['campaignId']}").data
    return found


def spread(requests: Requests) -> None:
    """Let workers do all that there is to do, and all of it again."""
    for _ in range(6):
        requests.hand_to(fan_out)
    for _ in range(2):
        assert requests.hand_to(inbox) == 0


def told(user_ids: list[str]) -> list[int]:
    return [len(list(find_all(Notification, user_id=user_id))) for user_id in user_ids]


def test_each_of_those_who_agree_is_told_once(
    client: Client, requests: Requests, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "_PAGE", 7)
    monkeypatch.setattr(sending, "_CHUNK", 5)
    users, silent = people(30), people(3, agree=False)
    campaign = begin(client)
    spread(requests)
    spread(requests)
    assert (told(users), told(silent)) == ([1] * 30, [0] * 3)
    shown = show(client, campaign)
    assert shown["state"] == "finished" and shown["endedAt"]
    assert shown["figures"]["told"] == 30 and shown["figures"]["noConsent"] >= 3
    (message,) = find_all(Notification, user_id=users[0])
    assert (message.title, message.body) == ("Hello Ada", "News from Lyceum.")


def test_one_that_waits_tells_for_how_many_it_is_and_nobody_else_until_it_is_resumed(
    client: Client, requests: Requests
) -> None:
    Unit().put(UserCount(group="student", total=3)).commit()
    users = people(3)
    campaign = begin(client, isPaused=True, segment={"roles": ["student"]})
    assert (campaign["state"], campaign["figures"]["atMost"]) == ("paused", 3)
    spread(requests)
    run(jobs, "held_messages")
    spread(requests)
    assert told(users) == [0] * 3
    assert act(client, campaign, "resume").data["state"] == "running"
    spread(requests)
    assert told(users) == [1] * 3


def test_who_reads_a_message_is_counted_once_and_not_named(client: Client, requests: Requests) -> None:
    reader, other = client.as_("reader", "student"), client.as_("other", "student")
    for each in (reader, other):
        consent(each.user_id)
    campaign = begin(client)
    spread(requests)
    (message,) = reader.get("/api/notifications", {"type": "campaign.message"}).data
    for _ in range(2):
        assert reader.patch(f"/api/notifications/{message['notificationId']}/read").status == 200
    other.patch("/api/notifications/read-all")
    spread(requests)
    assert show(client, campaign)["figures"]["read"] == 1


def test_opt_outs_and_withdrawn_consents_hold(client: Client, requests: Requests) -> None:
    left, off, chosen, withdrawn, gone = (people(1)[0] for _ in range(5))
    Unit().put(NotificationPreferences(user_id=left, opted_out={"*/email", "*/push", "*/sms"})).commit()
    edit_user(off, preferences={"notifications": False})
    Unit().put(NotificationPreferences(user_id=chosen, channels={"campaign.message": []})).commit()
    consent(withdrawn, is_given=False)
    edit_user(gone, status="suspended")
    campaign = begin(client)
    spread(requests)
    assert told([left, off, chosen, withdrawn, gone]) == [0] * 5
    assert show(client, campaign)["figures"]["optedOut"] == 3


def test_a_segment_is_of_roles_tiers_courses_and_activity(client: Client, requests: Requests, clock: Clock) -> None:
    seen = clock.at - timedelta(days=3)
    student, teacher = people(1, last_login_at=seen)[0], people(1, role="instructor", last_login_at=seen)[0]
    payer, sleeper = people(1, tier="plus", last_login_at=seen)[0], people(1, last_login_at=clock.at - timedelta(40))[0]
    users = [student, teacher, payer, sleeper]
    course = ids.new_id()
    write_many(
        Enrolment(course_id=course, user_id=each, state=state, enrolled_at=clock.at)
        for each, state in ((student, "active"), (teacher, "active"), (sleeper, "left"))
    )
    expected = {
        "instructor": ({"roles": ["instructor"]}, [0, 1, 0, 0]),
        "payer": ({"tiers": ["plus"]}, [0, 1, 1, 0]),
        "active": ({"activeWithinDays": 7, "roles": ["student"]}, [1, 1, 2, 0]),
        "sleepers": ({"inactiveForDays": 30}, [1, 1, 2, 1]),
    }
    for segment, counts in expected.values():
        begin(client, segment=segment)
        spread(requests)
        assert told(users) == counts, segment
    assert client.as_("admin").post(PATH, new(segment={"courseId": course})).status == 404


def new(**values: Any) -> dict[str, Any]:
    return {"name": "Spring", "words": {"en": {"title": "Hello", "body": "News"}}, **values}


def test_a_share_goes_every_quarter_of_an_hour(client: Client, requests: Requests, clock: Clock) -> None:
    users = people(10)
    campaign = begin(client, perHour=12, segment={"roles": ["student"]})
    for expected in (3, 6, 9):
        spread(requests)
        run(jobs, "held_messages")
        spread(requests)
        assert sum(told(users)) <= expected
        clock.advance(minutes=15)
        run(jobs, "held_messages")
    for _ in range(4):
        spread(requests)
        clock.advance(minutes=15)
        run(jobs, "held_messages")
    assert (told(users), show(client, campaign)["state"]) == ([1] * 10, "finished")


def test_a_pause_holds_until_it_is_resumed_and_a_stop_is_for_good(client: Client, requests: Requests) -> None:
    users = people(4)
    campaign = begin(client)
    assert act(client, campaign, "pause").data["state"] == "paused"
    assert act(client, campaign, "pause").status == 200
    spread(requests)
    assert told(users) == [0] * 4
    assert act(client, campaign, "resume").data["state"] == "running"
    spread(requests)
    assert told(users) == [1] * 4
    ended = act(client, campaign, "stop")
    assert (ended.status, ended.json["error"]["details"][0]["code"]) == (422, "CAMPAIGN_ENDED")
    other = begin(client)
    assert act(client, other, "stop").data["state"] == "stopped"
    spread(requests)
    assert told(users) == [1] * 4
    acts = [each.action for each in find_all(AuditEvent, subject_id=other["campaignId"])]
    assert acts == ["campaign.created", "campaign.changed"]


def test_a_change_that_did_not_see_another_is_refused(client: Client) -> None:
    campaign = begin(client)
    version = f'"{campaign["version"]}-a"'
    assert act(client, campaign, "pause", if_match=version).status == 200
    assert act(client, campaign, "resume", if_match=version).status == 412


def test_mails_of_a_stopped_campaign_and_of_a_withdrawn_consent_do_not_leave(
    client: Client, requests: Requests, post: Post, clock: Clock
) -> None:
    student = client.as_("student").user_id
    consent(student)
    campaign = begin(client)
    spread(requests)
    assert act(client, campaign, "stop").status == 422, "it is finished: every one was addressed"
    consent(student, is_given=False)
    assert (post.deliver(), post.sent) == (0, [])
    assert post.delivery.state == "suppressed"


def test_a_mail_leaves_with_the_link_to_leave_by(client: Client, requests: Requests, post: Post) -> None:
    consent(client.as_("student").user_id)
    campaign = begin(client)
    spread(requests)
    assert post.deliver() == 0
    (mail,) = post.sent
    assert mail["Content"]["Simple"]["Subject"]["Data"].startswith("Hello ")
    assert "List-Unsubscribe" in {each["Name"] for each in mail["Content"]["Simple"]["Headers"]}
    assert show(client, campaign)["figures"]["byEmail"] == 1


def test_somebody_who_moves_in_the_list_is_not_told_again(client: Client, requests: Requests) -> None:
    (user,) = people(1)
    campaign = begin(client)
    spread(requests)
    assert hand(inbox, DeliverCampaign(campaign_id=campaign["campaignId"], user_ids=[user])) == 0
    assert told([user]) == [1]
    assert show(client, campaign)["figures"]["repeated"] == 1
    assert [each.campaign_id for each in find_all(CampaignRecipient, user_id=user)] == [campaign["campaignId"]]


def test_a_page_that_meets_a_pause_is_not_handed_on(
    client: Client, requests: Requests, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = people(2)
    campaign = begin(client)
    page = sending._page

    def paused_meanwhile(*arguments: Any) -> Any:
        found = page(*arguments)
        monkeypatch.setattr(sending, "_page", page)
        assert act(client, campaign, "pause").status == 200
        return found

    monkeypatch.setattr(sending, "_page", paused_meanwhile)
    task = AddressCampaign(campaign_id=campaign["campaignId"])
    assert hand(fan_out, task) == 1
    assert hand(fan_out, task) == 0
    stored = Campaign.require(campaign_id=campaign["campaignId"])
    assert (stored.state, int(stored.addressed), told(users)) == ("paused", 0, [0, 0])


@pytest.mark.parametrize(
    "wrong",
    [
        {"words": {}},
        {"words": {"xx": {"title": "a", "body": "b"}}},
        {"words": {"en": {"title": "a", "body": "{email}"}}},
        {"perHour": 1},
        {"segment": {"roles": ["king"]}},
    ],
)
def test_campaigns_that_make_no_sense_are_refused(client: Client, wrong: dict[str, Any]) -> None:
    assert client.as_("admin").post(PATH, new(**wrong)).status in {400, 422}


def test_only_administrators_run_campaigns_and_few_at_a_time(client: Client) -> None:
    assert client.as_("moderator").post(PATH, new()).status == 403
    for _ in range(5):
        campaign = begin(client)
    refused = client.as_("admin").post(PATH, new())
    assert refused.json["error"]["details"][0]["code"] == "TOO_MANY_CAMPAIGNS"
    assert act(client, campaign, "stop").status == 200
    assert client.as_("admin").post(PATH, new()).status == 201
    assert client.as_("admin").get(f"{PATH}/{ids.new_id()}").status == 404


def test_storage_requests(client: Client) -> None:
    begin(client)
    reply = client.as_("admin").post(PATH, new())
    assert [name for name in reply.cost.operations if name != "GetItem"][-3:] == [
        "Query",
        "Query",
        "TransactWriteItems",
    ]
    shown = client.as_("admin").get(f"{PATH}/{reply.data['campaignId']}")
    assert shown.cost.operations[-2:] == ["GetItem", "Query"]
