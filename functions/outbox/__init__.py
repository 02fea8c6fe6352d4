"""From the table's stream to the event bus."""
