"""The Lambdas of the community, and what each reads and writes."""

from lyceum.kit.manifest import Function, Http, Queue, Schedule
from lyceum.kit.tenancy.records import Tenant
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import Session
from lyceum.model.community.discussions import Discussion, DiscussionReply
from lyceum.model.community.groups import GroupCode, GroupMember, GroupMessage, StudyGroup
from lyceum.model.community.messages import Block, Conversation, DirectMessage, MessageBox
from lyceum.model.community.questions import (
    HelpAnswer,
    HelpQuestion,
    HelpRouting,
    MentorOffer,
    MentorTie,
    PooledMentor,
    Poster,
    SubjectFigures,
    TextRevision,
    Vote,
)
from lyceum.model.community.reports import OpenReport, Report
from lyceum.model.content.library import ContentItem
from lyceum.model.content.uploads import Upload
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.mentors import MentorFigures, MentorHours
from lyceum.model.questions.question import Question
from lyceum.model.users.account import User

_HELP = (HelpQuestion, HelpRouting, HelpAnswer, TextRevision, Vote, MentorTie, Poster)
_DISCUSSIONS = (Discussion, DiscussionReply)
_MESSAGES = (DirectMessage, Conversation, MessageBox, Block, Poster)
_GROUPS = (StudyGroup, GroupMember, GroupCode, GroupMessage)
_HELD = (HelpQuestion, HelpAnswer, Discussion, DiscussionReply, DirectMessage, GroupMessage)

LAMBDAS = (
    Function(
        "http.questions",
        Http(),
        reads=(
            *_HELP,
            HelpQuestion.index("gsi1"),
            HelpQuestion.index("gsi2"),
            HelpRouting.index("gsi2"),
            HelpAnswer.index("gsi1"),
            MentorOffer,
            SubjectFigures,
            *_DISCUSSIONS,
            Discussion.index("gsi1"),
            Question,
            Upload,
            User,
            Session,
        ),
        writes=(*_HELP, *_DISCUSSIONS, AuditEvent),
    ),
    Function(
        "http.messages",
        Http(),
        reads=(
            *_MESSAGES,
            Conversation.index("gsi1"),
            *_GROUPS,
            GroupMember.index("gsi1"),
            MentorTie,
            Course,
            Enrolment.index("gsi1"),
            Tenant,
            User,
            Session,
        ),
        writes=(*_MESSAGES, *_GROUPS),
    ),
    Function(
        "http.reports",
        Http(),
        reads=(
            Report,
            Report.index("gsi1"),
            Report.index("gsi2"),
            *_HELD,
            GroupMember,
            ContentItem,
            Question,
            Upload,
            User,
            Session,
        ),
        writes=(Report, OpenReport, *_HELD, AuditEvent),
    ),
    Function(
        "events",
        Queue(),
        reads=(
            *_HELP,
            HelpRouting.index("gsi2"),
            HelpAnswer.index("gsi2"),
            PooledMentor,
            MentorHours,
            *_DISCUSSIONS,
            Discussion.index("gsi2"),
            DiscussionReply.index("gsi1"),
            *_MESSAGES,
            DirectMessage.index("gsi1"),
            *_GROUPS,
            GroupMember.index("gsi1"),
            GroupMessage.index("gsi1"),
            Report,
            Report.index("gsi2"),
            OpenReport,
            User,
            User.index("gsi2"),
        ),
        writes=(
            *_HELP,
            MentorOffer,
            PooledMentor,
            MentorHours,
            MentorFigures,
            SubjectFigures,
            *_DISCUSSIONS,
            *_MESSAGES,
            *_GROUPS,
            Report,
            OpenReport,
        ),
        timeout_seconds=30,
    ),
    Function(
        "jobs",
        Schedule(),
        reads=(HelpRouting.index("gsi1"), MentorOffer, PooledMentor, User.index("gsi2")),
        writes=(PooledMentor,),
        timeout_seconds=120,
    ),
)
