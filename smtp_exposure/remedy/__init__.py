"""What would mend a deviation, as text for a person; nothing here runs it (pure)."""
