"""Print the figures of every topic, or of those named: `python -m tests.evaluate [ai]`."""

import importlib
import pkgutil
import sys

import tests.evaluate

wanted = sys.argv[1:] or [each.name for each in pkgutil.iter_modules(tests.evaluate.__path__) if each.name[0] != "_"]
for topic in wanted:
    print(f"\n{topic}")
    for name, value, data in importlib.import_module(f"tests.evaluate.{topic}").figures():
        print(f"  {name:<46} {value:>10.4f}  {data}", flush=True)
