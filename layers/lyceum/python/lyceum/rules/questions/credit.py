"""Scoring one question: the part of its marks that a response earns, as an exact fraction.

A pure function of key, content, response and rules: no float, clock, storage or locale. Fractions are added and
multiplied without rounding, whatever their order; who sums up a paper rounds once (EXAM G1, G5).
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from lyceum.rules.questions import text_matching
from lyceum.rules.questions.responses import is_blank

Outcome = Literal["right", "partial", "wrong", "blank", "pending"]
GRADED_TYPES = frozenset({"theory", "practical"})
"""Types that a person marks."""


class Rules(NamedTuple):
    """How each type with several parts earns part of its marks. The first value named is the default.

    multiple, of n options of which k are right, r right and w wrong ones being chosen, never below nothing:

    - `all_or_nothing`;
    - `right_minus_wrong`: (r - w) / k; ticking all earns (2k - n) / k at most;
    - `per_option`: r / k - w / (n - k), so every right choice and every wrong one weighs by how many of its kind there
      are; ticking all earns nothing unless all are right;
    - `per_judgement`: options chosen or left rightly over n. No policy names it any more, since options that are left
      alone earn by it; scores of scoring version 1 were made by it.

    matching: `per_pair` or `all_or_nothing`. ordering: `exact`, or `adjacent_pairs` (neighbours of the right order that
    follow each other in the response, over all of them). cloze: `per_gap` (the mean of the gaps) or `all_or_nothing`.
    """

    multiple: Literal["all_or_nothing", "right_minus_wrong", "per_option", "per_judgement"] = "all_or_nothing"
    matching: Literal["per_pair", "all_or_nothing"] = "per_pair"
    ordering: Literal["exact", "adjacent_pairs"] = "exact"
    cloze: Literal["per_gap", "all_or_nothing"] = "per_gap"


Content = Mapping[str, Any]
Key = Mapping[str, Any]
Response = Mapping[str, Any]
_DEFAULT = Rules()


def credit(kind: str, content: Content, key: Key, response: Response, rules: Rules = _DEFAULT) -> Fraction:
    """Return the part of the marks, from 0 to 1, that a response earns; a blank one earns nothing.

    Raises KeyError for a type that there is not, or that a person marks.
    """
    if is_blank(response):
        return Fraction(0)
    return _CREDIT[kind](content, key, response, rules)


def outcome(kind: str, response: Response | None, earned: Fraction) -> Outcome:
    """Name what became of a question: `pending` while a grader has to look at it, never right or wrong (EXAM G9)."""
    if is_blank(response):
        return "blank"
    if kind in GRADED_TYPES:
        return "pending"
    return graded_outcome(earned)


def graded_outcome(earned: Fraction) -> Outcome:
    """Name what a credit means."""
    return "right" if earned == 1 else "partial" if earned else "wrong"


def _whole(is_right: bool) -> Fraction:
    return Fraction(int(is_right))


def _single(_content: Content, key: Key, response: Response, _rules: Rules) -> Fraction:
    return _whole(set(response["option_ids"]) == set(key["correct_option_ids"]))


def _multiple(content: Content, key: Key, response: Response, rules: Rules) -> Fraction:
    chosen, right = set(response["option_ids"]), set(key["correct_option_ids"])
    if rules.multiple == "right_minus_wrong":
        return max(Fraction(0), Fraction(len(chosen & right) - len(chosen - right), len(right)))
    options = {option["id"] for option in content["options"]}
    if rules.multiple == "per_option":
        share = Fraction(len(chosen & right), len(right))
        others = options - right
        return max(Fraction(0), share - Fraction(len(chosen & others), len(others))) if others else share
    if rules.multiple == "per_judgement":
        return Fraction(len(options) - len(chosen ^ right), len(options))
    return _whole(chosen == right)


def _true_false(_content: Content, key: Key, response: Response, _rules: Rules) -> Fraction:
    return _whole(response["is_true"] is key["correct"])


def _numeric(content: Content, key: Key, response: Response, _rules: Rules) -> Fraction:
    unit = response.get("number_unit")
    if unit and _unit(unit) != _unit(content.get("unit", "")):
        return Fraction(0)
    return _whole(_is_near(key, response["number"]))


def _unit(text: str) -> str:
    return text_matching.folded(text, case_sensitive=True, accent_sensitive=True).replace(" ", "")


def _is_near(key: Key, number: str) -> bool:
    value, amount = Fraction(Decimal(key["value"])), Fraction(Decimal(key["tolerance"]["amount"]))
    allowed = amount * abs(value) if key["tolerance"]["kind"] == "relative" else amount
    return abs(Fraction(Decimal(number)) - value) <= allowed


def _short_text(_content: Content, key: Key, response: Response, _rules: Rules) -> Fraction:
    senses = {name: bool(key[name]) for name in ("case_sensitive", "accent_sensitive")}
    earned = [
        Fraction(Decimal(each["credit"]))
        for each in key["accepted"]
        if text_matching.matches(each["text"], response["text"], **senses)
    ]
    return max(earned, default=Fraction(0))


def _matching(_content: Content, key: Key, response: Response, rules: Rules) -> Fraction:
    right = sum(response["matches"].get(prompt) == choice for prompt, choice in key["pairs"].items())
    return _share(right, len(key["pairs"]), is_partial=rules.matching == "per_pair")


def _ordering(_content: Content, key: Key, response: Response, rules: Rules) -> Fraction:
    right, given = list(key["correct_order"]), list(response["order"])
    if rules.ordering == "exact":
        return _whole(given == right)
    followers = set(pairwise(given))
    return Fraction(sum(pair in followers for pair in pairwise(right)), len(right) - 1)


def _cloze(content: Content, key: Key, response: Response, rules: Rules) -> Fraction:
    total = sum(
        (_gap(gap, key["gaps"][number], response["fills"].get(number)) for number, gap in content["gaps"].items()),
        Fraction(0),
    )
    return _share(total, len(content["gaps"]), is_partial=rules.cloze == "per_gap")


def _gap(gap: Content, key: Key, fill: Response | None) -> Fraction:
    if is_blank(fill) or fill is None:
        return Fraction(0)
    response = {"option_ids": [fill["option_id"]]} if "option_id" in fill else fill
    return _CREDIT[gap["type"]](gap, key, response, _DEFAULT)


def _share(right: Fraction | int, parts: int, *, is_partial: bool) -> Fraction:
    share = Fraction(right) / parts
    return share if is_partial else _whole(share == 1)


_CREDIT: dict[str, Callable[[Content, Key, Response, Rules], Fraction]] = {
    "single": _single,
    "multiple": _multiple,
    "true_false": _true_false,
    "numeric": _numeric,
    "short_text": _short_text,
    "matching": _matching,
    "ordering": _ordering,
    "cloze": _cloze,
}


def rubric_credit(rubric: Mapping[str, Any], points: Mapping[str, Decimal]) -> Fraction:
    """Return the part of the marks that a grader's points earn.

    Raises ValueError for a criterion that the rubric does not have, or points that are none of 0 to what it is worth.
    """
    worth = {criterion["id"]: Fraction(Decimal(criterion["points"])) for criterion in rubric["criteria"]}
    given = {name: Fraction(value) for name, value in points.items()}
    for name, value in given.items():
        if not 0 <= value <= worth.get(name, Fraction(-1)):
            raise ValueError(f"{name}: {points[name]} points can not be given")
    return sum(given.values(), Fraction(0)) / sum(worth.values())
