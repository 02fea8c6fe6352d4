"""What a Moodle question holds that has no counterpart here: a note for each, and for elements that are not known."""

from collections.abc import Callable
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from functions.imports.syntax.drafts import Draft, clean, decimal_of
from functions.imports.syntax.safe_xml import child, children, descendants, local, text_of

_COMBINED = "Feedback for right, partly right and wrong answers as a whole is not kept."
_READ = frozenset({
    "name", "questiontext", "generalfeedback", "defaultgrade", "single", "shuffleanswers", "answer", "hint", "tags",
    "usecase", "units", "subquestion", "graderinfo", "attachments", "filetypeslist", "maxwordlimit", "file",
})  # fmt: skip
_LOOKS = frozenset({
    "showstandardinstruction", "responsefieldlines", "shownumcorrect", "layouttype", "synchronize", "responserequired",
    "instantfeedback", "createdtime", "modifiedtime", "createdby", "modifiedby", "version", "stamp", "length",
})  # fmt: skip
_HINT_MARKS = ("shownumcorrect", "clearwrong", "options")


def _says(*silent: str) -> Callable[[str], bool]:
    return lambda text: text.lower() not in {"", *silent}


def _is_number_above_zero(text: str) -> bool:
    return bool(text) and decimal_of(text) != 0


_LOSSES: dict[str, tuple[Callable[[str], bool], str]] = {
    "correctfeedback": (_says(), _COMBINED),
    "partiallycorrectfeedback": (_says(), _COMBINED),
    "incorrectfeedback": (_says(), _COMBINED),
    "responsetemplate": (_says(), "The template for the answer is not kept."),
    "instructions": (_says(), "Instructions on units are not kept."),
    "penalty": (_is_number_above_zero, "The penalty for further tries is not kept."),
    "unitpenalty": (_is_number_above_zero, "The penalty for units is not kept."),
    "unitgradingtype": (_says("0"), "How units are marked is not kept."),
    "showunits": (_says("3"), "That a unit is chosen or typed is not kept."),
    "unitsleft": (_says("0"), "That the unit stands before the number is not kept."),
    "tolerancetype": (_says("2", "nominal"), "A tolerance is taken as absolute."),
    "minwordlimit": (_is_number_above_zero, "The least number of words is not kept."),
    "attachmentsrequired": (_is_number_above_zero, "The least number of files is not kept."),
    "maxbytes": (_is_number_above_zero, "The size that files may have is not kept."),
    "responseformat": (_says("editor", "plain", "monospaced", "noinline"), "Files inside a typed answer are not kept."),
    "answernumbering": (_says("abc"), "The way in which options are numbered is not kept."),
    "hidden": (_says("0", "false"), "That the question is hidden is not kept."),
    "idnumber": (_says(), "The number that the question has in its bank is not kept."),
    "selecttype": (_says("0", "all"), "That only some of the items are asked is not kept."),
    "selectcount": (_says("0"), "That only some of the items are asked is not kept."),
    "gradingtype": (_says("-1", "all_or_nothing"), "How an order earns part of the marks is not kept."),
    "numberingstyle": (_says("none"), "The way in which items are numbered is not kept."),
    "showgrading": (_says("0", "1", "show", "hide"), "What is shown of the marks is not kept."),
}


def note_losses(draft: Draft, element: Element) -> None:
    """Note whatever of a question is not read: settings, feedback, files that no text shows, and unknown elements."""
    for each in element:
        name, text = local(each), _said(each)
        if name in _READ | _LOOKS or not (name or text):
            continue
        is_lost, words = _LOSSES.get(name, (_says(), f"What stands in {name[:40]!r} is not kept."))
        if is_lost(text):
            draft.note(words)
    if any(child(hint, mark) is not None for hint in children(element, "hint") for mark in _HINT_MARKS):
        draft.note("What hints do beside their text is not kept.")
    _note_files(draft, element)


def _said(element: Element) -> str:
    inside = child(element, "text")
    return clean(text_of(element if inside is None else inside))


def _note_files(draft: Draft, element: Element) -> None:
    texts = [text_of(each) for each in descendants(element, "text")]
    for each in descendants(element, "file"):
        if not any(file_name(each) in unquote(text) for text in texts):
            draft.note(f"A file that no text shows is not taken over: {file_name(each)[:100]!r}.")


def file_name(file: Element) -> str:
    """Return a file's path as texts name it behind `@@PLUGINFILE@@/`."""
    return f"{file.get('path', '/')}{file.get('name', '')}".lstrip("/")
