"""The lake: every event that insights count, as Parquet by day, under names that lead to nobody without the account."""
