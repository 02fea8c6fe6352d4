"""Delivery, Digest, Suppression, PushDevice, PushToken."""

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class Delivery(Entity, discriminator="delivery"):
    """One message on one channel. States: pending, sending, sent, failed, suppressed.

    While it is sending, it belongs to the worker that claimed it until `claimed_until`. `provider_id` is the service's
    name for what was sent; `reason` says why nothing was. One that is held back waits in `held_bucket`, a quarter of an
    hour in UTC. `reached` are the devices that took a push already.
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
    provider_id = UnicodeAttribute(null=True)
    reached = UnicodeSetAttribute(null=True)
    reason = UnicodeAttribute(null=True)


class Digest(Entity, discriminator="digest"):
    """What a user is told in one mail instead of many, when `bucket` has come. States as of a Delivery."""

    keys = Keys("DIGEST#{user_id}", "{bucket}", gsi1=Index("DIGESTS#{held_bucket}", "{user_id}"))
    noun = "digest"

    user_id = UnicodeAttribute()
    bucket = UnicodeAttribute()
    state = UnicodeAttribute()
    notification_ids = UnicodeSetAttribute()
    held_bucket = UnicodeAttribute(null=True)
    claimed_until = Moment(null=True)
    provider_id = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)


class Suppression(Entity, discriminator="suppression"):
    """An address that takes no mail: it bounced for good, or its owner complained. Only a hash of it is kept."""

    keys = Keys("SUPPRESSED#{address_hash}", "MAIL")
    noun = "suppressed address"

    address_hash = UnicodeAttribute()
    reason = UnicodeAttribute()


class PushDevice(Entity, discriminator="push_device"):
    """A device that takes push messages; its id follows from its token. Platforms: fcm, apns, web.

    `token` is the platform's name for the device, for the web the address of its push service; `endpoint_arn` is what
    the push service of the cloud calls it.
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
