"""What the DNS says of mail domains and mail hosts: models and readers of record text (pure)."""
