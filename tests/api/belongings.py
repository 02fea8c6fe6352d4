"""Things that belong to somebody, one of each kind that routes declare in `owner_of`: for the suite of owners."""

from collections.abc import Callable
from datetime import timedelta
from functools import cached_property
from typing import Any

from lyceum.kit import clock, ids
from lyceum.kit.http import Route
from lyceum.kit.identity.permissions import GRANTED, Role
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.table import Entity, write_many
from lyceum.model.assignments import Assignment
from lyceum.model.auth import Session
from lyceum.model.certificates import Certificate
from lyceum.model.community.discussions import Discussion
from lyceum.model.community.groups import StudyGroup
from lyceum.model.community.questions import HelpAnswer, HelpQuestion
from lyceum.model.community.reports import Report
from lyceum.model.content.library import ContentItem
from lyceum.model.content.uploads import Upload
from lyceum.model.courses.course import Course
from lyceum.model.courses.lessons import Lesson
from lyceum.model.devices import ClickerQuiz
from lyceum.model.exams.assessments import Assessment
from lyceum.model.exams.scans import ScannedPage
from lyceum.model.exams.sessions import ExamPack, ExamSession
from lyceum.model.imports import ImportJob
from lyceum.model.marketplace.offers import Offer
from lyceum.model.marketplace.sellers import Seller
from lyceum.model.notifications.deliveries import PushDevice
from lyceum.model.notifications.inbox import Notification
from lyceum.model.oauth import OAuthGrant
from lyceum.model.payments.orders import Payment
from lyceum.model.payments.subscriptions import Subscription
from lyceum.model.proctoring import ProctorSession
from lyceum.model.questions.passages import Passage
from lyceum.model.questions.question import Question
from lyceum.model.store.orders import StoreOrder
from lyceum.model.tutoring import TutoringSession
from tests.support.http import Client, Reply
from tests.support.story import Story

QUERIES = {
    "GET /api/exams/{examId}/revisions": {"reason": "an appeal"},
    "GET /api/papers/{paperId}": {"reason": "an appeal"},
    "GET /api/papers/{paperId}/pdf": {"reason": "an appeal"},
}


_NOWHERE = ("department", "faculty", "university", "webhook", "product", "category", "favorite", "review", "video")


