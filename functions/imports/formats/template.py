"""The table that people fill in: every column, and an example of each type."""

from lyceum.kit.values.spreadsheet import write_csv

from functions.imports.formats.columns import Row
from functions.imports.formats.headers import FIELDS, OPTION_COLUMNS

EXAMPLES: tuple[Row, ...] = (
    {
        "type": "single", "stem": "Which gas do plants take in?", "option_a": "Oxygen", "option_b": "Carbon dioxide",
        "option_c": "Helium", "correct": "b", "explanation": "They turn it into sugar.", "difficulty": "easy",
        "tags": "biology; plants",
    },
    {
        "type": "multiple", "stem": "Which of these are prime?", "option_a": "2", "option_b": "4", "option_c": "7",
        "correct": "a; c", "marks": "2",
    },
    {"type": "true_false", "stem": "The Niger flows into the Atlantic Ocean.", "correct": "true"},
    {
        "type": "numeric", "stem": "What is the speed of sound in air at 20 °C?", "correct": "343", "tolerance": "1%",
        "unit": "m/s",
    },
    {
        "type": "short_text", "stem": "What is the capital of France?", "correct": "Paris | %50%Lutetia",
        "case_sensitive": "no",
    },
    {
        "type": "matching", "stem": "Match each country with its capital.", "option_a": "Ghana -> Accra",
        "option_b": "Kenya -> Nairobi", "option_c": "-> Lagos",
    },
    {
        "type": "ordering", "stem": "Put these in the order of their size.", "option_a": "Moon", "option_b": "Earth",
        "option_c": "Sun",
    },
    {
        "type": "cloze",
        "stem": "Water boils at {1:NUMERICAL:=100:1} degrees "
        "and is made of {1:MULTICHOICE:=hydrogen~helium} and oxygen.",
    },
    {
        "type": "theory", "stem": "Explain photosynthesis.", "rubric": "Light: 4 | Sugar: 3 | Language: 3",
        "marks": "10", "word_limit": "400",
    },
    {
        "type": "practical", "stem": "Draw a plant cell and send a picture of it.", "rubric": "Labels: 5", "marks": "5",
        "file_kinds": "image; pdf", "max_files": "2",
    },
)  # fmt: skip
_TEMPLATE_FIELDS = [field for field in FIELDS if field not in OPTION_COLUMNS[4:]]


def template() -> str:
    """Write a table with every column and an example of each type, as CSV."""
    return write_csv([_TEMPLATE_FIELDS, *([row.get(field, "") for field in _TEMPLATE_FIELDS] for row in EXAMPLES)])
