"""What people write to each other: questions and answers, discussions, messages, groups, and reports of any of it."""
