"""Questions as files: what a format holds is read back as it was, and what it does not is named."""

import io
import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lyceum.kit.settings import settings as environment
from lyceum.model.catalog import Topic
from lyceum.rules.questions.option_ids import neutralised
from lyceum.rules.questions.storage import stored
from lyceum.rules.questions.types import AnyQuestion, read_question
from tests.support.acting import within_rights
from tests.support.cloud import Cloud
from tests.support.http import Client
from tests.support.story import Story

from functions.imports.formats import reader
from functions.questions.exports.export import WRITERS, exported

TOPIC = Topic(topic_id="0" * 26, course_id="1" * 26, title="Sets / maps")
READ_AS = {"qti21": "qti", "qti30": "qti"}
PATH = "/api/questions/export"
REASON = "The bank moves to another system"
AWKWARD = "aZ09é²ọ&~={}#:\\%'\"|;,.()[]$*+- "


def text(alphabet: str = AWKWARD) -> st.SearchStrategy[str]:
    """Rich texts of awkward characters between letters."""
    inner = st.text(st.sampled_from(alphabet), max_size=10).map(lambda each: re.sub(r"\s+", " ", each))
    marked = st.sampled_from(["{}", "<b>{}</b>", "{}<br>z", "<em>a</em> {}"])
    return st.builds(lambda each, mark: mark.replace("{}", f"x{_html(each)}yz"), inner, marked)


def _html(plain: str) -> str:
    return plain.replace("&", "&amp;").replace("{{", "{ {").replace("$$", "$ $").replace("\\(", "(").replace("\\[", "[")


def word() -> st.SearchStrategy[str]:
    """Answers that people type: no marks that part cells, stand for any text or open a tag."""
    inner = st.text(st.sampled_from("aZ09éọ&~={}#:'\"()[]$+- "), max_size=8)
    return inner.map(lambda each: re.sub(r"\s+", " ", f"x{each}y"))


@st.composite
def authored(draw: st.DrawFn) -> AnyQuestion:
    """A question of any type in the authors' form."""
    kind = draw(st.sampled_from(["single", "multiple", "true_false", "numeric", "short_text", "matching", "ordering",
                                 "cloze", "theory", "practical"]))  # fmt: skip
    fields: dict[str, Any] = {"type": kind, "topicId": TOPIC.topic_id, "stem": draw(text()), "difficulty": "easy"}
    fields["marks"] = draw(st.sampled_from(["1", "2.5"]))
    if draw(st.booleans()):
        fields["explanation"] = draw(text())
    return read_question(fields | _answers(draw, kind, fields))


def _answers(draw: st.DrawFn, kind: str, fields: dict[str, Any]) -> dict[str, Any]:
    parts = [f"{place}{each}" for place, each in enumerate(draw(st.lists(text(), min_size=2, max_size=4)))]
    if kind in {"single", "multiple"}:
        options = [{"id": "abcd"[place], "text": each} for place, each in enumerate(parts)]
        right = ["a"] if kind == "single" else draw(st.sampled_from([["a", "b"], ["b"]]))
        return {"options": options, "correctOptionIds": right}
    if kind == "true_false":
        return {"correct": draw(st.booleans())}
    if kind == "numeric":
        value = draw(st.decimals(-1000, 1000, places=2, allow_nan=False))
        return {"value": str(value), "tolerance": {"amount": draw(st.sampled_from(["0", "0.5"]))}}
    accepted = [{"text": draw(word()), "credit": "1"}, {"text": f"z{draw(word())}", "credit": "0.5"}]
    if kind == "short_text":
        return {"accepted": accepted, "accentSensitive": True, "caseSensitive": draw(st.booleans())}
    if kind == "matching":
        prompts = [{"id": f"p{place}", "text": each} for place, each in enumerate(parts)]
        choices = [
            {"id": f"c{place}", "text": f"{place}{draw(word()).replace('&', '')}"} for place in range(len(parts) + 1)
        ]
        return {
            "prompts": prompts,
            "choices": choices,
            "pairs": {f"p{place}": f"c{place}" for place in range(len(parts))},
        }
    if kind == "ordering":
        items = [{"id": f"i{place}", "text": each} for place, each in enumerate(parts)]
        return {"items": items, "correctOrder": [each["id"] for each in items][::-1]}
    if kind == "cloze":
        fields["stem"] = "It is {{1}} or {{2}} and {{3}}."
        options = [{"id": letter, "text": f"{letter}{each}"} for letter, each in zip("ab", ("x", "y z"), strict=True)]
        return {"gaps": {
            "1": {"type": "single", "options": options, "correctOptionIds": ["b"]},
            "2": {"type": "numeric", "value": "3.5", "tolerance": {"amount": "0.5"}},
            "3": {"type": "short_text", "accepted": accepted, "accentSensitive": True, "caseSensitive": True},
        }}  # fmt: skip
    rubric = {"rubric": {"criteria": [{"id": "a", "text": "Clear", "points": fields["marks"]}]}}
    return rubric if kind == "theory" else {"fileKinds": ["pdf"], **rubric}


def whole(question: AnyQuestion) -> dict[str, Any]:
    """Return all that counts of a question, with ids and orders that say nothing left out."""
    dumped: dict[str, Any] = json.loads(neutralised(question, "q").model_dump_json(exclude_none=True))
    dumped["stem"] = _plain(dumped["stem"])
    for name in ("topic_id", "difficulty", "tags", "hints", "exclusion_ids", "is_draft", "show_rubric"):
        dumped.pop(name, None)
    if "explanation" in dumped:
        dumped["explanation"] = _plain(dumped["explanation"])
    return _exact(dumped)  # type: ignore[no-any-return]


