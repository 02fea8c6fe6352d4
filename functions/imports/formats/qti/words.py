"""The words of version 3.0 and those before it: `qti-item-body` is `itemBody`."""

from xml.etree.ElementTree import Element

from functions.imports.syntax.safe_xml import local

ITEMS = ("assessmentItem", "qti-assessment-item")
STIMULI = ("assessmentStimulus", "qti-assessment-stimulus")
_OF_VERSION_3 = frozenset({ITEMS[1], STIMULI[1]})


def as_version_2(item: Element) -> Element:
    """Write the words of version 3.0 as those before it: `qti-item-body` is `itemBody`."""
    if local(item) not in _OF_VERSION_3:
        return item
    for element in item.iter():
        name = local(element)
        if name.startswith("qti-"):
            element.tag = _camel(name.removeprefix("qti-"))
        for key in [key for key in element.attrib if "-" in key and not key.startswith(("data-", "{"))]:
            element.set(_camel(key), element.attrib.pop(key))
    return item


def _camel(name: str) -> str:
    first, *others = name.split("-")
    return first + "".join(other.capitalize() for other in others)
