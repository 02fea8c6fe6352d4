"""Notifications: what happens becomes a message in somebody's inbox, a mail, a text, a push.

Rooms, upper to lower; each imports only from those below it:

- doors: `http`, `events`, `jobs`
- `preference_settings`
- `channels`: mails, texts, pushes; `inbox`: messages, and `routing`, the one place that weighs channels and times
- `study_reminders`, `unsubscribe`, `preferences`
- `schemas`
- `kinds`
"""
