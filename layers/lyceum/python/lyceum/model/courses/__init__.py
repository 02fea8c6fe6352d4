"""What is stored of courses, their lessons, announcements and students."""
