"""The Lambdas of live updates, and what each reads and writes."""

from lyceum.kit.manifest import Function, Http, Links, NameSockets, PostToSockets, Queue, SocketAuthorizer, WebSocket
from lyceum.model.auth import Session
from lyceum.model.community.groups import GroupMember, GroupMessage
from lyceum.model.community.messages import DirectMessage
from lyceum.model.community.questions import HelpQuestion
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.notifications.inbox import Notification
from lyceum.model.realtime import ChannelEvent, Follower, SocketConnection, SocketTicket
from lyceum.model.tutoring import TutoringSession
from lyceum.model.users.account import User

LAMBDAS = (
    Function(
        "http", Http(), reads=(ChannelEvent,), writes=(SocketTicket,), permissions=(NameSockets(),), timeout_seconds=20
    ),
    Function(
        "websocket_authorizer",
        SocketAuthorizer(),
        reads=(SocketTicket,),
        writes=(SocketTicket,),
        timeout_seconds=5,
    ),
    Function(
        "websocket",
        WebSocket(),
        reads=(
            SocketConnection,
            Follower,
            ChannelEvent,
            Course,
            Enrolment,
            GroupMember,
            HelpQuestion,
            TutoringSession,
            User,
            Session,
        ),
        writes=(SocketConnection, Follower),
        permissions=(PostToSockets(), Links()),
    ),
    Function(
        "events",
        Queue(),
        reads=(Notification, Course, DirectMessage, GroupMessage, ChannelEvent, SocketConnection, Follower),
        writes=(ChannelEvent, SocketConnection, Follower),
        permissions=(PostToSockets(),),
        timeout_seconds=30,
    ),
)
