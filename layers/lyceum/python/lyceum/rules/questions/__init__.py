"""What a question is: its types, how it is shown, answered, scored, stored and drawn."""
