"""A running attempt: who may start, what is delivered, saved, timed and told. Nothing here knows keys or marks."""
