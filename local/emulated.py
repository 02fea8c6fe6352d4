"""The emulator's process: the emulator itself, and beside it a thread that writes its state down while it runs.

The emulator saves its state when it is told to end, and nothing when it is killed. It is started as a script of its own
(`python -P local/emulated.py`), so nothing of this folder gets into the functions that it runs.
"""

import importlib.util
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

PAUSE_SECONDS = 30
"""Between two checkpoints; one takes far less than a second, so a killed emulator loses less than a minute."""
States = Mapping[str, Callable[[], Any]]


class Checkpoints:
    """Writes the states of services to their files: each whole or not at all, and only those that have changed."""

    def __init__(self, folder: Path, states: Callable[[], States], form: Callable[[str, Any], str]) -> None:
        self.folder = folder
        self.states = states
        self.form = form
        self._written: dict[str, int] = {}

    def write(self) -> list[str]:
        """Write what has changed and return the names; a state that changes meanwhile is left to the next time."""
        written = []
        for name, state_of in self.states().items():
            try:
                state = state_of()
                text = "" if state is None else self.form(name, state)
            except RuntimeError:
                continue
            if text and self._written.get(name) != hash(text):
                file = self.folder / f"{name}.json"
                draft = file.with_suffix(".checkpoint")
                draft.write_text(text)
                draft.replace(file)
                self._written[name] = hash(text)
                written.append(name)
        return written


HEARD = "What is a set, and when are two sets equal?"
"""What every voice note says in a local stack: nobody listens there."""


def main() -> None:
    """Run the emulator until it is told to end, a scripted language model behind its Bedrock, and a deaf Transcribe."""
    os.environ["MINISTACK_BEDROCK_PROXY_URL"] = _scripted_model()
    from ministack import app
    from ministack.core import persistence
    from ministack.services import transcribe

    transcribe._mock_transcript = lambda *_, **__: HEARD

    def form(name: str, state: Any) -> str:
        whole = {"__ministack_format__": persistence._state_format_version(name), "payload": state}
        return json.dumps(whole, default=persistence._json_default)

    checkpoints = Checkpoints(Path(os.environ["STATE_DIR"]), app._build_persistence_save_dict, form)

    def write_for_ever() -> None:
        while True:
            time.sleep(PAUSE_SECONDS)
            try:
                checkpoints.write()
            except OSError as error:
                sys.stderr.write(f"the state can not be written down: {error}\n")

    threading.Thread(target=write_for_ever, name="checkpoints", daemon=True).start()
    app.main()


def _scripted_model() -> str:
    """Serve the model of the file beside this one, which is loaded by its place: this folder is on no path."""
    spec = importlib.util.spec_from_file_location("scripted_model", Path(__file__).with_name("scripted_model.py"))
    if spec is None or spec.loader is None:
        raise ImportError("the scripted model is missing")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(module.serve())


if __name__ == "__main__":
    main()
