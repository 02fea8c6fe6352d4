"""What proves who somebody is: sign-in names under `LOGIN#`, secrets under `CREDENTIAL#`.

Only the roles of the auth functions read these families. All secrets of a user share a partition, so that a sign-in
reads them in one request.
"""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class LoginName(Entity, discriminator="login_name"):
    """A name that signs one user in: e-mail address, phone number, username or school id.

    It exists once a tenant, which keeps it unique. By the index a function may ask who holds a name without a right to
    read `LOGIN#`.
    """

    keys = Keys("LOGIN#{name}", "LOGIN", gsi1=Index("LOGINNAME#{name}", "LOGIN"))
    noun = "sign-in name"

    name = UnicodeAttribute()
    user_id = UnicodeAttribute()


class SignInFailures(Entity, discriminator="sign_in_failures"):
    """Failed tries, counted before they are compared.

    - `subject`: what they are counted by: a name, known or not, a device, a card or an account.
    - `failures`: since the count began; it is forgotten a day after the last one.
    - `last_failed_at`: from when the delay runs.
    """

    keys = Keys("LOGIN#{subject}", "FAILURES")
    noun = "count of failures"

    subject = UnicodeAttribute()
    failures = NumberAttribute(default=0)
    last_failed_at = Moment()


class RangeFailures(Entity, discriminator="range_failures"):
    """Names whose sign-in failed from a range of addresses: one of IPv4, 64 bits of IPv6.

    - `names`: hashes of the folded names, each once; a sign-in takes its name out.
    - `name_count`: how many they are.
    - `ends_at`: a day after the first of them, when the count begins anew.
    """

    keys = Keys("LOGIN#{address_range}", "RANGE")
    noun = "count of failures"

    address_range = UnicodeAttribute()
    names = UnicodeSetAttribute(null=True)
    name_count = NumberAttribute(default=0)
    last_failed_at = Moment()
    ends_at = Moment()


class NamedRange(Entity, discriminator="named_range"):
    """A range of addresses that administrators know as theirs; `network` is as in RFC 4632, such as 192.0.2.0/24."""

    keys = Keys("LOGIN#ranges", "NAMED#{range_id}")
    noun = "range"

    range_id = UnicodeAttribute()
    name = UnicodeAttribute()
    network = UnicodeAttribute()


class Credential(Entity, discriminator="credential"):
    """A user's password hash (argon2id)."""

    keys = Keys("CREDENTIAL#{user_id}", "PASSWORD")
    noun = "credential"

    user_id = UnicodeAttribute()
    password_hash = UnicodeAttribute()
    changed_at = Moment()


class RefreshKey(Entity, discriminator="refresh_key"):
    """What the refresh tokens of a session are made from: a random nonce and how often they were rotated.

    A token names its generation, so the last one is told from a spent one, and neither is stored.
    """

    keys = Keys("CREDENTIAL#{user_id}", "REFRESH#{session_id}")
    noun = "refresh key"

    user_id = UnicodeAttribute()
    session_id = UnicodeAttribute()
    nonce = UnicodeAttribute()
    generation = NumberAttribute(default=1)
    rotated_at = Moment()
    expires_at = Moment()
    permissions_version = NumberAttribute()


class Device(Entity, discriminator="device"):
    """A device that its user has signed in on, by the hash of the token that it holds."""

    keys = Keys("CREDENTIAL#{user_id}", "DEVICE#{token_hash}")
    noun = "device"

    user_id = UnicodeAttribute()
    token_hash = UnicodeAttribute()
    network = UnicodeAttribute()
    country = UnicodeAttribute(null=True)
    last_seen_at = Moment()


class TwoFactor(Entity, discriminator="two_factor"):
    """A user's second factor, and the hashes of its recovery codes.

    - `method`: totp for an authenticator, email or sms for codes that are sent to the proven address or number.
    - `secret`: of the authenticator, encrypted.
    - `last_step`: the last time step of it that was used.
    """

    keys = Keys("CREDENTIAL#{user_id}", "TOTP")
    noun = "second factor"

    user_id = UnicodeAttribute()
    method = UnicodeAttribute(default="totp")
    secret = UnicodeAttribute(null=True)
    is_confirmed = BooleanAttribute(default=False)
    last_step = NumberAttribute(default=0)
    recovery_hashes = UnicodeSetAttribute(null=True)


class OneTimeCode(Entity, discriminator="one_time_code"):
    """The one live code of a purpose; the code itself follows from `code_id` and the deployment's secret.

    - `requester`: the hashed range of addresses that asked for it; None for one that a signed-in user asked for.
    - `tries`: from there.
    - `tries_of_others`: from all other places together, so that they burn nobody's code.
    """

    keys = Keys("CREDENTIAL#{user_id}", "CODE#{purpose}")
    noun = "code"

    user_id = UnicodeAttribute()
    purpose = UnicodeAttribute()
    code_id = UnicodeAttribute()
    target = UnicodeAttribute()
    requester = UnicodeAttribute(null=True)
    tries = NumberAttribute(default=0)
    tries_of_others = NumberAttribute(default=0)
    sent_at = Moment()
    expires_at = Moment()


