"""What somebody achieved: a course that was completed, or an exam of an assessment that was passed and released."""

from datetime import datetime

from lyceum.kit.errors import NotFound, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import batch_fetch
from lyceum.messages.catalogue import language_of, words
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.users.account import User

from functions.certificates.credentials.building import Facts
from functions.certificates.issuing import names


def of_course(user_id: str, course_id: str) -> Facts:
    """Return what a certificate of a completed course says (1 storage request).

    Raises NotFound for a course that is not there or that the user is not in, RuleViolation COURSE_NOT_COMPLETED.
    """
    named = [
        User.at(user_id=user_id),
        Enrolment.at(course_id=course_id, user_id=user_id),
        Course.at(course_id=course_id),
    ]
    user, enrolment, course = batch_fetch(named, consistent=True)
    if not isinstance(user, User) or not isinstance(enrolment, Enrolment) or not isinstance(course, Course):
        raise NotFound("There is no such course.")
    if enrolment.completed_at is None:
        raise rule_violation("COURSE_NOT_COMPLETED", "The course is not completed yet.", field="courseId")
    return _facts(
        user,
        f"course#{course_id}",
        source_id=course_id,
        teacher_id=course.instructor_id,
        title=course.title,
        awarded_at=enrolment.completed_at,
    )


def of_exam(user_id: str, exam_id: str) -> Facts:
    """Return what a certificate of a passed exam says (1 storage request).

    Raises NotFound for somebody else's exam; RuleViolation NOT_CERTIFIABLE for one that nobody published,
    RESULT_NOT_RELEASED and EXAM_NOT_PASSED.
    """
    user, session = batch_fetch([User.at(user_id=user_id), ExamSession.at(exam_id=exam_id)], consistent=True)
    if not isinstance(user, User) or not isinstance(session, ExamSession) or session.user_id != user_id:
        raise NotFound("There is no such exam.")
    require_certifiable(session)
    return _facts(
        user,
        f"exam#{session.assessment_id}",
        source_id=exam_id,
        teacher_id=session.owner_id or "",
        title=session.title or "",
        awarded_at=session.finished_at,
        percent=session.percent,
    )


def require_certifiable(session: ExamSession) -> None:
    """Refuse an exam that no certificate is given for; raises RuleViolation."""
    if session.assessment_id is None or session.is_preview or not session.title:
        raise rule_violation("NOT_CERTIFIABLE", "Certificates are given for published tests alone.", field="examId")
    if session.state != "finished" or session.released_at is None:
        raise rule_violation("RESULT_NOT_RELEASED", "The result of this exam is not released yet.", field="examId")
    if not session.is_passed:
        raise rule_violation("EXAM_NOT_PASSED", "This exam was not passed.", field="examId")


def named(caller: Principal, course_id: str | None, exam_id: str | None) -> Facts:
    """Return what a certificate of the caller's own achievement says; raises as `of_course` and `of_exam` do."""
    if course_id is not None:
        return of_course(caller.user_id, course_id)
    return of_exam(caller.user_id, exam_id or "")


def _facts(
    user: User,
    achievement: str,
    *,
    source_id: str,
    teacher_id: str,
    title: str,
    awarded_at: datetime,
    percent: str | None = None,
) -> Facts:
    sort, language = achievement.partition("#")[0], language_of(user.language)
    values = {"title": title, "percent": percent or ""}
    return Facts(
        achievement=achievement,
        source_id=source_id,
        teacher_id=teacher_id,
        title=title,
        description=words(language, f"certificate.{sort}.narrative", values),
        language=language,
        holder_name=names.full(user),
        shown_name=names.shown(user),
        awarded_at=awarded_at,
        percent=percent,
    )
