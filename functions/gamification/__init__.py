"""Boards and badges: points with causes, exact ranks, and badges that follow from figures.

Rooms, upper to lower; each imports those below it and none beside it:

- `http`, `events`: doors, which translate and call a rule.
- `points`: what is earned for what, and its way to boards and badges.
- `boards`: standings, ranks and lists; `badges`: rules, what was earned, and what admins define.
"""
