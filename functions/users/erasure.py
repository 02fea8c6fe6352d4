"""Erasure of a deleted account: what it does with each kind of item that names a user, and the doing.

Other items hold a user's id alone. It was made at random, so once names, addresses and texts are gone, it stands for
nobody who could be found: results and statistics stay what they were.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from lyceum.events.users import UserErased
from lyceum.kit import clock
from lyceum.kit.aws import clients
from lyceum.kit.settings import settings
from lyceum.kit.table import Entity, Unit, batch_fetch, find_all, remove_many
from lyceum.model.ai.asking import Chat, ChatLine, EssayDraft, StudyGuide
from lyceum.model.ai.integrity import UpheldFlag
from lyceum.model.ai.prediction import LearnerSnapshot
from lyceum.model.analytics.classes import TeacherReport, Teaching
from lyceum.model.analytics.learners import FigureEntry, LearnerFigures, TopicEvidence, TopicFigures, WeekFigures
from lyceum.model.assignments import GradeRecord, Submission, SubmissionAttempt
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import LoginName, Session
from lyceum.model.certificates import Certificate, CertificateOf
from lyceum.model.content.library import OfflineCopy
from lyceum.model.content.uploads import Upload
from lyceum.model.courses.announcements import AnnouncementReceipt
from lyceum.model.courses.recommendations import CourseSuggestions
from lyceum.model.exams.sessions import AnswerSheet, ExamPack, ExamSession, SheetBlock
from lyceum.model.gamification.points import PlayerFigures, PointsDay, PointsEntry
from lyceum.model.insights.activity import SeenUser
from lyceum.model.insights.experiments import Exposure
from lyceum.model.insights.journeys import Journey
from lyceum.model.integrations.directory import DirectoryLink
from lyceum.model.integrations.launches import LaunchAccount, ScoreLink
from lyceum.model.integrations.packages import PackageDocument, PackageRegistration, PackageUnit
from lyceum.model.integrations.statements import LearningStatement
from lyceum.model.marketplace.offers import OfferReview
from lyceum.model.marketplace.sales import OfferPurchase
from lyceum.model.marketplace.sellers import Seller
from lyceum.model.notifications.campaigns import CampaignRecipient
from lyceum.model.notifications.deliveries import Digest, PushDevice, PushToken
from lyceum.model.notifications.inbox import InboxCounter, Notification, NotificationPreferences
from lyceum.model.notifications.reminders import StudyDay, StudyReminder
from lyceum.model.payments.affiliates import AffiliateFigures, AffiliateLink
from lyceum.model.payments.orders import Customer
from lyceum.model.payouts import PayoutAccount
from lyceum.model.proctoring import ProctorEvent, ProctorSession, ProctorSnapshot, ProctorViolation
from lyceum.model.realtime import SocketConnection
from lyceum.model.search import SearchFilter
from lyceum.model.store.carts import Cart, StoreActivity, StoreFavourite
from lyceum.model.store.orders import StoreOrder
from lyceum.model.store.products import ProductReview, Purchase
from lyceum.model.study.learners import DailyTotals, Learner, PersonalizationAnswers, StudyClock
from lyceum.model.study.notes import Bookmark, Note, NoteCount
from lyceum.model.study.plans import PlanProgress, StudyPlan
from lyceum.model.study.reviews import ReviewCard, ReviewLog, ReviewPile
from lyceum.model.study.sessions import StudySession
from lyceum.model.sync import SyncChange, SyncDevice, SyncOperation, SyncPlace, SyncPosition
from lyceum.model.users.account import User
from lyceum.model.users.classes import PinCard
from lyceum.model.users.directory import DirectoryTerm
from lyceum.model.users.erasure import ErasureReceipt, PurgeDue
from lyceum.model.users.guardians import Guardianship
from lyceum.model.users.privacy import DataExport, LegalHold, PrivacyRequest
from lyceum.rules.exams import answer_sheets
from lyceum.rules.sign_in_names import fold
from lyceum.tasks.auth import EraseSecrets

REMOVED: tuple[type[Entity], ...] = (
    Session,
    DirectoryTerm,
    PinCard,
    Notification,
    InboxCounter,
    NotificationPreferences,
    Digest,
    CampaignRecipient,
    PushDevice,
    StudyReminder,
    StudyDay,
    OfflineCopy,
    AnnouncementReceipt,
    SeenUser,
    Journey,
    Exposure,
    SocketConnection,
    Learner,
    DailyTotals,
    StudyClock,
    PersonalizationAnswers,
    StudyPlan,
    PlanProgress,
    StudySession,
    ReviewCard,
    ReviewPile,
    ReviewLog,
    Note,
    NoteCount,
    Bookmark,
    PointsEntry,
    PointsDay,
    PlayerFigures,
    SearchFilter,
    FigureEntry,
    LearnerFigures,
    WeekFigures,
    TopicFigures,
    TopicEvidence,
    Teaching,
    TeacherReport,
    Customer,
    AffiliateLink,
    AffiliateFigures,
    CourseSuggestions,
    CertificateOf,
    Seller,
    PayoutAccount,
    LearnerSnapshot,
    UpheldFlag,
    Chat,
    ChatLine,
    StudyGuide,
    EssayDraft,
    Cart,
    StoreFavourite,
    StoreActivity,
    Purchase,
    SyncOperation,
    SyncDevice,
    SyncPosition,
    SyncChange,
    SyncPlace,
    DirectoryLink,
    ScoreLink,
    PackageRegistration,
    PackageUnit,
    PackageDocument,
)
"""Kinds that go; each is found by the user's id in its partition."""
REMOVED_WITH_OTHERS: tuple[type[Entity], ...] = (
    User, LoginName, PushToken, PurgeDue, Guardianship, DataExport, ProctorSession, ProctorEvent, ProctorViolation,
    ProctorSnapshot, LearningStatement, LaunchAccount,
)  # fmt: skip
"""Kinds that go too, found by what the user or another item says."""
EMPTIED: dict[type[Entity], tuple[str, ...]] = {
    AuditEvent: ("before", "after", "reason", "salt"),
    SubmissionAttempt: ("text",),
    GradeRecord: ("feedback", "private_note"),
    AnswerSheet: ("device",),
    SheetBlock: ("device",),
    ExamPack: ("chain", "later", "ruling_reason"),
    Certificate: ("holder_name", "shown_name", "credential", "reason"),
    OfferReview: ("text",),
    StoreOrder: ("address", "country", "tracking"),
    ProductReview: ("text",),
}
"""Kinds that stay as a record of what happened, without these fields."""


