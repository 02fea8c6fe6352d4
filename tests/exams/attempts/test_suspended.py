"""A user whose rights ended loses a running session's writing within ten seconds; the answers stay."""

from lyceum.kit.identity import revocations
from lyceum.kit.table import Unit
from tests.exams.conftest import Running
from tests.support.clock import Clock


def test_a_suspended_user_writes_no_more_after_ten_seconds_and_the_answers_stay(running: Running, clock: Clock) -> None:
    assert running.answer().status == 200
    ended = running.student.principal.version + 1
    Unit().put(revocations.of_older_tokens(running.student.user_id, ended)).commit()
    clock.advance(seconds=10)
    refused = [
        running.answer(running.questions[1]),
        running.student.post(f"{running.path}/answers", {"answers": [{"questionId": running.questions[1], "seq": 9}]}),
        running.student.post(f"{running.path}/flag", {"questionId": running.questions[0]}),
        running.submit(),
        running.show(),
    ]
    assert {reply.status for reply in refused} == {401}
    rows = running.sheet.answers.as_dict()
    assert [name for name, row in rows.items() if row["seq"]] == [running.questions[0]]
    assert running.session.state == "running"