class Belongings:
    """Makes each thing when it is asked for: teaching is an instructor's, sitting exams a student's."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.story = Story(client)
        self.teacher = client.as_("instructor")
        self.student = client.as_("student")
        self._made: dict[type[Entity], str] = {}
        self.body("")  # everything that is ever named is there from now on

    def owner(self, route: Route) -> Client:
        """Return whose the thing is that a route names."""
        return self.student if Role.STUDENT in self.roles(route) else self.teacher

    def roles(self, route: Route) -> list[Role]:
        """Return the roles that the route's access admits, of those that own things."""
        is_students = route.owner_of in {
            ExamSession,
            ExamPack,
            HelpQuestion,
            Session,
            OAuthGrant,
            Notification,
            PushDevice,
            LongJob,
            Upload,
            Payment,
            Subscription,
            TutoringSession,
            StoreOrder,
            ProctorSession,
        }
        owners = [Role.STUDENT, Role.INSTRUCTOR] if is_students else [Role.INSTRUCTOR]
        permission = route.access.permission
        return [role for role in owners if permission is None or permission in GRANTED[role]]

    def send(self, caller: Client, route: Route) -> Reply:
        """Call a route on the thing that it names, as well-formed as its owner would."""
        name, names = f"{route.method} {route.path}", self.names(route.owner_of)
        path = route.path.format(**names)
        body = self.body(name) if route.method in {"POST", "PUT", "PATCH"} else None
        return caller.send(route.method, path, body, QUERIES.get(name))

    def names(self, kind: type[Entity] | None) -> dict[str, str]:
        """Return the parameters of paths below a thing, or below everything; raises KeyError for an unknown kind."""
        made: dict[type[Entity], Callable[[], dict[str, str]]] = {
            ClickerQuiz: lambda: {"quizId": self._stored(ClickerQuiz, "quiz_id", **self._clicker_quiz)},
            Assessment: lambda: {
                "assessmentId": self.away_id,
                "testId": self.test_id,
                "quizId": self.quiz_id,
                "paperId": self.paper_id,
                "scanId": self._stored(ScannedPage, "scan_id", **self._scan),
            },
            Assignment: lambda: {"assignmentId": self.assignment_id},
            Certificate: lambda: {"certificateId": self._stored(Certificate, "certificate_id", **self._certificate)},
            ContentItem: lambda: {"contentId": self.content_id},
            Course: lambda: {
                "courseId": self.course_id,
                "lessonId": self.lesson_id,
                "prerequisiteId": self.prerequisite_id,
            },
            ExamPack: lambda: {"packId": self.pack_id},
            ExamSession: lambda: {
                "examId": self.exam_id,
                "testId": self.test_id,
                "resultId": self.exam_id,
                "questionId": self.question_ids[0],
            },
            ImportJob: lambda: {"jobId": self.import_id},
            Discussion: lambda: {"discussionId": self.discussion_id},
            HelpAnswer: lambda: {"answerId": self.answer_id},
            HelpQuestion: lambda: {"questionId": self.help_question_id, "answerId": self.answer_id},
            Lesson: lambda: {"lessonId": self.lesson_id},
            Report: lambda: {"reportId": self.report_id},
            StudyGroup: lambda: {"groupId": self.group_id},
            Offer: lambda: {"productId": self._stored(Offer, "offer_id", **self._offer)},
            Seller: lambda: {"sellerId": self._stored_seller, "currency": "NGN"},
            LongJob: lambda: {"jobId": self._stored(LongJob, "job_id", owner_id=self.student.user_id, **_JOB)},
            Notification: lambda: {"notificationId": self._stored(Notification, "notification_id", **self._note)},
            Passage: lambda: {"passageId": self.passage_id},
            Payment: lambda: {"paymentId": self._stored(Payment, "payment_id", **self._payment)},
            Subscription: lambda: {
                "subscriptionId": self._stored(Subscription, "subscription_id", **self._subscription)
            },
            StoreOrder: lambda: {"orderId": self._stored(StoreOrder, "order_id", **self._store_order)},
            PushDevice: lambda: {"deviceId": self._stored(PushDevice, "device_id", **self._device)},
            Question: lambda: {"questionId": self.draft_id},
            Session: lambda: {"sessionId": self._stored(Session, "session_id", **self._session)},
            TutoringSession: lambda: {"sessionId": self._stored(TutoringSession, "session_id", **self._lesson)},
            ProctorSession: lambda: {"sessionId": self.watched_id, "violationId": "start-second_display"},
            Upload: lambda: {"uploadId": self.upload_id},
            OAuthGrant: lambda: {"grantId": self._stored(OAuthGrant, "grant_id", **self._grant)},
        }
        if kind is not None:
            return made[kind]()
        nowhere = {f"{name}Id": "01HZZZZZZZZZZZZZZZZZZZZZZZ" for name in _NOWHERE}
        below = {name: value for names in made.values() for name, value in names().items()}
        return {**below, **nowhere, "topicId": self.topic_id}

    def body(self, name: str) -> dict[str, Any]:
        """Return what a route is sent."""
        question_id = self.question_ids[0]
        known: dict[str, dict[str, Any]] = {
            "POST /api/certificates/{certificateId}/revoke": {"reason": "a mistake"},
            "POST /api/lessons/{lessonId}/media": _FILE,
            "POST /api/courses/{courseId}/thumbnail": _FILE,
            "PUT /api/courses/{courseId}": {"code": "MTH 201", "title": "Another", "level": 100, "creditUnits": 3},
            "POST /api/courses/{courseId}/lessons": {"title": "One more"},
            "PUT /api/courses/{courseId}/lessons/order": {"lessonIds": [self.lesson_id]},
            "PUT /api/courses/{courseId}/lessons/{lessonId}": {"title": "Another title"},
            "POST /api/courses/{courseId}/prerequisites": {"prerequisiteId": self.prerequisite_id},
            "PUT /api/courses/{courseId}/teachers": {"teacherIds": [self.colleague_id]},
            "PUT /api/papers/{paperId}": {"title": "Another"},
            "PUT /api/passages/{passageId}": _PASSAGE,
            "POST /api/questions/{questionId}/difficulty": {"difficulty": "hard"},
            "PATCH /api/qa/questions/{questionId}": {"urgency": "low"},
            "PATCH /api/tutoring/sessions/{sessionId}": {"action": "consent", "recording": True},
            "POST /api/tutoring/sessions/{sessionId}/recording": _FILE,
            "POST /api/tutoring/sessions/{sessionId}/call/quality": {
                "roundTripMs": 40,
                "lossPercent": 0.1,
                "kilobitsPerSecond": 900,
            },
            "POST /api/proctoring/sessions/{sessionId}/events": {"events": [_SEEN]},
            "POST /api/proctoring/sessions/{sessionId}/snapshots": _FILE,
            "PATCH /api/proctoring/sessions/{sessionId}/violations/{violationId}": {
                "decision": "dismissed",
                "note": "A projector.",
            },
            "PUT /api/proctoring/sessions/{sessionId}/accommodations": {
                "accommodations": ["magnifier"],
                "reason": "As agreed.",
            },
            "PATCH /api/qa/answers/{answerId}": {"text": "Another answer."},
            "POST /api/lessons/{lessonId}/content": {"body": "<p>Text.</p>"},
            "PUT /api/questions/{questionId}": _question(self.topic_id, "What is left?"),
            "PATCH /api/questions/{questionId}": {"difficulty": "hard"},
            "PUT /api/assignments/{assignmentId}": _ESSAY,
            "POST /api/assignments/{assignmentId}/grade": {"userId": self.student.user_id, "points": "1"},
            "POST /api/assignments/{assignmentId}/rubric": _RUBRIC,
            "POST /api/orders/{orderId}/payment": {"provider": "paystack"},
            "POST /api/subscriptions/{subscriptionId}/change": {"planId": "plus"},
            "PATCH /api/marketplace/products/{productId}": {"title": "More sets"},
            "PUT /api/marketplace/seller/{sellerId}/profile": {"name": "Ada"},
            "PUT /api/marketplace/seller/{sellerId}/accounts/{currency}": _PAID_AT,
            "POST /api/exams/{examId}/answer": {"questionId": question_id, "optionIds": ["a"], "seq": 1},
            "POST /api/exams/{examId}/flag": {"questionId": question_id, "flagged": True},
            "POST /api/exams/{examId}/leave-section": {"section": 0},
            "POST /api/packs/{packId}/hand-in": {
                "deviceId": "01HZZZZZZZZZZZZZZZZZZZZZZZ",
                "paperHash": "0" * 64,
                "openedAt": "2027-01-11T09:00:00Z",
                "closedAt": "2027-01-11T09:30:00Z",
                "entries": [],
            },
            "POST /api/packs/{packId}/ruling": {"decision": "reject", "reason": "a broken chain"},
            "POST /api/exams/{examId}/extend": {"seconds": 60, "reason": "a power cut"},
            "POST /api/exams/{examId}/pause": {"action": "pause", "reason": "a power cut"},
            "POST /api/exams/{examId}/grade": {"questionId": question_id, "points": "1"},
            "POST /api/assessments/{assessmentId}/regrade": {
                "ruling": "full_marks",
                "questionId": question_id,
                "reason": "an appeal",
                "preview": True,
            },
            "PUT /api/assessments/{assessmentId}/key-review": {
                "rulings": [{"questionId": question_id, "ruling": "kept"}],
                "reason": "It is right",
            },
            "POST /api/papers/{paperId}/scans": {"uploadIds": ["01HZZZZZZZZZZZZZZZZZZZZZZZ"]},
            "PUT /api/papers/{paperId}/scans/{scanId}": {"discard": True, "reason": "It is blank"},
            "POST /api/exams/{examId}/regrade": {
                "ruling": "full_marks",
                "questionId": question_id,
                "reason": "an appeal",
            },
        }
        return known.get(name, {})

    @property
    def colleague_id(self) -> str:
        return self.client.as_("colleague", "instructor").user_id

    @cached_property
    def topic_id(self) -> str:
        return self.story.topic(self.client.as_("admin"), self.teacher)

    @cached_property
    def question_ids(self) -> list[str]:
        moderator = self.client.as_("moderator")
        made = [self.story.approved_question(self.teacher, moderator, self.topic_id) for _ in range(3)]
        return [each["questionId"] for each in made]

    @cached_property
    def draft_id(self) -> str:
        return str(self.story.question(self.teacher, self.topic_id).data["questionId"])

    @cached_property
    def import_id(self) -> str:
        return str(self.teacher.post("/api/admin/import/questions", _IMPORT).data["jobId"])

    @cached_property
    def passage_id(self) -> str:
        return str(self.teacher.post("/api/passages", _PASSAGE).data["passageId"])

    def _course(self, code: str) -> str:
        known = self.client.as_("admin").get(f"/api/topics/{self.topic_id}").data
        course = self.teacher.get(f"/api/courses/{known['courseId']}").data
        fields = {"code": code, "title": "Sets", "level": 100, "creditUnits": 3, "isPublished": True}
        made = self.teacher.post("/api/courses", {**fields, "departmentId": course["departmentId"]})
        return str(made.data["courseId"])

    @cached_property
    def course_id(self) -> str:
        made = self._course("MTH 201")
        self.student.post(f"/api/courses/{made}/enroll")
        return made

    @cached_property
    def prerequisite_id(self) -> str:
        return self._course("MTH 102")

    @cached_property
    def lesson_id(self) -> str:
        return str(self.teacher.post(f"/api/courses/{self.course_id}/lessons", {"title": "One"}).data["lessonId"])

    @cached_property
    def assignment_id(self) -> str:
        made = self.teacher.post("/api/assignments", {"courseId": self.course_id, **_ESSAY})
        return str(made.data["assignmentId"])

    @cached_property
    def test_id(self) -> str:
        wanted = {"subject": "Mathematics", "gradeLevel": "200", **self._assessment}
        return str(self.teacher.post("/api/practice-tests", wanted).data["assessmentId"])

    @cached_property
    def quiz_id(self) -> str:
        wanted = {"courseId": self.course_id, **self._assessment}
        return str(self.teacher.post("/api/quizzes", wanted).data["assessmentId"])

    @cached_property
    def paper_id(self) -> str:
        sections = [{"title": "All", "topicIds": [self.topic_id], "count": 2}]
        wanted = {"title": "Mock", "blueprint": {"sections": sections}}
        assert self.question_ids
        return str(self.teacher.post("/api/papers/generate", wanted).data["assessmentId"])

    @property
    def _scan(self) -> dict[str, Any]:
        return {"paper_id": self.paper_id, "state": "doubtful", "upload_id": ids.new_id(), "place": 1}

    @property
    def _assessment(self) -> dict[str, Any]:
        return {"title": "Sets", "questionIds": self.question_ids, "published": True}

    @cached_property
    def exam_id(self) -> str:
        return str(self.student.post(f"/api/practice-tests/{self.test_id}/start", {}).data["examId"])

    @cached_property
    def pack_id(self) -> str:
        path = f"/api/assessments/{self.away_id}/packs"
        return str(self.student.post(path, {"deviceId": ids.new_id()}).data["packId"])

    @cached_property
    def away_id(self) -> str:
        wanted = {"subject": "Mathematics", "gradeLevel": "200", **self._assessment, "rules": {"offlineHours": 24}}
        return str(self.teacher.post("/api/practice-tests", wanted).data["assessmentId"])

    @cached_property
    def upload_id(self) -> str:
        return str(self.student.post("/api/uploads", {"purpose": "avatar", **_FILE}).data["uploadId"])

    @cached_property
    def content_id(self) -> str:
        slot = self.teacher.post("/api/content/upload-url", _FILE).data
        words = {"title": "Sets", "subject": "Mathematics", "gradeLevel": "200"}
        return str(self.teacher.post("/api/content", {"uploadId": slot["uploadId"], **words}).data["contentId"])

    @cached_property
    def help_question_id(self) -> str:
        asked = {"subject": "Mathematics", "title": "What is a set?", "text": "I do not see it."}
        return str(self.student.post("/api/qa/questions", asked).data["question"]["questionId"])

    @cached_property
    def discussion_id(self) -> str:
        about = {"questionId": self.question_ids[0], "title": "Why is it so?", "text": "I do not see it."}
        return str(self.student.post("/api/discussions", about).data["discussionId"])

    @cached_property
    def group_id(self) -> str:
        """Name a group of who may do everything else: a chat is for members alone, whatever their role."""
        made = self.client.as_("super_admin").post("/api/groups", {"name": "Night owls"})
        return str(made.data["groupId"])

    @cached_property
    def report_id(self) -> str:
        about = {"itemType": "user", "itemId": self.teacher.user_id, "type": "other"}
        return str(self.student.post("/api/reports", about).data["reportId"])

    @cached_property
    def answer_id(self) -> str:
        fields = {"author_id": self.teacher.user_id, "text": "A set has members.", "answered_at": clock.now()}
        return self._stored(HelpAnswer, "answer_id", question_id=self.help_question_id, **fields)

    @property
    def _offer(self) -> dict[str, Any]:
        fields = {"seller_id": self.teacher.user_id, "type": "question_bank", "title": "Sets", "description": "Fifty."}
        return {**fields, "price": 100, "currency": "NGN", "listed_at": clock.now()}

    @cached_property
    def _stored_seller(self) -> str:
        write_many([Seller(user_id=self.teacher.user_id, name="Ada")])
        return self.teacher.user_id

    @property
    def _note(self) -> dict[str, Any]:
        return {"user_id": self.student.user_id, "type": "exam.result", "title": "Done", "body": "Look."}

    @property
    def _certificate(self) -> dict[str, Any]:
        now, of = clock.now(), {"achievement": f"exam#{ids.new_id()}", "source_id": ids.new_id(), "title": "Sets"}
        status = {"list_id": f"{now.year}-1", "list_index": 7, "key_id": "key", "document_hash": "0" * 64, "shard": "7"}
        who = {"user_id": self.student.user_id, "teacher_id": self.teacher.user_id, "shown_name": "A. O."}
        return {**who, **of, **status, "awarded_at": now, "issued_at": now, "credential": {"id": "urn:example"}}

    @property
    def _device(self) -> dict[str, Any]:
        return {"user_id": self.student.user_id, "platform": "fcm", "token": ids.new_id()}

    @property
    def _session(self) -> dict[str, Any]:
        now = clock.now()
        return {"user_id": self.student.user_id, "last_seen_at": now, "expires_at": now, "proved_at": now}

    @cached_property
    def watched_id(self) -> str:
        """Name the watched session of an exam of the teacher's, in which a second display was seen."""
        wanted = {"examId": self.exam_id, "consents": {"watching": True, "snapshots": True}, "device": {"displays": 2}}
        return str(self.student.post("/api/proctoring/sessions", wanted).data["sessionId"])

    @property
    def _grant(self) -> dict[str, Any]:
        now = clock.now()
        named = {"user_id": self.student.user_id, "client_id": ids.new_id(), "client_name": "Timetable"}
        made = {"refresh_nonce": "n", "rotated_at": now, "permissions_version": 1}
        return {**named, **made, "scopes": {"openid"}, "expires_at": now + timedelta(days=7)}

    @property
    def _clicker_quiz(self) -> dict[str, Any]:
        asked = {"title": "Sets", "room": "R1", "questions": [{"label": "1", "choices": 4}]}
        return {**asked, "owner_id": self.teacher.user_id, "closes_at": clock.now() + timedelta(hours=1)}

    @property
    def _lesson(self) -> dict[str, Any]:
        now = clock.now()
        people = {"student_id": self.student.user_id, "mentor_id": self.teacher.user_id, "subject": "Sets"}
        return {**people, "recording_state": "waiting", "starts_at": now, "ends_at": now + timedelta(hours=1)}

    @property
    def _payment(self) -> dict[str, Any]:
        prices = {"currency": "USD", "list_amount": 100, "amount": 100}
        owner = {"user_id": self.student.user_id, "provider": "stripe", "state": "paid"}
        return {**owner, "product": "PLAN#Plus", "title": "Plus", **prices}

    @property
    def _store_order(self) -> dict[str, Any]:
        line = {"product_id": "p", "sku": "A", "title": "A pen", "quantity": 1, "price": 100, "discount": 0, "tax": 0}
        prices = {"currency": "USD", "subtotal": 100, "total": 100, "lines": [line]}
        return {"user_id": self.student.user_id, "state": "delivered", **prices}

    @property
    def _subscription(self) -> dict[str, Any]:
        plan = {"plan_id": "plus", "product": "PLAN#Plus", "tier": "plus", "title": "Plus", "interval": "month"}
        times = {"period_start": clock.now(), "period_end": clock.now(), "state": "active"}
        owner = {"user_id": self.student.user_id, "provider": "stripe"}
        return {**owner, **plan, **times, "currency": "USD", "amount": 100}

    def _stored(self, kind: type[Entity], name: str, **fields: Any) -> str:
        if kind not in self._made:
            self._made[kind] = ids.new_id()
            write_many([kind(**{name: self._made[kind]}, **fields)])
        return self._made[kind]


