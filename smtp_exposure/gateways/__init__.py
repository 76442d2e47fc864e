"""The one room that reads files and speaks to other machines."""
