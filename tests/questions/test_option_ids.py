"""Options keep their ids through the revisions of a question, and nobody chooses them."""

from typing import Any

from lyceum.model.questions.question import Question
from tests.questions.conftest import Bank, right_texts
from tests.support.http import Client


def letters(shown: dict[str, Any]) -> dict[str, str]:
    return {each["text"]: each["id"] for each in shown["options"]}


def test_l5_an_edit_with_other_ids_and_order_changes_no_id(bank: Bank, client: Client) -> None:
    made = bank.write("single")
    again = [{"id": name, "text": f"choice {other}"} for name, other in zip("abcd", "dcba", strict=True)]
    edited = client.as_("instructor").put(
        f"/api/questions/{made['questionId']}",
        bank.fields("single", stem="Asked otherwise?", options=again, correctOptionIds=["a"]),
    )
    assert (letters(edited.data), right_texts(edited.data)) == (letters(made), ["choice d"])
    assert [each["text"] for each in edited.data["options"]] == [each["text"] for each in made["options"]]


def test_a_mended_text_keeps_its_option_and_a_new_option_gets_a_new_id(bank: Bank, client: Client) -> None:
    made = bank.write("single")
    path = f"/api/questions/{made['questionId']}"
    options = [{**each, "text": each["text"].replace("choice a", "choice a, mended")} for each in made["options"]]
    mended = client.as_("instructor").put(path, bank.fields(options=options, correctOptionIds=made["correctOptionIds"]))
    assert letters(mended.data)["choice a, mended"] == letters(made)["choice a"]
    assert right_texts(mended.data) == ["choice b"]
    more = [{"id": "x", "text": "choice x"}, *mended.data["options"]]
    grown = client.as_("instructor").put(path, bank.fields(options=more, correctOptionIds=["x"]))
    assert letters(grown.data) == {**letters(mended.data), "choice x": "e"}
    assert right_texts(grown.data) == ["choice x"]


def test_what_is_sent_as_it_was_first_makes_no_revision(bank: Bank, client: Client) -> None:
    made = bank.write("single")
    client.as_("instructor").put(f"/api/questions/{made['questionId']}", bank.fields("single"))
    assert Question.require(question_id=made["questionId"], consistent=True).revision == 1


def test_options_that_differ_by_case_or_signs_alone_are_options_of_their_own(bank: Bank, client: Client) -> None:
    texts = ["Aa", "aa", "AA", "CoCl2", "COCl2", "10²", "102"]
    options = [{"id": name, "text": text} for name, text in zip("abcdefg", texts, strict=True)]
    made = bank.write("single", options=options, correctOptionIds=["b"])
    assert sorted(letters(made)) == sorted(texts) and len(set(letters(made).values())) == len(texts)
    assert right_texts(made) == ["aa"]
    again = [{"id": name, "text": text} for name, text in zip("gfedcba", texts, strict=True)]
    path = f"/api/questions/{made['questionId']}"
    edited = client.as_("instructor").put(
        path, bank.fields("single", options=again, correctOptionIds=["f"], stem="Or?")
    )
    assert (letters(edited.data), right_texts(edited.data)) == (letters(made), ["aa"])
