"""Sessions from their booking to their end: time, money, people, reminders, the waiting list and calendars."""
