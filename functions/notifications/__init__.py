"""Notifications: what happens becomes a message in somebody's inbox, a mail, a text, a push.

Rooms, upper to lower; each imports only from those below it:

- doors: `http`, `events`, `jobs`
- `preference_settings`
- `inbox`: messages, `routing`, the one place that weighs channels and times, and `departure`, what may still leave
- `channels`: mails, texts, pushes
- `study_reminders`, `unsubscribe`, `message_page`, `preferences`
- `schemas`
- `kinds`
"""