_FILE = {"fileName": "sets.jpg", "contentType": "image/jpeg", "sizeBytes": 1000}
_SEEN = {
    "number": 1,
    "type": "heartbeat",
    "at": "2027-01-11T10:00:00.000Z",
    "previousHash": "0" * 64,
    "signature": "0" * 64,
}
_ESSAY = {"title": "Essay", "points": "20", "dueAt": "2037-01-20T23:59:00"}
_LEVEL = {"id": "good", "text": "Good", "points": "20"}
_RUBRIC = {"criteria": [{"id": "idea", "text": "Idea", "levels": [_LEVEL]}]}
_IMPORT = {"format": "aiken", "fileName": "a.txt", "text": "What is left?\nA. 2\nB. 3\nANSWER: A"}
_PASSAGE = {"text": "<p>The river was low that year.</p>"}
_PAID_AT = {"provider": "paystack", "recipient": "RCP_abc12345"}
_JOB = {"type": "marks.export", "state": "running"}


def _question(topic_id: str, stem: str) -> dict[str, Any]:
    options = [{"id": "a", "text": "2"}, {"id": "b", "text": "3"}]
    words = {"stem": stem, "difficulty": "easy", "explanation": "It is so."}
    return {"type": "single", "topicId": topic_id, "options": options, "correctOptionIds": ["a"], **words}
