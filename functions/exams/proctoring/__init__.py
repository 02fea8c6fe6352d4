"""What proctors do: to one attempt at once, or to all of an exam."""
