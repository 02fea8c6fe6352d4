"""What exams do by tasks and events, behind queues."""