class CodesSent(Entity, discriminator="codes_sent"):
    """How many codes went out on a day (UTC); `subject` is an account, or the hash of an address that is not proven."""

    keys = Keys("LOGIN#{subject}", "CODES#{day}")
    noun = "count of codes"

    subject = UnicodeAttribute()
    day = UnicodeAttribute()
    sent = NumberAttribute(default=0)


class Challenge(Entity, discriminator="challenge"):
    """A sign-in that waits for its second step.

    - `method`: totp, email or sms.
    - `device`: what the person calls the device, for the session that follows.
    - `failures`: the subject of the count that a good end wipes out.
    - `tries`: five at the most.
    - `link`: the identity elsewhere that the account is linked to by a good end, as `LinkedIdentity` has it.
    """

    keys = Keys("CREDENTIAL#{user_id}", "CHALLENGE#{challenge_id}")
    noun = "challenge"

    user_id = UnicodeAttribute()
    challenge_id = UnicodeAttribute()
    method = UnicodeAttribute()
    failures = UnicodeAttribute(null=True)
    device = UnicodeAttribute(null=True)
    tries = NumberAttribute(default=0)
    link: Any = JSONAttribute(null=True)
    expires_at = Moment()


class LinkedIdentity(Entity, discriminator="linked_identity"):
    """What links a user to an identity provider: who the user is there.

    `email` is the address that the provider named when the link was made.
    """

    keys = Keys("CREDENTIAL#{user_id}", "LINK#{provider}")
    noun = "linked identity"

    user_id = UnicodeAttribute()
    provider = UnicodeAttribute()
    provider_name = UnicodeAttribute()
    issuer = UnicodeAttribute()
    subject = UnicodeAttribute()
    email = UnicodeAttribute(null=True)


class Passkey(Entity, discriminator="passkey"):
    """A passkey of a user (WebAuthn Level 3): its public key (COSE) in base64url.

    - `sign_count`: as its authenticator counted last; 0 for those that do not count.
    - `is_synced`: whether it is kept in more than one place.
    """

    keys = Keys("CREDENTIAL#{user_id}", "PASSKEY#{credential_id}")
    noun = "passkey"

    user_id = UnicodeAttribute()
    credential_id = UnicodeAttribute()
    name = UnicodeAttribute()
    public_key = UnicodeAttribute()
    sign_count = NumberAttribute(default=0)
    transports = UnicodeSetAttribute(null=True)
    is_synced = BooleanAttribute(default=False)
    last_used_at = Moment(null=True)


class ResetTicket(Entity, discriminator="reset_ticket"):
    """The right to set a new password once; the latest ticket alone is good."""

    keys = Keys("CREDENTIAL#{user_id}", "TICKET")
    noun = "ticket"

    user_id = UnicodeAttribute()
    ticket_id = UnicodeAttribute()
    expires_at = Moment()


class LaunchTicket(Entity, discriminator="launch_ticket"):
    """The right to begin a session once, which a platform that launches here proved; `digest` is of the ticket."""

    keys = Keys("LAUNCHTICKET#{digest}", "TICKET")
    noun = "ticket"

    digest = UnicodeAttribute()
    user_id = UnicodeAttribute()
    expires_at = Moment()


class UndoOffer(Entity, discriminator="undo_offer"):
    """The right to undo a change of credentials by the link that was sent to an address from before it.

    - `what`: email, phone, password or second_factor.
    - `before`: what it was, as JSON; empty when there was none.
    - `target`: the proven address or number from before the change, where the link was sent.
    """

    keys = Keys("CREDENTIAL#{user_id}", "UNDO#{undo_id}")
    noun = "change"

    user_id = UnicodeAttribute()
    undo_id = UnicodeAttribute()
    what = UnicodeAttribute()
    before: Any = JSONAttribute(default=dict)
    target = UnicodeAttribute()
    expires_at = Moment()


class Session(Entity, discriminator="session"):
    """One sign-in on one device.

    It is deleted when it ends, and with it its access and refresh tokens are worth nothing. `proved_at` is when its
    user last proved to be the one, by signing in or by a confirmation; refreshing proves nothing.
    """

    keys = Keys("USER#{user_id}", "SESSION#{session_id}")
    noun = "session"

    user_id = UnicodeAttribute()
    session_id = UnicodeAttribute()
    device = UnicodeAttribute(null=True)
    address = UnicodeAttribute(null=True)
    user_agent = UnicodeAttribute(null=True)
    proved_at = Moment(null=True)
    last_seen_at = Moment()
    expires_at = Moment()
