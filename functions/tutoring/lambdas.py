"""The Lambdas of tutoring, and what each reads and writes."""

from lyceum.kit.manifest import Bucket, EdgeKey, Function, Http, Queue, Schedule
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import Session
from lyceum.model.content.uploads import Upload, UploadUsage
from lyceum.model.mentors import MentorHours
from lyceum.model.payments.ledger import LedgerEntry, PersonalBalance
from lyceum.model.tutoring import (
    BookedDay,
    BookedTime,
    CallQuality,
    HoursPackage,
    TutoringEntry,
    TutoringFeed,
    TutoringRecording,
    TutoringSession,
    TutorListing,
    TutorProfile,
)
from lyceum.model.users.account import User
from lyceum.model.users.guardians import Guardianship

_OFFERED = (TutorProfile, TutorListing, MentorHours)
_BOOKED = (TutoringSession, TutoringEntry, BookedTime, BookedDay, HoursPackage)
_PAID = (LedgerEntry, PersonalBalance)

LAMBDAS = (
    Function(
        "http",
        Http(),
        reads=(
            *_OFFERED,
            *_BOOKED,
            *_PAID,
            TutoringFeed,
            CallQuality,
            TutoringRecording,
            Upload,
            UploadUsage,
            User,
            Guardianship,
            Session,
        ),
        writes=(
            *_OFFERED,
            *_BOOKED,
            *_PAID,
            TutoringFeed,
            CallQuality,
            TutoringRecording,
            Upload,
            UploadUsage,
            AuditEvent,
        ),
        permissions=(Bucket("uploads/", ("write", "parts")), Bucket("derived/", ("read",)), EdgeKey()),
    ),
    Function(
        "events",
        Queue(),
        reads=(*_OFFERED, *_BOOKED, TutoringSession.index("gsi2"), TutoringRecording, User, Guardianship),
        writes=(TutorProfile, TutorListing, *_BOOKED, *_PAID, TutoringFeed),
        timeout_seconds=60,
    ),
    Function(
        "jobs",
        Schedule(),
        reads=(TutoringSession, TutoringSession.index("gsi1"), HoursPackage),
        writes=(*_BOOKED, *_PAID),
        timeout_seconds=120,
    ),
)
