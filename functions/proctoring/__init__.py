"""Watching exam sessions: events in a chain, rules that make hints of them, and people who decide.

Files, upper to lower; each imports downwards only:

1. `http`, `jobs`: the doors
2. `watching`, `reviewing`, `snapshots`, `external`
3. `event_chain`, `violations`, `access`
4. `schemas`
"""
