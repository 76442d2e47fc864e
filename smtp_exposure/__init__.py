"""What is demanded of a mail server that faces the Internet, and how it is judged."""

__version__ = "0.1.0"
