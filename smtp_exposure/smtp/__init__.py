"""What a mail server shows of itself to a stranger: models, and the readers of its words (pure)."""