def _plain(rich: str) -> str:
    return re.sub(r"\s+", " ", rich).strip()


def _exact(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _exact(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_exact(each) for each in value]
    if isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return str(Decimal(value).normalize() + 0)
    return value


LOSSES = {
    "marks": "marks", "explanation": "explanation", "rubric": "rubric", "unit": "unit",
    "whether case counts": "case_sensitive", "feedback on options": "options",
    "criteria of the rubric, written as one text": "rubric", "markup of choices": "choices",
}  # fmt: skip


@pytest.mark.parametrize("form", sorted(WRITERS))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=authored())
def test_what_is_exported_is_read_back_but_for_what_the_losses_name(
    tmp_path: Path, form: str, question: AnyQuestion
) -> None:
    item, key = stored(question, TOPIC, question_id="2" * 26, author_id="3" * 26)
    written = exported(item, key, TOPIC.title)
    path = tmp_path / "file"
    path.write_bytes(WRITERS[form][0]([written]))
    if written.is_left_out:
        assert written.lost
        return
    (draft,) = reader.read(path, READ_AS.get(form, form), {}).drafts
    assert draft.problems == [], draft.question
    fields = {"topicId": TOPIC.topic_id, "difficulty": "easy", **draft.question}
    found, meant = whole(read_question(fields)), whole(neutralised(question, "2" * 26))
    if "type true_false, written as a choice" in written.lost:
        assert found["type"] == "single"
        return
    for lost in written.lost:
        for side in (found, meant):
            side.pop(LOSSES.get(lost, lost), None)
    if written.lost and "markup of choices" in written.lost:
        found.pop("pairs", None), meant.pop("pairs", None)
    assert found == meant, written.lost


@pytest.fixture
def fetched(client: Client, cloud: Cloud) -> Callable[..., tuple[dict[str, Any], bytes]]:
    """Export as somebody, and return the answer with the file."""

    def go(someone: Client, form: str, **query: Any) -> tuple[dict[str, Any], bytes]:
        with within_rights():
            told = someone.get(PATH, {"format": form, **query}).data
        bucket = environment().bucket
        key = unquote(urlsplit(told["url"]).path).removeprefix(f"/{bucket}/")
        assert key.endswith(told["fileName"])
        return told, cloud.s3.get_object(Bucket=bucket, Key=key)["Body"].read()

    return go


def test_authors_export_their_own_and_moderators_any(
    client: Client, fetched: Callable[..., Any], tmp_path: Path
) -> None:
    story = Story(client)
    instructor, moderator = client.as_("instructor"), client.as_("moderator")
    topic_id = story.topic(client.as_("admin"), instructor)
    for _ in range(3):
        story.approved_question(instructor, moderator, topic_id)
    told, body = fetched(instructor, "gift")
    assert (told["questions"], body.count(b"::[html]")) == (3, 3)
    assert {lost for each in told["losses"] for lost in each["lost"]} >= {"difficulty"}
    other = client.as_("other", "instructor")
    assert fetched(other, "csv")[0]["questions"] == 0
    assert other.get(PATH, {"format": "csv", "authorId": instructor.user_id}).status == 403
    told, body = fetched(moderator, "xlsx", topicId=topic_id, reason=REASON)
    assert told["questions"] == 3
    (tmp_path / "file").write_bytes(body)
    assert [draft.problems for draft in reader.read(tmp_path / "file", "xlsx", {}).drafts] == [[], [], []]
    first = fetched(moderator, "qti30", limit=2, reason=REASON)[0]
    rest = fetched(moderator, "qti30", limit=2, cursor=first["nextCursor"], reason=REASON)[0]
    assert (first["questions"], rest["questions"], "nextCursor" in rest) == (2, 1, False)
    acts = [item for item in client.cloud.items(client.tenant) if item["kind"]["S"] == "audit_event"]
    assert sum(item["action"]["S"] == "question.export" for item in acts) == 3


def test_u3_keys_of_others_leave_in_a_file_with_a_reason_alone(client: Client, fetched: Callable[..., Any]) -> None:
    story = Story(client)
    instructor, moderator = client.as_("instructor"), client.as_("moderator")
    topic_id = story.topic(client.as_("admin"), instructor)
    story.approved_question(instructor, moderator, topic_id)
    refused = moderator.get(PATH, {"format": "csv"})
    assert (refused.status, refused.error.fields) == (422, {"REASON_MISSING"})
    assert fetched(instructor, "csv")[0]["questions"] == 1
    assert story.question(instructor, topic_id).status == 201
    assert fetched(moderator, "csv", status="pending")[0]["questions"] == 1, "to decide on it is the reason"
    fetched(moderator, "csv", reason=REASON)
    acts = [item for item in client.cloud.items(client.tenant) if item["kind"]["S"] == "audit_event"]
    exports = [item for item in acts if item["action"]["S"] == "question.export"]
    assert [item.get("reason", {}).get("S") for item in exports] == [None, REASON]


def test_what_makes_no_sense_is_refused(client: Client) -> None:
    assert client.as_("instructor").get(PATH, {"format": "word"}).status == 400
    assert client.as_("student").get(PATH, {"format": "csv"}).status == 403
    assert io.BytesIO().getvalue() == b""
