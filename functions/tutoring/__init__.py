"""Lessons of a mentor with a student: offers and hours, sessions, the call itself and its recording.

Rooms, upper to lower; each imports downwards only:

1. `http`, `events`, `jobs`: the doors
2. `calls`, `recordings`
3. `sessions`
4. `availability`
"""
