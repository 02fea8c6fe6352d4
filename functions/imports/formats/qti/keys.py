"""What an item's own rules count as right, beside what it declares: the rules decide, and a difference is reported.

Answers are tried: every choice, every text and number that the item names. Of several responses the best combination is
looked for first, and then each answer beside it.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import chain, combinations, pairwise, product
from math import prod
from typing import Any
from xml.etree.ElementTree import Element

from functions.imports.formats.qti.operators import Unknown, Value
from functions.imports.formats.qti.rules import Rules
from functions.imports.syntax.drafts import (
    NO_ANSWER,
    NO_CHOICE,
    SEVERAL_RIGHT,
    Draft,
    clean,
    credit_of,
    decimal_of,
    plain_number,
)
from functions.imports.syntax.safe_xml import child, children, descendants, local, text_of

_MOST_COMBINATIONS = 300
_MOST_CANDIDATES = 40
_CHOICES = {"choiceInteraction": "simpleChoice", "inlineChoiceInteraction": "inlineChoice"}
_NUMBERS = frozenset({"float", "integer"})


def reconcile(draft: Draft, item: Element, interactions: Sequence[Element]) -> None:
    """Bring a filled draft in line with the item's rules, or note that they are not known here."""
    try:
        rules = Rules(item)
        _Reconciling(draft, item, rules).run(interactions)
    except Unknown as unknown:
        if child(item, "responseProcessing") is not None:
            draft.note(
                f"The item is scored by rules of its own ({str(unknown)[:200]}); what it declares as right is taken."
            )


