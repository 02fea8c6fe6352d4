"""What becomes of messages beside the inbox: deliveries, digests, addresses that take no mail, devices to push to."""

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class Delivery(Entity, discriminator="delivery"):
    """One message on one channel: `email`, `sms` or `push`.

    - `state`: pending, sending, sent, failed, suppressed.
    - `held_bucket`: the quarter of an hour (UTC) until which it is held back.
    - `claimed_until`: while it is sending, it belongs until then to the worker that claimed it.
    - `spent_tasks`: ids of the tasks that found it to be held back longer; each of them sends no more.
    - `provider_id`: the service's name for what was sent.
    - `reached`: ids of the devices that took a push already.
    - `reason`: why nothing was sent.
    """

    keys = Keys(
        "DELIVERY#{notification_id}", "{channel}", gsi1=Index("HELD#{held_bucket}", "{notification_id}#{channel}")
    )
    noun = "delivery"

    notification_id = UnicodeAttribute()
    channel = UnicodeAttribute()
    user_id = UnicodeAttribute()
    state = UnicodeAttribute()
    held_bucket = UnicodeAttribute(null=True)
    claimed_until = Moment(null=True)
    spent_tasks = UnicodeSetAttribute(null=True)
    provider_id = UnicodeAttribute(null=True)
    reached = UnicodeSetAttribute(null=True)
    reason = UnicodeAttribute(null=True)


class Digest(Entity, discriminator="digest"):
    """What a user is told in one mail instead of many.

    - `bucket`: the quarter of an hour (UTC) in which it is sent.
    - `held_bucket`: the same, until the task to send it was given.
    - `notification_ids`: the messages that it gathers.
    - `state`, `claimed_until`, `spent_tasks`, `provider_id`, `reason`: as of a Delivery.
    """

    keys = Keys("DIGEST#{user_id}", "{bucket}", gsi1=Index("DIGESTS#{held_bucket}", "{user_id}"))
    noun = "digest"

    user_id = UnicodeAttribute()
    bucket = UnicodeAttribute()
    state = UnicodeAttribute()
    notification_ids = UnicodeSetAttribute()
    held_bucket = UnicodeAttribute(null=True)
    claimed_until = Moment(null=True)
    spent_tasks = UnicodeSetAttribute(null=True)
    provider_id = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)


class Suppression(Entity, discriminator="suppression"):
    """An address that takes no mail: it bounced for good, or its owner complained. Only a hash of it is kept.

    - `reason`: bounce or complaint.
    """

    keys = Keys("SUPPRESSED#{address_hash}", "MAIL")
    noun = "suppressed address"

    address_hash = UnicodeAttribute()
    reason = UnicodeAttribute()


class PushDevice(Entity, discriminator="push_device"):
    """A device that takes push messages; its id follows from its token.

    - `platform`: fcm, apns or web.
    - `token`: the platform's name for the device; for the web the address of its push service.
    - `web_key`, `web_secret`: what a browser's messages are encrypted with (RFC 8291), in base64url.
    - `endpoint_arn`: what the push service of the cloud calls it.
    """

    keys = Keys("PUSHDEVICE#{user_id}", "{device_id}")
    noun = "device"

    user_id = UnicodeAttribute()
    device_id = UnicodeAttribute()
    platform = UnicodeAttribute()
    token = UnicodeAttribute()
    name = UnicodeAttribute(null=True)
    web_key = UnicodeAttribute(null=True)
    web_secret = UnicodeAttribute(null=True)
    endpoint_arn = UnicodeAttribute(null=True)


class PushToken(Entity, discriminator="push_token"):
    """Whose a device is: of the one user who registered its token last, so nobody reads another's messages on it."""

    keys = Keys("PUSHTOKEN#{device_id}", "TOKEN")
    noun = "device"

    device_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
