"""Bytes of a stranger made fit to be read: nothing invisible stays, nothing is dropped."""


def visible(data: bytes) -> str:
    r"""Show bytes as text: UTF-8 where it is printable, `\xNN` or `\uNNNN` for the rest; tabs stay."""
    text = data.decode("utf-8", "surrogateescape")
    if text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    # A byte that is no UTF-8 arrives as a lone surrogate (PEP 383); bidirectional controls and
    # line separators are not printable either.
    if character.isprintable() or character == "\t":
        return character
    number = ord(character)
    if 0xDC80 <= number <= 0xDCFF:
        return f"\\x{number - 0xDC00:02x}"
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"
