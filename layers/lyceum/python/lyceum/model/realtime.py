"""Live connections: the tickets that open them, who is connected, what they follow, and what happened lately."""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from lyceum.kit.table.entity import Entity, Keys, Moment


class SocketTicket(Entity, discriminator="socket_ticket"):
    """The right to open one connection once.

    - `ticket_hash`: SHA-256 of the secret that its holder shows, in hexadecimal digits.
    - `claims`: the caller, as the authorizer hands callers on.
    - `expires_at`: a minute after it was given.
    """

    keys = Keys("TICKET#{ticket_hash}", "TICKET")
    noun = "ticket"

    ticket_hash = UnicodeAttribute()
    claims: Any = JSONAttribute()
    expires_at = Moment()


class SocketConnection(Entity, discriminator="socket_connection"):
    """An open connection of a user.

    - `session_id`: the session that it was opened in, and ends with.
    - `presence`: online or away.
    - `topics`: what it follows beside its user's own channel; the followers of a topic are items of their own.
    """

    keys = Keys("SOCKET#{user_id}", "{connection_id}")
    noun = "connection"

    user_id = UnicodeAttribute()
    connection_id = UnicodeAttribute()
    session_id = UnicodeAttribute()
    presence = UnicodeAttribute(default="online")
    topics = UnicodeSetAttribute(null=True)


class Follower(Entity, discriminator="follower"):
    """A connection that follows a topic; the room of a call until its end, which `until` says."""

    keys = Keys("FOLLOWER#{topic}", "{user_id}#{connection_id}")
    noun = "subscription"

    topic = UnicodeAttribute()
    user_id = UnicodeAttribute()
    connection_id = UnicodeAttribute()
    until = Moment(null=True)


class ChannelEvent(Entity, discriminator="channel_event"):
    """Something that happened on a channel.

    - `channel`: a user's own (`user:` and the id) or a topic.
    - `number`: rises by one on its channel without gaps, so who knows one misses none after it.
    - `event_id`: of the event that it follows from; a second delivery finds it by this.
    - `name`, `data`: what clients get.
    """

    keys = Keys("CHANNEL#{channel}", "{number:015d}")
    noun = "event"

    channel = UnicodeAttribute()
    number = NumberAttribute()
    event_id = UnicodeAttribute()
    name = UnicodeAttribute()
    happened_at = Moment()
    data: Any = JSONAttribute(default=dict)
