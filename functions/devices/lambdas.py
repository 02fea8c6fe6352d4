"""The Lambda of classroom devices, and what it reads and writes."""

from lyceum.kit.manifest import Function, Http, IdentitySecret
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import Session
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.devices import (
    ClassroomDevice,
    ClickerAnswers,
    ClickerQuiz,
    DeviceCommand,
    DeviceReading,
    DeviceState,
    EnrolmentCode,
)
from lyceum.model.users.account import User

_OWN = (EnrolmentCode, ClassroomDevice, DeviceState, DeviceCommand, ClickerQuiz, ClickerAnswers)
_INDEXES = (ClassroomDevice.index("gsi1"), ClassroomDevice.index("gsi2"))

LAMBDAS = (
    Function(
        "http",
        Http(),
        reads=(*_OWN, *_INDEXES, Enrolment, User, Session),
        writes=(*_OWN, DeviceReading, AuditEvent),
        permissions=(IdentitySecret(),),
    ),
)
