"""What standards of other systems need stored: names of theirs for what is ours, statements, platforms."""
