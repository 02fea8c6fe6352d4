"""What payments, exams, content and the marketplace share: how sales are booked, and what buyers may use."""
