"""Papers in print: question paper, answer sheet and marking scheme as PDF."""