def erase(due: PurgeDue) -> bool:
    """Erase an account that is due and say whether it was; one that stopped half-way goes on with the step it was at.

    An account that is held waits a day. The account itself goes last, with its names, in the transaction that closes
    the receipt.
    """
    user = User.fetch(user_id=due.user_id, consistent=True)
    if user is None or user.status != "deleted" or user.purge_at is None:
        Unit().remove(due).commit()
        return False
    if user.purge_at > clock.now():
        return False
    if LegalHold.fetch(user_id=user.user_id, consistent=True) is not None:
        _postpone(due)
        return False
    receipt = _carry_out(user)
    receipt.state, receipt.erased_at = "done", clock.now()
    unit = Unit()
    unit.save(receipt, UserErased(user_id=user.user_id, role=user.role), EraseSecrets(user_id=user.user_id))
    for request in find_all(PrivacyRequest, user_id=user.user_id):
        if request.state in {"queued", "held"}:
            unit.change(request, PrivacyRequest.state.set("done"), PrivacyRequest.finished_at.set(clock.now()))
    for name in {fold(each) for each in (user.email, user.phone, user.username, user.school_id) if each}:
        is_theirs = LoginName.pk.does_not_exist() | (LoginName.user_id == user.user_id)
        unit.remove(LoginName.at(name=name), when=is_theirs)
    unit.remove(due).remove(user, when=User.version == user.version).commit()
    return True


def _postpone(due: PurgeDue) -> None:
    """Let a held account be looked at again tomorrow."""
    tomorrow = clock.now() + timedelta(days=1)
    later = PurgeDue(day=clock.iso(tomorrow)[:10], user_id=due.user_id, purge_at=due.purge_at)
    Unit().put(later).remove(due).commit()


