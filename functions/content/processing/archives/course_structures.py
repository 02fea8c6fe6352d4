"""What a package for learning says of its parts: cmi5 course structures and SCORM manifests, read without trust.

Sources: cmi5 (Quartz), section 13; SCORM 1.2 and SCORM 2004 4th edition, content aggregation model, sections 2 and 3.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from typing import Any, Literal
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from lyceum.kit.frozen import frozen

from functions.content.processing.rejection import Rejected

Format = Literal["cmi5", "scorm12", "scorm2004", "web"]
MOST_UNITS = 200
_MOST_BYTES = 2 << 20
_MOST_DEPTH = 40
_MOST_ELEMENTS = 20_000
_MOVES = ("NotApplicable", "Passed", "Completed", "CompletedAndPassed", "CompletedOrPassed")
_SHOWN_TITLE = 200
_MOST_PARAMETERS = 4000
_RESERVED = frozenset({"endpoint", "fetch", "actor", "registration", "activityId"})


@frozen
class Unit:
    """A part that is launched by itself: an assignable unit of cmi5, or a sharable content object of SCORM.

    - `unit_id`: its id in the package.
    - `path`: the file that opens it.
    - `query`: what its address has after `?`.
    - `mastery`: from which scaled score (0 to 1, a decimal text) it is passed.
    - `completion`: from which measure of progress it is completed.
    - `moves_on`: when it is satisfied, in the words of cmi5.
    - `parameters`: what it is told at its launch.
    """

    unit_id: str
    title: str
    path: str
    query: str = ""
    mastery: str | None = None
    completion: str | None = None
    moves_on: str = "CompletedOrPassed"
    parameters: str = ""
    entitlement: str = ""


@frozen
class Structure:
    """The parts of a package in their order. `blocks` are groups of cmi5, with the numbers of their units."""

    format: Format
    course_id: str
    title: str
    units: tuple[Unit, ...]
    blocks: tuple[tuple[str, tuple[int, ...]], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept beside the package."""
        return asdict(self)


Find = Callable[[str], str | None]
"""Returns the name of the package's file that an address means, None where there is none."""


def read(data: bytes, name: str, find: Find) -> Structure:
    """Read `cmi5.xml` or `imsmanifest.xml`; raises Rejected with what is wrong first."""
    root = _tree(data, name)
    found = _cmi5(root, find) if name == "cmi5.xml" else _scorm(root, find)
    if not 0 < len(found.units) <= MOST_UNITS:
        raise Rejected(f"The package has {len(found.units)} parts that can be launched; it may have 1 to {MOST_UNITS}.")
    return found


def of_website(title: str) -> Structure:
    """Return the structure of a package that is a website and says nothing of what came of it."""
    return Structure("web", "website", title, (Unit("website", title, "index.html", moves_on="NotApplicable"),))


def _tree(data: bytes, name: str) -> Element:
    """Read XML without document types, entities or the network, within bounds of size, depth and number."""
    if len(data) > _MOST_BYTES:
        raise Rejected(f"The package's {name} is larger than {_MOST_BYTES >> 20} MiB.")
    builder = TreeBuilder()
    depth = count = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > _MOST_DEPTH or count > _MOST_ELEMENTS:
            raise Rejected(f"The package's {name} has too many elements, or too many inside each other.")
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refuse(*_: object) -> None:
        raise Rejected(f"The package's {name} declares a document type or entities.")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        raise Rejected(f"The package's {name} is not well-formed.") from None
    return builder.close()


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _child(element: Element, name: str) -> Element | None:
    return next((each for each in element if _local(each.tag).lower() == name.lower()), None)


def _attribute(element: Element, name: str) -> str | None:
    """Return an attribute by its local name, in whatever namespace and case (`scormType`, `scormtype`)."""
    return next((value for key, value in element.attrib.items() if _local(key).lower() == name.lower()), None)


def _text(element: Element | None) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def _title_of(element: Element, fallback: str) -> str:
    """Return a title: of cmi5's language strings the first, in English where there is one."""
    title = _child(element, "title")
    strings = list(title) if title is not None else []
    english = [each for each in strings if (_attribute(each, "lang") or "").lower().startswith("en")]
    chosen = next(iter(english or strings), title)
    return (_text(chosen) or fallback)[:_SHOWN_TITLE]


def _share(text: str | None, what: str) -> str | None:
    """Return a number from 0 to 1 as a decimal text; raises Rejected for another."""
    if text is None or not text.strip():
        return None
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or not 0 <= number <= 1:
        raise Rejected(f"The package's {what} is no number from 0 to 1: {text[:20]!r}.")
    return format(number.normalize(), "f")


def _address(given: str, find: Find) -> tuple[str, str]:
    """Return file and query of a relative address; raises Rejected for one that leads out of the package or nowhere."""
    parts = urlsplit(given.strip())
    path = find(unquote(parts.path))
    if parts.scheme or parts.netloc or path is None:
        raise Rejected(f"The package has no file for what it launches: {given.strip()[-80:]!r}.")
    return path, parts.query


def _cmi5(root: Element, find: Find) -> Structure:
    course = _child(root, "course")
    if _local(root.tag) != "courseStructure" or course is None:
        raise Rejected("The package's cmi5.xml is no course structure.")
    course_id, units, blocks = _iri(course), list[Unit](), list[tuple[str, tuple[int, ...]]]()
    seen = {course_id}
    for element, within in _parts(root, ()):
        unit_id = _iri(element)
        if unit_id in seen:
            raise Rejected(f"The package has two parts of one id: {unit_id[:80]!r}.")
        seen.add(unit_id)
        if _local(element.tag) == "block":
            blocks.append((unit_id, ()))
            continue
        units.append(_assignable_unit(element, unit_id, find))
        blocks = [(name, (*found, len(units) - 1) if name in within else found) for name, found in blocks]
    return Structure("cmi5", course_id, _title_of(course, "Course"), tuple(units), tuple(blocks))


