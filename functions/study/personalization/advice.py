"""What the quiz advises: plain rules, each of which says why. Pure, but for the courses that it is given."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from lyceum.messages.spoken import say
from lyceum.model.courses.course import Course, CourseRanking

from functions.study.personalization.quiz import Quiz
from functions.study.personalization.schemas import CourseAdvice, PlanAdvice, PreferenceAdvice, TimeAdvice

Answers = Mapping[str, Sequence[str]]
MOST_COURSES = 5
_LEVELS = ("beginner", "intermediate", "advanced")
_TIMES = {"early_morning": "06:00", "midday": "12:30", "afternoon": "16:00", "evening": "19:00", "night": "22:00"}
_MINUTES = {"relaxed": 30, "steady": 60, "intense": 120}
_QUESTIONS = {"relaxed": 10, "steady": 20, "intense": 40}
_DAYS_A_WEEK = {"streaks": 7, "milestones": 5, "friends": 5, "curiosity": 6}
_USUAL_DAYS = 84
_WEEK = 7


def ranked(answers: Answers, rankings: Sequence[CourseRanking]) -> list[CourseRanking]:
    """Return the courses that fit best: of the subjects chosen, near the level, then by rating and students."""
    level = _LEVELS.index(answers["level"][0])

    def distance(course: CourseRanking) -> tuple[int, int, int, str]:
        known = _LEVELS.index(course.difficulty) if course.difficulty in _LEVELS else level
        return abs(known - level), -int(course.rating), -int(course.enrolment_count), course.course_id

    fitting = [course for course in rankings if course.category in answers["subjects"]]
    return sorted(fitting, key=distance)[:MOST_COURSES]


def course(found: Course, quiz: Quiz, answers: Answers) -> CourseAdvice:
    """Advise a course."""
    subject = text_of(quiz, "subjects", found.category)
    is_level = found.difficulty == answers["level"][0]
    level = "" if is_level else say(f"level.{found.difficulty}")
    reason = say("reason.course_level" if is_level else "reason.course_nearest", subject=subject, level=level)
    return CourseAdvice(
        course_id=found.course_id,
        title=found.title,
        code=found.code,
        category=found.category,
        difficulty=found.difficulty,
        reason=reason,
    )


def plan(answers: Answers, first: Course | None, today: date, target: date | None) -> PlanAdvice | None:
    """Advise a plan for the course that fits best."""
    if first is None:
        return None
    pace, drive = answers["pace"][0], answers["motivation"][0]
    ends = target or today + timedelta(days=_USUAL_DAYS)
    off = ["sunday", "saturday"][: _WEEK - _DAYS_A_WEEK[drive]]
    body = {
        "courseId": first.course_id,
        "targetDate": ends.isoformat(),
        "dailyGoal": {"questions": _QUESTIONS[pace], "minutes": _MINUTES[pace]},
        "daysOff": {"weekdays": off},
    }
    reason = say("reason.plan_target" if target else "reason.plan_usual", minutes=_MINUTES[pace])
    return PlanAdvice(plan=body, reason=reason)


def study_times(answers: Answers, quiz: Quiz) -> list[TimeAdvice]:
    """Advise times of day."""
    minutes = _MINUTES[answers["pace"][0]]
    share = minutes // len(answers["times"])
    return [
        TimeAdvice(time=_TIMES[name], minutes=share, reason=say("reason.study_time", time=text_of(quiz, "times", name)))
        for name in answers["times"]
    ]


def preferences(answers: Answers, quiz: Quiz) -> list[PreferenceAdvice]:
    """Advise what to choose for the account."""
    time = answers["times"][0]
    reason = say("reason.study_time", time=text_of(quiz, "times", time))
    advised = [PreferenceAdvice(name="studyTime", value=_TIMES[time], reason=reason)]
    is_slow = answers["connection"][0] in {"slow", "rare"}
    if is_slow or answers["device"][0] == "phone":
        why = say("reason.slow_line" if is_slow else "reason.phone")
        advised.append(PreferenceAdvice(name="lowBandwidth", value=is_slow, reason=why))
    return advised


def goals(answers: Answers) -> list[PreferenceAdvice]:
    """Advise goals."""
    days, minutes = _DAYS_A_WEEK[answers["motivation"][0]], _MINUTES[answers["pace"][0]]
    hours = max(1, round(days * minutes / 60))
    why = say("reason.weekly_hours", minutes=minutes, days=days)
    return [PreferenceAdvice(name="weeklyGoalHours", value=hours, reason=why)]


def text_of(quiz: Quiz, question: str, choice: str) -> str:
    """Return the words of a choice as they stand within a sentence."""
    asked = next(each for each in quiz.questions if each.id == question)
    text = next((each.text for each in asked.choices if each.id == choice), choice)
    return text[0].lower() + text[1:]


def wrong(quiz: Quiz, answers: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with answers, by question; nothing when they are complete."""
    found = {}
    for question in quiz.questions:
        chosen = answers.get(question.id)
        known = {choice.id for choice in question.choices}
        if not chosen:
            found[question.id] = "Answer this question."
        elif len(chosen) > question.most_choices or len(set(chosen)) < len(chosen):
            found[question.id] = f"Choose {question.most_choices} at most, each once."
        elif not known.issuperset(chosen):
            found[question.id] = "This is none of the choices."
    for name in answers:
        if name not in {question.id for question in quiz.questions}:
            found[name] = "The quiz has no such question."
    return found
