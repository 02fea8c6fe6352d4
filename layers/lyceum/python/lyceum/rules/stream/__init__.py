"""What follows from a record of the table's stream by itself, so that its item carries no order for it."""
