"""What needs keys: finishing, scores, grades, rulings, results, receipts."""
