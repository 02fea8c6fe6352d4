"""Intelligence that explains itself: models advise and give reasons, people decide."""
