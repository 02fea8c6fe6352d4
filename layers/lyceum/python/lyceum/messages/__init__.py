"""Everything that people read: words by language, amounts and dates, mails. It takes values, never entities."""
