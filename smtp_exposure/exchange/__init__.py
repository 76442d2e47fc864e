"""What Exchange says of itself: models, and the readers that turn its answers into them (pure)."""