class _Reconciling:
    """One item's draft beside its rules."""

    def __init__(self, draft: Draft, item: Element, rules: Rules) -> None:
        self._draft, self._rules = draft, rules
        self._declarations = {each.get("identifier", ""): each for each in children(item, "responseDeclaration")}

    def run(self, interactions: Sequence[Element]) -> None:
        """Try the answers of every interaction and take over what the rules count."""
        question = self._draft.question
        candidates = {each.get("responseIdentifier", ""): self._candidates(each) for each in interactions}
        best = self._best(candidates)
        if len(interactions) == 1 and local(interactions[0]) == "gapMatchInteraction":
            self._whole(interactions[0])
        elif question.get("type") == "cloze":
            self._together([each.get("responseIdentifier", "") for each in interactions], best)
            for name, interaction in zip(question.get("gaps", {}), interactions, strict=False):
                self._gap(question["gaps"][name], f"gaps.{name}", interaction, candidates, best)
        elif len(interactions) == 1 and question.get("type") in {"single", "short_text", "numeric"}:
            self._gap(question, "correct", interactions[0], candidates, best)
        elif len(interactions) == 1 and question.get("type") in {"multiple", "ordering", "matching"}:
            self._whole(interactions[0])

    def _together(self, names: Sequence[str], best: Mapping[str, Value]) -> None:
        """Report gaps whose answers may change places, and those that count otherwise than one by one."""
        most, nothing = self._rules.score(best), self._rules.score({**best, **dict.fromkeys(names)})
        for first, second in combinations(names, 2):
            changed = {**best, first: best.get(second), second: best.get(first)}
            twice = {**best, second: best.get(first)}  # what each of two gaps takes by itself may stand in both
            is_free = self._rules.score(changed) == most and self._rules.score(twice) < most
            if best.get(first) != best.get(second) and most > nothing and is_free:
                self._draft.refuse("gaps", "The item takes answers in any of its gaps; here each gap has its own.")
                return
        alone = [self._rules.score({**best, **dict.fromkeys(names), name: best.get(name)}) - nothing for name in names]
        if sum(alone) != most - nothing:
            self._draft.note("The gaps of the item count together; here each counts by itself.")

    def _candidates(self, interaction: Element) -> list[str]:
        """Name the answers that may be right: every choice, or what the item declares, maps and compares with."""
        if local(interaction) in _CHOICES:
            return [each.get("identifier", "") for each in children(interaction, _CHOICES[local(interaction)])]
        declaration = self._declarations.get(interaction.get("responseIdentifier", ""))
        if local(interaction) != "textEntryInteraction" or declaration is None:
            return []
        right = child(declaration, "correctResponse")
        found = [text_of(each) for each in children(right, "value")] if right is not None else []
        found += [entry.get("mapKey", "") for entry in descendants(declaration, "mapEntry")]
        is_number = declaration.get("baseType") in _NUMBERS
        found += self._rules.numbers if is_number else self._rules.constants
        return list(dict.fromkeys(each for each in found if each and (not is_number or decimal_of(each) is not None)))

    def _best(self, candidates: Mapping[str, Sequence[str]]) -> dict[str, Value]:
        """Return the answers that score most together; what is declared where others score no more."""
        declared = {name: self._rules.declared(name) for name in self._declarations}
        best, most = dict(declared), self._rules.score(declared)
        named = {name: listed[:_MOST_CANDIDATES] for name, listed in candidates.items() if listed}
        if prod(len(listed) for listed in named.values()) > _MOST_COMBINATIONS:
            return best
        for combination in product(*named.values()):
            tried = declared | {
                name: self._rules.value(name, text) for name, text in zip(named, combination, strict=True)
            }
            score = self._rules.score(tried)
            if score > most:
                best, most = tried, score
        return best

    def _gap(
        self,
        gap: dict[str, Any],
        field: str,
        interaction: Element,
        candidates: Mapping[str, Sequence[str]],
        best: Mapping[str, Value],
    ) -> None:
        """Set what is right of one response, by what each of its answers adds when the others are right."""
        name = interaction.get("responseIdentifier", "")
        if gap["type"] == "numeric" and self._rules.bounds(name):
            self._range(gap, field, name, best)
            return
        nothing = self._rules.score({**best, name: None})
        scores = {
            text: self._rules.score({**best, name: self._rules.value(name, text)}) - nothing
            for text in candidates[name][:_MOST_CANDIDATES]
        }
        most = max(scores.values(), default=Decimal(0))
        if most <= 0:
            if scores:
                self._draft.note("The item's rules count no answer that it names as right; what it declares is taken.")
            return
        right = [text for text, score in scores.items() if score == most]
        self._draft.settle(field, "correctOptionIds", message=NO_CHOICE if gap["type"] == "single" else NO_ANSWER)
        if gap["type"] == "single":
            self._single(gap, field, interaction, right, scores)
        elif gap["type"] == "short_text":
            self._short_text(gap, name, best, scores, most)
        elif gap["type"] == "numeric" and decimal_of(gap["value"]) not in map(decimal_of, right):
            self._differs(right[0], gap["value"] if self._rules.declared(name) is not None else "nothing")
            gap["value"] = plain_number(decimal_of(right[0]) or Decimal(0))

    def _range(self, gap: dict[str, Any], field: str, name: str, best: Mapping[str, Value]) -> None:
        """Set the one range of numbers that scores most, by tries on its ends, between them and beyond."""
        ends = self._rules.bounds(name)
        between = [(low + high) / 2 for low, high in pairwise(ends)]
        tried = [ends[0] - 1, *chain.from_iterable(zip(ends, [*between, ends[-1] + 1], strict=True))]
        scores = [self._rules.score({**best, name: each}) for each in tried]
        most = max(scores)
        right = [place for place, score in enumerate(scores) if score == most]
        whole = (
            most > 0 and right == list(range(right[0], right[-1] + 1)) and right[0] > 0 and right[-1] < len(tried) - 1
        )
        self._draft.settle(field, message=NO_ANSWER)
        if not whole:
            self._draft.refuse(field, "The item takes numbers that do not lie between two ends; that can not be kept.")
            return
        low, high = ends[(right[0] - 1) // 2], ends[right[-1] // 2]
        if tried[right[0]] != low or tried[right[-1]] != high:
            self._draft.note("The very ends of a range, which the item leaves out, count as right.")
        gap["value"] = plain_number((low + high) / 2)
        gap["tolerance"] = {"kind": "absolute", "amount": plain_number((high - low) / 2)}

    def _single(
        self,
        gap: dict[str, Any],
        field: str,
        interaction: Element,
        right: Sequence[str],
        scores: Mapping[str, Decimal],
    ) -> None:
        named = [each.get("identifier", "") for each in children(interaction, _CHOICES[local(interaction)])]
        letters = dict(zip(named, (option["id"] for option in gap["options"]), strict=False))
        chosen = [letters[each] for each in right if each in letters]
        if any(0 < score < max(scores.values()) for score in scores.values()):
            self._draft.note("Part marks of single choices are not kept.")
        if len(chosen) > 1:
            self._draft.refuse("correctOptionIds" if field == "correct" else field, SEVERAL_RIGHT)
        if sorted(gap["correctOptionIds"]) != sorted(chosen[:1]) and chosen:
            self._differs(right[0], ", ".join(gap["correctOptionIds"]) or "nothing")
            gap["correctOptionIds"] = chosen[:1]

    def _short_text(
        self,
        gap: dict[str, Any],
        name: str,
        best: Mapping[str, Value],
        scores: Mapping[str, Decimal],
        most: Decimal,
    ) -> None:
        accepted = [
            {"text": clean(text), "credit": credit_of(100 * score / most)}
            for text, score in scores.items()
            if score > 0
        ]
        before = {each["text"] for each in gap["accepted"]}
        if before != {each["text"] for each in accepted}:
            self._differs(", ".join(each["text"] for each in accepted), ", ".join(sorted(before)) or "nothing")
        top = next(text for text, score in scores.items() if score == most)
        turned = {**best, name: self._rules.value(name, top.swapcase())}
        is_cased = top.swapcase() != top and self._rules.score(turned) < self._rules.score(
            {**best, name: self._rules.value(name, top)}
        )
        gap |= {"accepted": accepted, "caseSensitive": is_cased}

    def _whole(self, interaction: Element) -> None:
        """Ask whether what is declared of several choices is what scores most, beside every answer that is near it."""
        name = interaction.get("responseIdentifier", "")
        declared = self._rules.declared(name)
        right = declared if isinstance(declared, tuple) else (declared,) if declared is not None else ()
        if not right:
            return
        most = self._rules.score({name: right or None})
        if local(interaction) == "choiceInteraction":
            choices = [each.get("identifier", "") for each in children(interaction, "simpleChoice")]
            near = [tuple(each for each in choices if (each in right) != (each == turned)) for turned in choices]
        elif local(interaction) == "orderInteraction":
            turned = [(*right[:at], right[at + 1], right[at], *right[at + 2 :]) for at in range(len(right) - 1)]
            near = [tuple(reversed(right)), tuple(right[1:]), *turned]
        else:
            near = [right[:place] + right[place + 1 :] for place in range(len(right))]
        others = [self._rules.score({name: each or None}) for each in near if each != right]
        if local(interaction) == "orderInteraction":
            self._note_other_shares(right, [each for each in near if each != right], others, most)
        if most <= 0 or any(score > most for score in others):
            self._draft.note("The item's rules give more for other answers than it declares as right; that is taken.")
        elif any(score == most for score in others):
            self._draft.note("The item's rules give the most for several answers; the one that it declares is taken.")

    def _note_other_shares(
        self, right: Sequence[Any], near: Sequence[Sequence[Any]], scores: Sequence[Decimal], most: Decimal
    ) -> None:
        """Report part marks for an order that are not those of the places that are right."""
        for order, score in zip(near, scores, strict=True):
            places = sum(one == other for one, other in zip(order, right, strict=False))
            if 0 < score < most and score * len(right) != most * places:
                self._draft.note("Part marks for an order that is nearly right are not kept; an exam sets them.")
                return

    def _differs(self, counted: str, declared: str) -> None:
        self._draft.note(
            f"The item's rules count {counted[:80]!r} as right, and it declares {declared[:80]!r}; the rules are taken."
        )