def _carry_out(user: User) -> ErasureReceipt:
    """Do the steps that are not done yet, and note each in the receipt; a step that is done twice does the same."""
    receipt = ErasureReceipt.fetch(user_id=user.user_id, consistent=True)
    receipt = receipt or ErasureReceipt(user_id=user.user_id, state="running", step=0, erased_at=clock.now())
    for number, (part, work) in enumerate(STEPS):
        if number < receipt.step:
            continue
        counts = Counter(getattr(receipt, part)) + work(user)
        setattr(receipt, part, dict(counts))
        receipt.step = number + 1
        Unit().save(receipt).commit()
    return receipt


def _remove_shared(user: User) -> Counter[str]:
    """Remove what is found by another item than the user."""
    counts: Counter[str] = Counter()
    for device in find_all(PushDevice, user_id=user.user_id):
        token = PushToken.fetch(device_id=device.device_id)
        if token and token.user_id == user.user_id:
            counts["PushToken"] += remove_many([token])
    as_child = find_all(Guardianship, child_id=user.user_id)
    as_guardian = find_all(Guardianship, index="gsi1", adult_id=user.user_id)
    counts["Guardianship"] += remove_many([*as_child, *as_guardian])
    for watched in find_all(ProctorSession, index="gsi1", user_id=user.user_id):
        for kind in (ProctorEvent, ProctorViolation, ProctorSnapshot):
            counts[kind.__name__] += remove_many(find_all(kind, session_id=watched.session_id))
        counts["ProctorSession"] += remove_many([watched])
    counts["LearningStatement"] += remove_many(find_all(LearningStatement, index="gsi1", user_id=user.user_id))
    counts["LaunchAccount"] += remove_many(find_all(LaunchAccount, index="gsi1", user_id=user.user_id))
    return +counts


def _remove_own(user: User) -> Counter[str]:
    counts: Counter[str] = Counter()
    for kind in REMOVED:
        counts[kind.__name__] += remove_many(list(find_all(kind, user_id=user.user_id)))
    return +counts


def _empty(user: User) -> Counter[str]:
    counts: Counter[str] = Counter()
    for item in _records_of(user.user_id):
        fields = [getattr(type(item), name) for name in EMPTIED[type(item)] if getattr(item, name)]
        if fields:
            Unit().change(item, *(field.remove() for field in fields)).commit()
            counts[type(item).__name__] += 1
    return counts


def _records_of(user_id: str) -> Iterator[Entity]:
    yield from find_all(AuditEvent, subject_id=user_id)
    for handed_in in find_all(Submission, index="gsi1", user_id=user_id):
        records: Iterable[type[Entity]] = (SubmissionAttempt, GradeRecord)
        for kind in records:
            yield from find_all(kind, assignment_id=handed_in.assignment_id, user_id=user_id)
    yield from find_all(Certificate, index="gsi1", user_id=user_id)
    for taken in find_all(ExamSession, index="gsi2", user_id=user_id):
        named = [*answer_sheets.names(taken.exam_id), ExamPack.at(pack_id=taken.exam_id)]
        yield from (each for each in batch_fetch(named, consistent=True) if each is not None)
    for bought in find_all(OfferPurchase, user_id=user_id):
        review = OfferReview.fetch(offer_id=bought.offer_id, user_id=user_id)
        if review is not None:
            yield review
    yield from find_all(StoreOrder, index="gsi1", user_id=user_id)
    yield from find_all(ProductReview, index="gsi2", user_id=user_id)


def _discard_files(user: User) -> Counter[str]:
    """Delete the files of the picture and of the copy of the data; those that are gone already are no failure."""
    upload = Upload.fetch(upload_id=user.avatar_id) if user.avatar_id else None
    export = DataExport.fetch(user_id=user.user_id, consistent=True)
    keys = [str(size["key"]) for size in user.avatar] + ([str(upload.key)] if upload else [])
    keys += [str(export.key)] if export and export.key else []
    for key in keys:
        clients.client("s3").delete_object(Bucket=settings().bucket, Key=key)
    return +Counter(Upload=remove_many([upload] if upload else []), DataExport=remove_many([export] if export else []))


STEPS: tuple[tuple[str, Callable[[User], Counter[str]]], ...] = (
    ("removed", _discard_files),
    ("removed", _remove_shared),
    ("removed", _remove_own),
    ("emptied", _empty),
)
"""What is done in turn, with the part of the receipt that counts it."""