def _parts(element: Element, within: tuple[str, ...]) -> Iterator[tuple[Element, tuple[str, ...]]]:
    """Yield units and blocks in their order, each with the ids of the blocks around it."""
    for each in element:
        if _local(each.tag) in {"au", "block"}:
            yield each, within
        if _local(each.tag) == "block":
            yield from _parts(each, (*within, _iri(each)))


def _iri(element: Element) -> str:
    found = (element.get("id") or "").strip()
    if not urlsplit(found).scheme or len(found) > 1000 or any(each.isspace() for each in found):
        raise Rejected(f"The package has an id that is no IRI: {found[:80]!r}.")
    return found


def _assignable_unit(element: Element, unit_id: str, find: Find) -> Unit:
    address = _text(_child(element, "url"))
    path, query = _address(address, find)
    if _RESERVED & {each.partition("=")[0] for each in query.split("&")}:
        raise Rejected(f"The package's address has a parameter that a launch sets: {address[-80:]!r}.")
    moves_on = element.get("moveOn", "NotApplicable")
    if moves_on not in _MOVES:
        raise Rejected(f"The package's moveOn is unknown: {moves_on[:40]!r}.")
    parameters = _text(_child(element, "launchParameters"))
    if len(parameters) > _MOST_PARAMETERS:
        raise Rejected(f"The package's launch parameters are longer than {_MOST_PARAMETERS} characters.")
    return Unit(
        unit_id=unit_id,
        title=_title_of(element, "Unit"),
        path=path,
        query=query,
        mastery=_share(element.get("masteryScore"), "masteryScore"),
        moves_on=moves_on,
        parameters=parameters,
        entitlement=_text(_child(element, "entitlementKey"))[:1000],
    )


def _scorm(root: Element, find: Find) -> Structure:
    organizations, resources = _child(root, "organizations"), _child(root, "resources")
    if _local(root.tag) != "manifest" or organizations is None or resources is None:
        raise Rejected("The package's imsmanifest.xml has no organizations or no resources.")
    form = _version_of(root)
    default = organizations.get("default")
    named = [each for each in organizations if _local(each.tag) == "organization"]
    chosen = next((each for each in named if each.get("identifier") == default), named[0] if named else None)
    if chosen is None:
        raise Rejected("The package's imsmanifest.xml has no organization.")
    base = _attribute(resources, "base") or ""
    by_id = {each.get("identifier", ""): each for each in resources if _local(each.tag) == "resource"}
    units = [
        _content_object(item, by_id[item.get("identifierref", "")], base, form, find)
        for item in chosen.iter()
        if _local(item.tag) == "item" and item.get("identifierref", "") in by_id
    ]
    return Structure(form, chosen.get("identifier") or "course", _title_of(chosen, "Course"), tuple(units))


def _version_of(root: Element) -> Literal["scorm12", "scorm2004"]:
    said = _text(next((each for each in root.iter() if _local(each.tag) == "schemaversion"), None))
    spaces: Collection[str] = {key for each in root.iter() for key in (each.tag, *each.attrib)}
    is_newer = "2004" in said or "1.3" in said or any("adlcp_v1p3" in each for each in spaces)
    return "scorm2004" if is_newer else "scorm12"


def _content_object(
    item: Element, resource: Element, base: str, form: Literal["scorm12", "scorm2004"], find: Find
) -> Unit:
    href = urljoin(urljoin(base, _attribute(resource, "base") or ""), resource.get("href") or "")
    path, query = _address(href, find)
    added = (item.get("parameters") or "").lstrip("?&")
    is_object = (_attribute(resource, "scormtype") or "").lower() == "sco"
    threshold = _child(item, "completionThreshold")
    progress = None if threshold is None else threshold.get("minProgressMeasure") or _text(threshold)
    return Unit(
        unit_id=(item.get("identifier") or path)[:400],
        title=_title_of(item, "Unit"),
        path=path,
        query="&".join(filter(None, (query, added)))[:_MOST_PARAMETERS],
        mastery=_mastery_12(item) if form == "scorm12" else _mastery_2004(item),
        completion=_share(progress, "completion threshold"),
        moves_on="CompletedOrPassed" if is_object else "NotApplicable",
        parameters=_text(_child(item, "datafromlms"))[:_MOST_PARAMETERS],
    )


def _mastery_12(item: Element) -> str | None:
    """Return the mastery score of SCORM 1.2 (0 to 100) as a share."""
    text = _text(_child(item, "masteryscore"))
    try:
        return _share(str(Decimal(text) / 100), "masteryscore") if text else None
    except InvalidOperation:
        raise Rejected(f"The package's masteryscore is no number: {text[:20]!r}.") from None


def _mastery_2004(item: Element) -> str | None:
    """Return the least normalized measure of the primary objective, where it is satisfied by measure."""
    sequencing = _child(item, "sequencing")
    objectives = _child(sequencing, "objectives") if sequencing is not None else None
    primary = _child(objectives, "primaryObjective") if objectives is not None else None
    if primary is None or (primary.get("satisfiedByMeasure") or "").lower() not in {"true", "1"}:
        return None
    least = _text(_child(primary, "minNormalizedMeasure")) or "1.0"
    return None if least.startswith("-") else _share(least, "minNormalizedMeasure")
