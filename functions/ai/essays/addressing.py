"""Whether an essay speaks to whoever grades it: signs by rule, beside what the language model finds; pure."""

import re

_ABOUT = r"(?:instructions?|rubric|prompts?|criteria|consignes|barème|critères)"
_MARK = r"(?:level|marks?|score|grade|points|note|niveau)"
_BEST = r"(?:full|top|highest|maximum|maximale?|perfect|best|100 ?%|meilleure)"
_GRADER = r"(?:grader|marker|examiner|ai|assistant|language model|chatbot|gpt|correcteur|correctrice)"
_GIVE = r"(?:give|award|assign|grant|output|return|choose|select|set)"
_FEW = r"[^.\n]{0,40}"
_SIGNS = (
    rf"\b(?:ignore|disregard|forget|override|bypass)\b{_FEW}\b(?:previous|prior|above|earlier|{_ABOUT})\b",
    rf"\b(?:ignore[rz]?|oublie[rz]?)\b{_FEW}\b{_ABOUT}\b",
    rf"\b{_GIVE}\b{_FEW}\b{_BEST} {_MARK}\b",
    rf"\b{_GIVE}\b{_FEW}\b{_MARK} (?:of )?{_BEST}(?!\w)",
    rf"\b(?:donne[rz]?|attribue[rz]?|mette[rz]?|accorde[rz]?)\b{_FEW}\b{_MARK} {_BEST}\b",
    r"\b(?:output|return|print|set) (?:the )?(?:level|json|has_instructions)\b",
    rf"\b(?:dear|hello|attention|note to(?: the)?|message to(?: the)?|cher|chère) {_GRADER}\b",
    r"\bas an? (?:ai|large language|language|ai language) model\b",
    r"\bsystem prompt\b|\b(?:developer|debug|admin) mode\b|\bjailbreak\b",
    r"\byou are (?:now )?(?:an? )?(?:ai|assistant|chatbot|language model|grading (?:system|assistant|model))\b",
    (
        r"^[ \t#*>-]{0,8}(?:system|assistant|developer|user)(?: message| prompt| note)? ?: {0,2}"
        r"(?:you|ignore|the|output|give|set)\b"
    ),
    r"</? ?(?:data|system|instructions?|prompt|rubric|passage)\b[^>]{0,200}>|\[/?INST\]|<\|[a-z_]+\|>",
)
_ADDRESSED = re.compile("|".join(_SIGNS), re.IGNORECASE | re.MULTILINE)


def speaks_to_grader(essay: str) -> bool:
    """Say whether words of an essay are an instruction to a person or program that grades it, in English or French."""
    return _ADDRESSED.search(essay) is not None
