"""From the table's stream to the event bus and to the queues of workers."""
