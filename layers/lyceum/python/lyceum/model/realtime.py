"""Live connections: the tickets that open them, who is connected, what they follow, and what was signalled lately."""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from lyceum.kit.table.entity import Entity, Keys, Moment


class SocketTicket(Entity, discriminator="socket_ticket"):
    """The right to open one connection once, by the hash of the secret that its holder shows; `claims` is the caller."""

    keys = Keys("TICKET#{ticket_hash}", "TICKET")
    noun = "ticket"

    ticket_hash = UnicodeAttribute()
    claims: Any = JSONAttribute()
    expires_at = Moment()


class SocketConnection(Entity, discriminator="socket_connection"):
    """An open connection of a user; `presence` is online or away, `topics` are what it follows beside its user's own."""

    keys = Keys("SOCKET#{user_id}", "{connection_id}")
    noun = "connection"

    user_id = UnicodeAttribute()
    connection_id = UnicodeAttribute()
    session_id = UnicodeAttribute()
    presence = UnicodeAttribute(default="online")
    topics = UnicodeSetAttribute(null=True)


class Follower(Entity, discriminator="follower"):
    """A connection that follows a topic."""

    keys = Keys("FOLLOW#{topic}", "{user_id}#{connection_id}")
    noun = "subscription"

    topic = UnicodeAttribute()
    user_id = UnicodeAttribute()
    connection_id = UnicodeAttribute()


class ChannelEvent(Entity, discriminator="signal"):
    """Something that happened on a channel: a user's own or a topic's. Numbers have no gaps, so who knows one misses none after it."""

    keys = Keys("SIGNAL#{channel}", "{number:015d}")
    noun = "signal"

    channel = UnicodeAttribute()
    number = NumberAttribute()
    event_id = UnicodeAttribute()
    name = UnicodeAttribute()
    happened_at = Moment()
    data: Any = JSONAttribute(default=dict)
