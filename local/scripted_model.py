"""A language model that says what it is told to: for tests, and for the local stack behind the emulator's Bedrock.

What it answers follows from the task and the words alone, so it is the same again. Words in the material make it fail,
each in a way of its own: `[[down]]`, `[[nonsense]]`, `[[invented-quote]]`, `[[uncited]]`, `[[wrong-key]]` and
`[[ambiguous]]`; `[[toxic]]` and `[[despair]]` are what a moderator should see. It shows that everything around a model
works, and nothing of how good a model is.
"""

import json
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_PASSAGE = re.compile(r'<passage id="(\w+)">(.*?)</passage>', re.DOTALL)
_DATA = re.compile(r"<data name=(\w+)>\n(.*?)\n</data>", re.DOTALL)
_SENTENCE = re.compile(r"[^.!?]+[.!?]")
Content = dict[str, Any]


class Down(Exception):
    """The model is told not to answer."""


def answer(task: str, words: str) -> Content:
    """Return what a task is answered with; raises Down."""
    if "[[down]]" in words:
        raise Down
    if "[[nonsense]]" in words:
        return {"colour": "green"}
    return _TASKS[task](dict(_DATA.findall(words)))


def _first(text: str) -> str:
    found = _SENTENCE.search(text)
    return (found.group() if found else text).strip()


def _tutor(data: dict[str, str]) -> Content:
    sentences: list[Content] = [
        {"text": _first(text), "sources": [name]} for name, text in _PASSAGE.findall(data["passages"])[:2]
    ]
    if "[[uncited]]" in data["question"]:
        sentences = [{"text": "The moon is made of cheese.", "sources": ["p99"]}]
    else:
        sentences.append({"text": "What follows from that for your question?", "sources": []})
    return {"in_course": True, "sentences": sentences}


def _guide(data: dict[str, str]) -> Content:
    passages = _PASSAGE.findall(data["passages"])
    invented = {"text": "Nobody ever wrote this.", "sources": ["p77"]}
    section = {
        "title": data["wish"][:80],
        "sentences": [*({"text": _first(text), "sources": [name]} for name, text in passages), invented],
    }
    return {"sections": [section]}


def _essay(data: dict[str, str]) -> Content:
    essay = data["essay"]
    quote = "words that stand nowhere at all" if "[[invented-quote]]" in essay else _first(essay)
    judged = []
    criteria = json.loads(data["criteria"])
    for place, criterion in enumerate(criteria):
        levels = [level["id"] for level in criterion["levels"]]
        level = levels[-1] if "[[torn]]" not in essay or place == 0 else levels[0]
        judged.append({"criterion_id": criterion["id"], "level_id": level, "evidence": [quote], "confidence": 0.8})
    return {"criteria": judged, "has_instructions": "dear grader" in essay.lower()}


def _questions(data: dict[str, str]) -> Content:
    questions = []
    for number, (name, text) in enumerate(_PASSAGE.findall(data["passages"])[:3]):
        questions.append(
            {
                "stem": f"What does the lesson say in part {number + 1}?",
                "options": [_first(text), "The contrary of it.", "Nothing of the kind.", "Something else."],
                "correct": 1 if "[[wrong-key]]" in text else 0,
                "explanation": f"The lesson says: {_first(text)}",
                "source": name,
            }
        )
    return {"questions": questions}


def _solve(data: dict[str, str]) -> Content:
    said = [_first(text) for _, text in _PASSAGE.findall(data["passages"])]
    answers = []
    for question in json.loads(data["questions"]):
        right = [place for place, option in enumerate(question["options"]) if option in said]
        is_ambiguous = "[[ambiguous]]" in " ".join(question["options"])
        answers.append({"number": question["number"], "option": right[0], "is_ambiguous": is_ambiguous})
    return {"answers": answers}


def _moderate(data: dict[str, str]) -> Content:
    """Find the words of `[[toxic]]` and `[[despair]]`; an invented quote where it is told to invent one."""
    text = data["text"]
    kind = "harassment" if "[[toxic]]" in text else "self_harm" if "[[despair]]" in text else None
    quote = "words that stand nowhere at all" if "[[invented-quote]]" in text else _first(text)
    found = {"kind": kind, "quote": quote} if kind else {}
    mood = -0.9 if kind else 0.5 if "thank" in text.lower() else 0.0
    return {"toxicity": {"harassment": 0.92, "self_harm": 0.2}.get(str(kind), 0.03), "sentiment": mood, **found}


_TASKS: dict[str, Callable[[dict[str, str]], Content]] = {
    "tutor_reply": _tutor,
    "study_guide": _guide,
    "grade_essay": _essay,
    "write_questions": _questions,
    "solve_questions": _solve,
    "moderate_text": _moderate,
}


def converse(request: Content) -> Content:
    """Answer a request of Bedrock's Converse API; raises Down."""
    task = request["toolConfig"]["toolChoice"]["tool"]["name"]
    words = "\n".join(block["text"] for block in request["messages"][-1]["content"] if "text" in block)
    use = {"toolUseId": "use-1", "name": task, "input": answer(task, words)}
    tokens = {"inputTokens": len(words) // 4, "outputTokens": 50}
    return {
        "output": {"message": {"role": "assistant", "content": [{"toolUse": use}]}},
        "stopReason": "tool_use",
        "usage": {**tokens, "totalTokens": sum(tokens.values())},
        "metrics": {"latencyMs": 1},
    }


class _Chat(BaseHTTPRequestHandler):
    """Answers as a server does that is asked in OpenAI's form, which is what the emulator hands requests on to."""

    def do_POST(self) -> None:
        """Answer a chat completion."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        task = asked["tools"][0]["function"]["name"]
        content = asked["messages"][-1]["content"]
        parts = content if isinstance(content, list) else [{"text": content}]
        words = "\n".join(str(part.get("text", "")) for part in parts)
        try:
            call = {"name": task, "arguments": json.dumps(answer(task, words))}
            calls: Any = [{"id": "use-1", "type": "function", "function": call}]
        except Down:
            calls = True  # where nobody answers, the emulator does so itself; this it answers with 500
        message = {"role": "assistant", "content": None, "tool_calls": calls}
        usage = {"prompt_tokens": len(words) // 4, "completion_tokens": 50}
        body = json.dumps({"choices": [{"message": message, "finish_reason": "tool_calls"}], "usage": usage}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the base class names it
        """Say nothing."""


def serve() -> str:
    """Serve on a free port of this machine as long as the process lives, and return the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Chat)
    threading.Thread(target=server.serve_forever, name="scripted-model", daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"
