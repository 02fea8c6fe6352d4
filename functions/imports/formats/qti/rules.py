"""Response processing of QTI items, run on answers that one makes up: what an item scores says what is right.

The elements and their meaning are those of the information model (IMS QTI 2.1, 8 and 15). Only what items score single
answers by is known here; anything else raises Unknown, and then nothing is said about the item.
"""

from collections.abc import Mapping
from decimal import Decimal
from xml.etree.ElementTree import Element

from functions.imports.formats.qti.operators import OPERATORS, Ordered, Unknown, Value, same
from functions.imports.syntax.drafts import decimal_of, plain_number
from functions.imports.syntax.safe_xml import child, children, local, text_of

_NUMBERS = frozenset({"float", "integer"})
_SCORE = "SCORE"
_COMPARISONS = frozenset({"gte", "gt", "lte", "lt"})
_MOST_STEPS = 5000
_STANDARD = {"match_correct": "correct", "CC2_match": "correct", "map_response": "mapped", "CC2_map_response": "mapped"}


class Rules:
    """The scoring of one item.

    Raises Unknown for one without response processing, or with a template that is not one of the standard ones.
    """

    def __init__(self, item: Element) -> None:
        self._declared = {each.get("identifier", ""): each for each in children(item, "responseDeclaration")}
        self._outcomes = {each.get("identifier", ""): each for each in children(item, "outcomeDeclaration")}
        processing = child(item, "responseProcessing")
        if processing is None:
            raise Unknown("no response processing")
        self._rules = list(processing)
        address = processing.get("template", "") if not self._rules else ""
        name = address.rpartition("/")[2].removesuffix(".xml")
        self._template = _STANDARD.get(name, "")
        if not self._rules and not self._template:
            raise Unknown(name or "no rules")
        self._variables: dict[str, Value] = {}
        self._steps = 0

    @property
    def constants(self) -> list[str]:
        """The texts that the rules compare answers with, in their order."""
        found = [each for rule in self._rules for each in rule.iter() if local(each) == "baseValue"]
        return list(dict.fromkeys(text_of(each) for each in found if each.get("baseType") not in _NUMBERS))

    @property
    def numbers(self) -> list[str]:
        """The numbers that the rules compare answers with, in their order."""
        found = [each for rule in self._rules for each in rule.iter() if local(each) == "equal"]
        fixed = [each for equal in found for each in equal if not _asks(each)]
        values = [self._of(each) for each in fixed]
        return list(dict.fromkeys(plain_number(each) for each in values if isinstance(each, Decimal)))

    def bounds(self, name: str) -> list[Decimal]:
        """Return the numbers that the rules ask whether an answer is above or below, the least first."""
        asked = [each for rule in self._rules for each in rule.iter() if local(each) in _COMPARISONS]
        about = [each for each in asked if any(inner.get("identifier") == name for inner in each)]
        inside = [decimal_of(text_of(each)) for one in about for each in one if local(each) == "baseValue"]
        return sorted({each for each in inside if each is not None})

    def declared(self, name: str) -> Value:
        """Return the right answer that a response declares."""
        return self._correct(name)

    def value(self, name: str, text: str) -> Value:
        """Write a text as an answer of a response's own type."""
        declaration = self._declared.get(name)
        kind = declaration.get("baseType", "") if declaration is not None else ""
        single = _typed(text, kind)
        is_single = declaration is None or declaration.get("cardinality", "single") == "single"
        return single if is_single else (single,)

    def score(self, answers: Mapping[str, Value]) -> Decimal:
        """Return what the item scores for these answers; responses that are not named stay unanswered."""
        self._steps = 0
        self._variables = dict.fromkeys(self._declared) | {
            name: self._default(outcome) for name, outcome in self._outcomes.items()
        }
        self._variables |= answers
        if self._template:
            return self._by_template()
        for rule in self._rules:
            if self._rule(rule):
                break
        found = self._variables.get(_SCORE)
        if found is None:
            return Decimal(0)
        if not isinstance(found, Decimal):
            raise Unknown("a score that is no number")
        return found

    def _by_template(self) -> Decimal:
        name = "RESPONSE" if "RESPONSE" in self._declared else next(iter(self._declared), "")
        if self._template == "correct":
            return Decimal(int(same(self._variables.get(name), self._correct(name))))
        return self._mapped(name)

    def _default(self, outcome: Element) -> Value:
        given = child(outcome, "defaultValue")
        kind = outcome.get("baseType", "")
        if given is not None:
            return _typed(text_of(child(given, "value")), kind)
        return Decimal(0) if kind in _NUMBERS else None

    # rules

    def _rule(self, rule: Element) -> bool:
        """Follow a rule and say whether the processing ends by it."""
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise Unknown("too many rules")
        name = local(rule)
        if name == "responseCondition":
            return self._condition(rule)
        if name in {"setOutcomeValue", "lookupOutcomeValue"}:
            (inside,) = _operands(rule, 1)
            found = self._of(inside)
            target = rule.get("identifier", "")
            self._variables[target] = self._looked_up(target, found) if name == "lookupOutcomeValue" else found
            return False
        if name == "responseProcessingFragment":
            return any(self._rule(each) for each in rule)
        if name == "exitResponse":
            return True
        raise Unknown(name)

    def _condition(self, rule: Element) -> bool:
        for branch in rule:
            if local(branch) == "responseElse":
                return any(self._rule(each) for each in branch)
            parts = list(branch)
            if not parts or local(branch) not in {"responseIf", "responseElseIf"}:
                raise Unknown(local(branch))
            if self._of(parts[0]) is True:
                return any(self._rule(each) for each in parts[1:])
        return False

    def _looked_up(self, name: str, found: Value) -> Value:
        outcome = self._outcomes.get(name)
        for table, key in (("interpolationTable", "interpolationTableEntry"), ("matchTable", "matchTableEntry")):
            listed = child(outcome, table) if outcome is not None else None
            if listed is None or not isinstance(found, Decimal):
                continue
            for entry in children(listed, key):
                source = decimal_of(entry.get("sourceValue", ""))
                fits = source is not None and (found >= source if key.startswith("inter") else found == source)
                if fits:
                    return decimal_of(entry.get("targetValue", ""))
            return decimal_of(listed.get("defaultValue", "0"))
        raise Unknown("a table that is not there")

    # expressions

    def _of(self, expression: Element) -> Value:
        self._steps += 1
        name = local(expression)
        operator = OPERATORS.get(name)
        if operator is not None:
            return operator([self._of(each) for each in expression], expression)
        named = expression.get("identifier", "")
        if name == "variable" and named in self._variables:
            return self._variables[named]
        if name == "baseValue":
            return _typed(text_of(expression), expression.get("baseType", ""))
        if name == "correct":
            return self._correct(named)
        if name == "mapResponse":
            return self._mapped(named)
        if name == "null":
            return None
        raise Unknown(expression.get("definition", name) if name == "customOperator" else name)

    def _correct(self, name: str) -> Value:
        declaration = self._declared.get(name)
        right = child(declaration, "correctResponse") if declaration is not None else None
        if declaration is None or right is None:
            return None
        values = tuple(_typed(text_of(each), declaration.get("baseType", "")) for each in children(right, "value"))
        kind = declaration.get("cardinality", "single")
        if kind == "single" and values:
            return values[0]
        return (Ordered(values) if kind == "ordered" else values) or None

    def _mapped(self, name: str) -> Decimal:
        declaration = self._declared.get(name)
        mapping = child(declaration, "mapping") if declaration is not None else None
        if declaration is None or mapping is None:
            raise Unknown("a mapping that is not there")
        answer = self._variables.get(name)
        given = answer if isinstance(answer, tuple) else () if answer is None else (answer,)
        total = Decimal(0)
        entries = _entries(mapping, declaration)
        otherwise = decimal_of(mapping.get("defaultValue", "0")) or Decimal(0)
        for each in dict.fromkeys(given):
            total += next((worth for key, worth, is_cased in entries if _fits(key, each, is_cased=is_cased)), otherwise)
        for bound, choose in (("lowerBound", max), ("upperBound", min)):
            limit = decimal_of(mapping.get(bound, ""))
            total = choose(total, limit) if limit is not None else total
        return total


def _entries(mapping: Element, declaration: Element) -> list[tuple[Value, Decimal, bool]]:
    kind = declaration.get("baseType", "")
    return [
        (
            _typed(entry.get("mapKey", ""), kind),
            decimal_of(entry.get("mappedValue", "0")) or Decimal(0),
            entry.get("caseSensitive", "true") != "false",
        )
        for entry in children(mapping, "mapEntry")
    ]


def _asks(expression: Element) -> bool:
    """Say whether an expression depends on what somebody answers."""
    return any(local(each) in {"variable", "mapResponse", "mapResponsePoint"} for each in expression.iter())


def _fits(key: Value, answer: Value, *, is_cased: bool) -> bool:
    if isinstance(key, str) and isinstance(answer, str) and not is_cased:
        return key.casefold() == answer.casefold()
    return key == answer


def _typed(text: str, kind: str) -> Value:
    if kind in _NUMBERS:
        return decimal_of(text)
    if kind == "boolean":
        return text == "true"
    return text


def _operands(expression: Element, count: int) -> list[Element]:
    found = list(expression)
    if len(found) != count:
        raise Unknown(f"{local(expression)} of {len(found)} things")
    return found
