"""Verdicts turned into what people and machines read (pure)."""
