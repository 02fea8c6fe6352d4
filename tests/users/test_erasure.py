"""Erasure: nothing of a deleted account's person is left after 30 days, and what was done is told."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from pynamodb.attributes import JSONAttribute, ListAttribute, UnicodeAttribute

import lyceum.model
from lyceum.kit import clock as time
from lyceum.kit.aws import clients
from lyceum.kit.settings import settings
from lyceum.kit.table import Entity, write_many
from lyceum.kit.table.keys import Template
from lyceum.model.assignments import GradeRecord, GradeSheet, Submission, SubmissionAttempt
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import (
    Challenge,
    Credential,
    Device,
    LinkedIdentity,
    LoginName,
    OneTimeCode,
    Passkey,
    RefreshKey,
    ResetTicket,
    TwoFactor,
    UndoOffer,
)
from lyceum.model.certificates import Certificate
from lyceum.model.content.uploads import Upload
from lyceum.model.exams.sessions import AnswerSheet, ExamPack, ExamSession
from lyceum.model.marketplace.offers import OfferReview
from lyceum.model.marketplace.sales import OfferPurchase
from lyceum.model.notifications.deliveries import PushDevice, PushToken
from lyceum.model.oauth import OAuthGrant
from lyceum.model.users.account import User
from lyceum.model.users.erasure import ErasureReceipt
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.jobs import run, run_twice_at_once
from tests.users.conftest import People

from functions.users import erasure, jobs

CANARY = "Zanzibar"
SECRETS: tuple[type[Entity], ...] = (
    Credential,
    RefreshKey,
    Device,
    TwoFactor,
    OneTimeCode,
    Challenge,
    ResetTicket,
    UndoOffer,
    OAuthGrant,
    LinkedIdentity,
    Passkey,
)
"""Kinds that go by the task which the receipt carries."""
NAMING_BY_ID_ALONE = {
    # written for a course, the bank or the library, under the id of whoever wrote it
    "Assignment", "Announcement", "Assessment", "Classroom", "ContentItem", "Course", "CourseRanking", "Incident",
    "ImportJob", "Upload", "QuestionRevision", "Question", "QuestionDraft", "EmbargoedBank", "SavedBlueprint",
    # what the marketplace's worker withdraws once the account is erased, and its buyers keep
    "Offer", "BankContents", "OfferSubject",
    # shared with everybody, under the id of whoever wrote it
    "SharedSearchFilter",
    "Passage",
    # results and statistics, which are kept
    "AssessmentAttempt", "AttemptCount", "ClassMember", "ContentRating", "CourseRating", "DrawnQuestions",
    "Enrolment", "Entitlement", "ExamMarks", "ExamSession", "GradeSheet", "Performance", "QuestionHistory",
    "ScannedSheet", "SolvedQuestions", "Standing", "StudyTime", "Submission", "UploadUsage",
    # what the community's worker takes the name off, removes or hands on once the account is erased
    "Block", "Conversation", "Discussion", "DiscussionReply", "GroupMember", "HelpAnswer", "MentorFigures",
    "MentorHours", "MentorTie", "MessageBox", "Poster", "Report", "StudyGroup", "Vote",
    # what the tutoring worker takes away, or takes the name off, once the account is erased
    "BookedDay", "BookedTime", "CallQuality", "TutorListing", "TutorProfile", "TutoringEntry", "TutoringFeed",
    # tax records and what is owed, which the law keeps, under an id that stands for nobody any more
    "AffiliateCode", "CouponUse", "HoursPackage", "LedgerEntry", "LiveSubscription", "Payment", "Receipt", "Refund",
    "Subscription", "TrialTaken", "Voucher", "VoucherBatch",
    "OfferPurchase", "Payout", "SellerFigures", "SellerLine", "Sale",
    # gone by themselves within days
    "AuthorizationCode", "CodeGuesses", "PasskeyChallenge",
    "ActiveSession", "DailyStarts", "ScannedPage", "Delivery", "Follower", "Invitation",
    # goes with the link or passkey that it guards
    "FederatedIdentity",
    "ClickerQuiz",
    # what administrators had run
    "OwnSchedule",
    # what erasure itself keeps
    "ErasureReceipt", "ConsentRecord", "PrivacyRequest", "LegalHold",
    # the chain of the audit trail holds ids and hashes alone
    "AuditLink",
    # gone by themselves within minutes or an hour
    "DeepLink", "LaunchTicket",
    # who belongs to a group of the organisation's directory, which keeps it
    "DirectoryMember",
}  # fmt: skip
_NAMES = ("user_id", "owner_id", "author_id", "teacher_id", "instructor_id", "inviter_id", "subject_id", "accepted_by")


def kinds() -> Iterator[type[Entity]]:
    """Return every kind of the model that names a user."""
    for module in pkgutil.walk_packages(lyceum.model.__path__, "lyceum.model."):
        importlib.import_module(module.name)
    for kind in Entity.__subclasses__():
        if kind.__module__.startswith("lyceum.model.") and set(_NAMES) & set(kind.get_attributes()):
            yield kind


def test_erasure_knows_every_kind_that_names_a_user() -> None:
    known = {kind.__name__ for kind in (*erasure.REMOVED, *erasure.REMOVED_WITH_OTHERS, *erasure.EMPTIED, *SECRETS)}
    unknown = {kind.__name__ for kind in kinds() if hasattr(kind, "keys")} - known - NAMING_BY_ID_ALONE
    assert unknown == set()


def planted(kind: type[Entity], user_id: str, **more: Any) -> Entity:
    """Make an item of a kind with a canary in each of its texts."""
    fixed = set(Template(kind.keys.partition).names) | set(Template(kind.keys.sort).names)
    base = set(Entity.get_attributes())
    values: dict[str, Any] = {}
    for name, attribute in kind.get_attributes().items():
        if name in base or name in _NAMES:
            continue
        if isinstance(attribute, UnicodeAttribute) and name not in fixed:
            values[name] = CANARY
        elif isinstance(attribute, JSONAttribute):
            values[name] = {"name": CANARY}
        elif isinstance(attribute, ListAttribute):
            values[name] = [CANARY]
        elif type(attribute).__name__ == "Moment":
            values[name] = time.now()
        elif isinstance(attribute, UnicodeAttribute):
            values[name] = "k"
        elif type(attribute).__name__ == "NumberAttribute":
            values[name] = 1
    values |= {name: user_id for name in _NAMES if name in kind.get_attributes()}
    return kind(**values | more)


@pytest.fixture
def erased(client: Client, people: People, clock: Clock) -> Callable[[], str]:
    """Delete the student, wait until the time has come, and let two runs of the job overlap."""
    student = client.as_("student")
    people.change("student", first_name=CANARY, last_name=CANARY, email="zanzibar@example.com", username="zanzibar")

    def go() -> str:
        assert client.as_("admin").delete(f"/api/users/{student.user_id}").status == 200
        people.settle()
        clock.advance(days=29)
        run(jobs)
        assert User.fetch(user_id=student.user_id) is not None
        clock.advance(days=1, minutes=1)
        run_twice_at_once(jobs, "erase_deleted_accounts")
        people.settle()
        return student.user_id

    return go


def test_no_canary_is_left(client: Client, people: People, erased: Callable[[], str]) -> None:
    user_id = client.as_("student").user_id
    kept = [
        Submission(assignment_id="k", user_id=user_id, course_id="c", submission_id="s", state="graded"),
        GradeSheet(course_id="c", user_id=user_id, entries={"k": {"points": "3"}}),
        planted(SubmissionAttempt, user_id, assignment_id="k", upload_ids=[]),
        planted(GradeRecord, user_id, assignment_id="k", is_released=True, grader_id="g", points="3",
                final_points="3", criteria=[], cause="grader"),
        planted(Certificate, user_id, certificate_id="k", title="t", achievement="a", source_id="s", teacher_id="t",
                language="en", percent="1", list_id="l", key_id="k", document_hash="h", shard="0", state="valid",
                supersedes="x", superseded_by="x", anchor=None, anchoring="done"),
        planted(AuditEvent, user_id, actor_id="a", action="user.edit", correlation_id="c"),
    ]  # fmt: skip
    gone = [planted(kind, user_id) for kind in (*erasure.REMOVED, *SECRETS)]
    gone += [PushToken(device_id="k", user_id=user_id), planted(PushDevice, user_id, device_id="k")]
    write_many([*kept, *gone])
    write_many([LoginName(name="zanzibar", user_id=user_id), LoginName(name="zanzibar@example.com", user_id=user_id)])
    assert erased() == user_id
    left = [item for item in client.cloud.items(client.tenant) if item["kind"]["S"] not in {"seen", "outgoing"}]
    long_over = str(int((time.now() - timedelta(days=7)).timestamp()))
    left = [item for item in left if item.get("ttl", {}).get("N", "9") > long_over]  # storage has removed the others
    assert [item["kind"]["S"] for item in left if CANARY.lower() in str(item).lower()] == []
    kinds_left = {item["kind"]["S"] for item in left if user_id in str(item)}
    assert {
        "submission",
        "grade_sheet",
        "submission_attempt",
        "grade_record",
        "audit_event",
        "certificate",
    } <= kinds_left
    assert {"user", "session", "credential", "login_name", "purge_due", "push_token"} & {
        item["kind"]["S"] for item in left if user_id in str(item)
    } == set()


def test_a_receipt_says_what_was_done(client: Client, people: People, erased: Callable[[], str]) -> None:
    user_id = erased()
    receipt = ErasureReceipt.require(user_id=user_id)
    assert receipt.removed["Session"] == 1
    assert receipt.emptied == {"AuditEvent": 1}
    assert [event["userId"] for event in people.events("user.erased")] in ([], [user_id])


def test_names_are_free_again(client: Client, erased: Callable[[], str]) -> None:
    wanted = {"email": "zanzibar@example.com", "username": "zanzibar", "password": "a long engine of brass",
              "firstName": "A", "lastName": "B"}  # fmt: skip
    erased()
    assert client.post("/api/auth/register", wanted).status == 201


def test_the_picture_goes_with_its_files(client: Client, people: People, erased: Callable[[], str]) -> None:
    user_id, bucket = client.as_("student").user_id, settings().bucket
    keys = [f"uploads/t/{user_id}/u/original", f"derived/t/{user_id}/u/64.webp"]
    for key in keys:
        clients.client("s3").put_object(Bucket=bucket, Key=key, Body=b"x")
    write_many([planted(Upload, user_id, upload_id="u", purpose="avatar", state="ready", key=keys[0])])
    people.change("student", avatar_id="u", avatar=[{"name": "64", "key": keys[1], "width": 64, "height": 64}])
    erased()
    listed = clients.client("s3").list_objects_v2(Bucket=bucket, Prefix="uploads/t/")
    assert [each["Key"] for each in listed.get("Contents", []) if user_id in each["Key"]] == []
    assert Upload.fetch(upload_id="u") is None


def test_the_device_of_an_exam_is_forgotten_and_the_exam_is_not(client: Client, erased: Callable[[], str]) -> None:
    user_id = client.as_("student").user_id
    sheet = AnswerSheet(exam_id="k", user_id=user_id, state="submitted", deadline_at=time.now(), closes_at=time.now())
    sheet.device = CANARY
    session = planted(ExamSession, user_id, exam_id="k")
    pack = planted(ExamPack, user_id, pack_id="k", reasons=[], others=[])
    write_many([sheet, session, pack])
    erased()
    assert ExamPack.require(pack_id="k").chain is None
    left = AnswerSheet.require(exam_id="k")
    assert left.device is None and left.user_id == user_id


def test_the_text_of_a_review_goes_and_its_stars_stay(client: Client, erased: Callable[[], str]) -> None:
    user_id = client.as_("student").user_id
    bought = OfferPurchase(user_id=user_id, offer_id="k", payment_id="p", bought_at=time.now())
    review = OfferReview(offer_id="k", user_id=user_id, stars=4, text=CANARY, written_at=time.now())
    write_many([bought, review])
    erased()
    left = OfferReview.require(offer_id="k", user_id=user_id)
    assert (left.text, left.stars) == (None, 4)


def test_what_was_done_already_is_not_done_again(client: Client, erased: Callable[[], str], clock: Clock) -> None:
    user_id = erased()
    before = ErasureReceipt.require(user_id=user_id).version
    clock.advance(days=1)
    run(jobs)
    assert ErasureReceipt.require(user_id=user_id).version == before
