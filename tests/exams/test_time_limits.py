"""When a session is over and when something is due in it, as pure rules of times: each bound from both of its sides."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from lyceum.kit import clock
from lyceum.model.exams.sessions import AnswerSheet, ExamSession
from tests.support.clock import Clock

from functions.exams.attempts import timing
from functions.exams.papers import access_codes, policies

START = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
DEADLINE, CLOSES = START + timedelta(hours=1), START + timedelta(hours=1, seconds=5)
BEFORE, TICK = timedelta(milliseconds=-1), timedelta(milliseconds=1)
PAUSED = START + timedelta(minutes=30)
LONGEST = PAUSED + timedelta(hours=24)


def session(**facts: Any) -> ExamSession:
    times = {"started_at": START, "deadline_at": DEADLINE, "closes_at": CLOSES}
    return ExamSession(**{"exam_id": "e", "state": "running", **times, **facts})


def sheet(*seconds: int, **facts: Any) -> AnswerSheet:
    """A sheet whose sections have so many seconds each, opened at the start."""
    made = AnswerSheet(**{"exam_id": "e", "state": "running", "deadline_at": DEADLINE, "closes_at": CLOSES, **facts})
    timing.open_first(made, seconds, START)
    return made


@pytest.mark.parametrize(
    ("facts", "last"),
    [
        ({"state": "running"}, CLOSES),
        ({"state": "away"}, CLOSES),
        ({"state": "paused", "paused_at": PAUSED}, LONGEST),
    ],
)
def test_t3_answers_are_taken_up_to_the_last_moment_and_not_after_it(facts: dict[str, Any], last: datetime) -> None:
    for offset, is_over in ((BEFORE, False), (timedelta(0), False), (TICK, True)):
        assert timing.is_closed(session(**facts), last + offset) is is_over


def test_what_was_finished_is_closed_and_what_waits_for_a_person_is_not() -> None:
    assert timing.is_closed(session(state="finished"), START)
    assert not timing.is_closed(session(state="quarantined"), CLOSES + timedelta(days=9))
    assert not timing.is_closed(session(state="paused"), CLOSES + timedelta(days=9))
    assert not timing.is_closed(sheet(state="paused"), CLOSES + timedelta(days=9))
    assert timing.is_closed(sheet(), CLOSES + TICK)


def test_whether_it_was_over_at_a_moment_that_lies_back() -> None:
    submitted, expired = (session(state="finished", cause=cause) for cause in ("submitted", "expired"))
    assert timing.was_closed(submitted, START)
    assert [timing.was_closed(expired, CLOSES + offset) for offset in (timedelta(0), TICK)] == [False, True]
    assert [timing.was_closed(session(), CLOSES + offset) for offset in (timedelta(0), TICK)] == [False, True]


def test_the_last_moment_of_a_session_that_stands_is_a_pause_later() -> None:
    assert timing.last_moment(session()) == CLOSES
    assert timing.last_moment(session(state="paused", paused_at=PAUSED)) == CLOSES + policies.LONGEST_PAUSE


def test_t5_more_time_moves_deadline_grace_and_what_is_due(clock: Clock) -> None:
    running = session()
    clock.move_to(START)
    timing.move_end(running, 600)
    assert (running.deadline_at, running.closes_at) == (
        DEADLINE + timedelta(minutes=10),
        CLOSES + timedelta(minutes=10),
    )
    assert running.due_minute == "2027-01-11T10:06"


@pytest.mark.parametrize(("left", "seconds"), [(61.0, 61), (60.999, 60), (0.999, 0), (0.0, 0), (-0.5, 0), (-90.0, 0)])
def test_whole_seconds_are_left_and_never_less_than_none(left: float, seconds: int) -> None:
    assert timing.seconds_left(DEADLINE, DEADLINE - timedelta(seconds=left)) == seconds


@pytest.mark.parametrize(
    ("state", "now", "ended", "cause"),
    [
        ("running", DEADLINE - timedelta(minutes=7), DEADLINE - timedelta(minutes=7), "submitted"),
        ("running", CLOSES, DEADLINE, "submitted"),
        ("running", CLOSES + TICK, DEADLINE, "expired"),
        ("paused", DEADLINE - timedelta(minutes=7), DEADLINE - timedelta(minutes=7), "expired"),
    ],
)
def test_t3_nobody_gains_time_by_ending_late(state: str, now: datetime, ended: datetime, cause: str) -> None:
    assert timing.ending(session(state=state), now) == (ended, cause)
    assert timing.end_of(session(state=state), CLOSES + TICK)[1] in {"expired", None}


def test_a_session_past_its_grace_has_ended_whether_or_not_it_is_counted() -> None:
    assert timing.end_of(session(), CLOSES) == (None, None)
    assert timing.end_of(session(), CLOSES + TICK) == (DEADLINE, "expired")
    counted = session(state="finished", finished_at=PAUSED, cause="submitted")
    assert timing.end_of(counted, CLOSES + TICK) == (PAUSED, "submitted")


@pytest.mark.parametrize(("seconds", "is_warned"), [(600, True), (599.999, False)])
def test_only_a_session_of_ten_minutes_is_warned(seconds: float, is_warned: bool) -> None:
    short = session(deadline_at=START + timedelta(seconds=seconds))
    assert timing.warning_at(short) == (START + timedelta(minutes=5) if is_warned else None)
    assert timing.is_warning_due(short, START + timedelta(minutes=6)) is is_warned


def test_the_warning_is_due_from_five_minutes_before_the_deadline_until_it() -> None:
    due = [DEADLINE - timedelta(minutes=5) + BEFORE, DEADLINE - timedelta(minutes=5), DEADLINE + BEFORE, DEADLINE]
    assert [timing.is_warning_due(session(), now) for now in due] == [False, True, True, False]
    assert not timing.is_warning_due(session(warned_at=PAUSED), due[1])


@pytest.mark.parametrize(
    ("facts", "now", "minute"),
    [
        ({}, START, "2027-01-11T09:56"),
        ({}, DEADLINE - timedelta(minutes=5) + BEFORE, "2027-01-11T09:56"),
        ({}, DEADLINE - timedelta(minutes=5), "2027-01-11T10:01"),
        ({"warned_at": PAUSED}, START, "2027-01-11T10:01"),
        ({"deadline_at": PAUSED - timedelta(minutes=21), "closes_at": PAUSED}, START, "2027-01-11T09:31"),
        ({"part": 3}, START, "2027-01-11T09:56.03"),
        ({"state": "paused", "paused_at": PAUSED}, PAUSED, "2027-01-12T09:31"),
        ({"state": "away"}, START, "2027-01-11T10:01"),
        ({"state": "quarantined"}, START, None),
        ({"state": "finished"}, PAUSED, "2027-01-11T09:31"),
        ({"state": "finished", "closed_from": CLOSES}, PAUSED, "2027-01-11T10:01"),
        ({"state": "finished", "closed_from": CLOSES, "embargoed_until": LONGEST}, PAUSED, "2027-01-12T09:31"),
        ({"state": "finished", "released_at": PAUSED}, PAUSED, None),
    ],
)  # fmt: skip
def test_the_next_thing_that_is_due_stands_in_the_minute_after_it(
    facts: dict[str, Any], now: datetime, minute: str | None
) -> None:
    assert timing.due_minute(session(**facts), now) == minute


def test_an_answer_is_late_once_it_was_saved_after_the_deadline() -> None:
    assert [timing.is_late(clock.iso(DEADLINE + offset), session()) for offset in (timedelta(0), TICK)] == [False, True]
    assert not timing.is_late(None, session())


def test_times_are_kept_to_the_millisecond() -> None:
    assert clock.milliseconds(datetime(1970, 1, 1, 0, 0, 1, 2000, tzinfo=UTC)) == 1002
    assert clock.moment(clock.milliseconds(DEADLINE + TICK)) == DEADLINE + TICK


def test_a_paper_that_is_timed_as_a_whole_has_no_open_section() -> None:
    whole = sheet()
    assert (whole.section, whole.section_until, timing.ends_at(whole)) == (None, None, None)
    assert not timing.move_to(whole, DEADLINE)
    assert timing.is_readable(whole, {}, CLOSES + TICK)


def test_n2_sections_follow_each_other_as_their_times_are_over() -> None:
    timed = sheet(600, 1200, 1800)
    first_ends = START + timedelta(seconds=600)
    assert (timed.section, timing.ends_at(timed)) == (0, first_ends)
    assert not timing.move_to(timed, first_ends)
    assert timing.is_readable(timed, {"section": 0}, first_ends) and not timing.is_readable(
        timed, {"section": 1}, START
    )
    assert not timing.is_readable(timed, {"section": 0}, first_ends + TICK)
    assert timing.move_to(timed, first_ends + TICK)
    assert (timed.section, timing.ends_at(timed)) == (1, START + timedelta(seconds=1800))
    assert timing.move_to(timed, DEADLINE) and timed.section == 2
    assert not timing.move_to(timed, CLOSES + timedelta(hours=1)) and timed.section == 2


def test_n2_the_last_section_ends_with_the_paper_and_has_its_grace() -> None:
    timed = sheet(1800, 1800)
    assert timing.move_to(timed, START + timedelta(seconds=1800) + TICK)
    assert (timed.section_until, timing.ends_at(timed)) == (clock.milliseconds(CLOSES), DEADLINE)
    assert timing.is_readable(timed, {"section": 1}, CLOSES) and not timing.is_readable(
        timed, {"section": 1}, CLOSES + TICK
    )


def test_n2_a_section_waits_while_its_session_stands() -> None:
    timed = sheet(600, 3000, state="paused")
    assert not timing.move_to(timed, DEADLINE)
    assert timed.section == 0


def test_n3_where_answers_only_go_on_the_next_section_begins_with_its_first_question() -> None:
    answers = {name: {"place": place, "section": place // 2} for place, name in enumerate("abcd")}
    stepped, free = (sheet(600, 3000, answers=answers, step=step) for step in (1, 0))
    for each in (stepped, free):
        timing.open_section(each, 1, clock.milliseconds(START))
    assert (stepped.position, free.position) == (2, 0)


@pytest.mark.parametrize(
    ("duration", "extra", "seconds"), [(3600, 0, 3600), (3600, 25, 4500), (61, 10, 68), (60, 300, 240)]
)
def test_extra_time_is_counted_in_whole_seconds_rounded_up(duration: int, extra: int, seconds: int) -> None:
    assert policies.limit_seconds(duration, extra) == seconds
    assert policies.limits([{"time_limit_seconds": duration}, {}], extra) == [seconds]


def test_a_paper_takes_as_long_as_its_sections_or_as_it_says() -> None:
    assert policies.duration_seconds([{"time_limit_seconds": 60}, {"time_limit_seconds": 90}], 3600) == 150
    assert policies.duration_seconds([{}], 3600) == 3600


def test_answers_are_taken_for_the_grace_and_for_the_hours_of_work_done_offline() -> None:
    assert policies.closing(DEADLINE, {"grace_seconds": 5}) == CLOSES
    assert policies.closing(DEADLINE, {"grace_seconds": 5, "offline_hours": 2}) == CLOSES + timedelta(hours=2)


def test_what_never_comes_is_the_latest_of_all() -> None:
    assert policies.latest(START, DEADLINE, PAUSED) == DEADLINE
    assert policies.latest(START, None) is None
    assert (policies.later(START, 60), policies.later(None, 60)) == (START + timedelta(minutes=1), None)


def test_a_window_is_read_by_the_clocks_of_its_zone_unless_a_time_says_its_own() -> None:
    shown = datetime(2027, 1, 11, 10, 0)  # noqa: DTZ001 - read in the zone
    here = policies.Window(
        opens_at=shown, closes_at=DEADLINE.astimezone(ZoneInfo("Asia/Tokyo")), time_zone="Africa/Lagos"
    )
    assert (here.opening(), here.closing()) == (START, DEADLINE)
    assert [each.tzinfo for each in (here.opening(), here.closing()) if each] == [UTC, UTC]
    assert (policies.Window().opening(), policies.Window().closing()) == (None, None)


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"window": {"opensAt": "2027-01-11T09:00:00Z", "closesAt": "2027-01-11T09:00:00Z"}}, "must be after opensAt"),
        (
            {"window": {"timeZone": "Africa/Atlantis"}},
            r"this is no time zone of the IANA database, such as Africa/Lagos",
        ),
        ({"allowedNetworks": ["196.46.144.1/20"]}, r"this is no network, such as 196\.46\.144\.0/20"),
        ({"reviewKeys": True}, "reviewKeys needs feedback after_window"),
    ],
)
def test_rules_that_make_no_sense_are_refused(facts: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        policies.ExamRules.model_validate(facts)


def test_a_network_is_written_as_networks_are() -> None:
    assert policies.ExamRules.model_validate({"allowedNetworks": ["196.46.144.0/20"]}).allowed_networks == [
        "196.46.144.0/20"
    ]


def test_another_attempt_after_the_keys_needs_a_word_on_why() -> None:
    with pytest.raises(ValidationError, match="say in reason why"):
        policies.Accommodation(user_id="ada", after_keys=True)
    assert policies.Accommodation(user_id="ada", after_keys=True, reason="She was ill.").after_keys


def test_a_value_stands_in_a_list_once() -> None:
    assert policies.distinct([1, 2]) == [1, 2]
    with pytest.raises(ValueError, match=r"^every value may stand in the list once$"):
        policies.distinct([1, 1])


def test_an_access_code_is_kept_as_its_hash_alone() -> None:
    kept = policies.ExamRules(access_code="hall seven", window=policies.Window(opens_at=START)).stored()
    assert "access_code" not in kept and "hall seven" not in str(kept)
    assert access_codes.is_right(kept, "hall seven") and not access_codes.is_right(kept, "hall eight")
    assert (kept["duration_seconds"], kept["window"]["opens_at"]) == (3600, "2027-01-11T09:00:00Z")
    assert "access_code_hash" not in policies.ExamRules().stored()
