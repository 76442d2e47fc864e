"""What only both halves together tell: the inside's prediction against the outside's look (pure)."""
