"""What files of several formats are written in: encodings, escapes, XML, ZIP, rich text, formulas, number formats."""
