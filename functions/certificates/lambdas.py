"""The Lambdas of certificates, and what each reads and writes."""

from lyceum.kit.manifest import Bucket, Function, Http, Links, Queue, Schedule, SignCredentials, VerifyCredentials
from lyceum.kit.tenancy.records import Tenant
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import Session
from lyceum.model.certificates import (
    Certificate,
    CertificateAnchor,
    CertificateOf,
    CertificateReminder,
    IssuerKey,
    StatusList,
    StatusPlace,
)
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.users.account import User
from lyceum.model.users.privacy import ConsentRecord

_ISSUED = (Certificate, CertificateOf, CertificateReminder, IssuerKey, StatusList, StatusPlace)
_TOLD_BY = (User, ConsentRecord, ExamSession)

LAMBDAS = (
    Function(
        "http.certificates",
        Http(),
        reads=(*_ISSUED, Certificate.index("gsi1"), *_TOLD_BY, Course, Enrolment, Session),
        writes=(*_ISSUED, AuditEvent),
        permissions=(SignCredentials(), VerifyCredentials()),
        memory_mb=1024,
        layers=("credentials",),
    ),
    Function(
        "http.documents",
        Http(),
        reads=(Certificate, Certificate.index("gsi1")),
        memory_mb=1024,
        layers=("typeset", "mail"),
    ),
    Function(
        "events",
        Queue(),
        reads=(*_ISSUED, *_TOLD_BY, Tenant),
        writes=_ISSUED,
        permissions=(Links(), SignCredentials(), VerifyCredentials()),
        layers=("credentials",),
    ),
    Function(
        "jobs",
        Schedule(),
        reads=(Certificate, Certificate.index("gsi2"), CertificateReminder, CertificateAnchor),
        writes=(Certificate, CertificateAnchor, AuditEvent),
        permissions=(Bucket("derived/certificates/", ("read", "write")),),
        memory_mb=1024,
        timeout_seconds=300,
    ),
)
