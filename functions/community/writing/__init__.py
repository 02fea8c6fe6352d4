"""What everything that people write here shares."""
