"""`mail.*`, `text.send`, `push.send`, `digest.send`, `notice.*`, `campaign.*`."""

from typing import Annotated, ClassVar

from pydantic import Field

from lyceum.kit.event import PagedTask, Task


class DeliverNotice(Task):
    """Tell at most 100 users the same, in the words of a kind of notification.

    `of_id`: somebody else whose name or words that carries, with whom it goes.
    """

    name: ClassVar[str] = "notice.deliver"
    worker: ClassVar[str] = "notifications-inbox"
    kind: str
    user_ids: Annotated[list[str], Field(min_length=1, max_length=100)]
    data: dict[str, str]
    of_id: str | None = None


class ForgetMentioned(PagedTask):
    """Remove a page of the messages that carry the name or words of somebody who is erased."""

    name: ClassVar[str] = "notice.forget_mentioned"
    worker: ClassVar[str] = "notifications-inbox"
    user_id: str


class FanOutNotice(PagedTask):
    """Address a notice to everybody in the tenant, or in a course, whose sort keys are of a range.

    - `first`, `last`: the range, both included; None for where the list begins and ends.
    - `after`: the storage key that ended a page, of tasks from before there were ranges.
    """

    name: ClassVar[str] = "notice.fan_out"
    worker: ClassVar[str] = "notifications-fan-out"
    kind: str
    data: dict[str, str]
    course_id: str | None = None
    first: str | None = None
    last: str | None = None


class AddressCampaign(Task):
    """Address the next page of a campaign's segment, as far as its share of the hour goes."""

    name: ClassVar[str] = "campaign.address"
    worker: ClassVar[str] = "notifications-fan-out"
    campaign_id: str


class DeliverCampaign(Task):
    """Tell at most 100 users of a campaign, those of them who want it and were not told before."""

    name: ClassVar[str] = "campaign.deliver"
    worker: ClassVar[str] = "notifications-inbox"
    campaign_id: str
    user_ids: Annotated[list[str], Field(min_length=1, max_length=100)]


class NoteCampaignRead(Task):
    """Count that somebody read a campaign's message; whose it was is not said."""

    name: ClassVar[str] = "campaign.note_read"
    worker: ClassVar[str] = "notifications-inbox"
    campaign_id: str


class TryMail(Task):
    """Send words of a template to whoever is writing them, as their readers would get them."""

    name: ClassVar[str] = "mail.try"
    worker: ClassVar[str] = "notifications-mail"
    user_id: str
    template_id: str
    title: str
    body: str


class SendMail(Task):
    """Send a notification by e-mail."""

    name: ClassVar[str] = "mail.send"
    worker: ClassVar[str] = "notifications-mail"
    notification_id: str
    user_id: str


class SendText(Task):
    """Send a notification as a text message."""

    name: ClassVar[str] = "text.send"
    worker: ClassVar[str] = "notifications-text"
    notification_id: str
    user_id: str


class SendPush(Task):
    """Push a notification to its reader's devices."""

    name: ClassVar[str] = "push.send"
    worker: ClassVar[str] = "notifications-push"
    notification_id: str
    user_id: str


class SendDigest(Task):
    """Send a user's digest, whose time has come."""

    name: ClassVar[str] = "digest.send"
    worker: ClassVar[str] = "notifications-mail"
    user_id: str
    bucket: str
