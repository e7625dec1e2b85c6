"""Encodings of texts that spreadsheet programs and editors of Windows save."""

UTF_8_MARK, UTF_16_MARKS = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")


def to_utf_8(content: bytes) -> bytes:
    """Return text in UTF-8 without a byte order mark; other bytes unchanged.

    Parameters
    ----------
    content : bytes
        UTF-8 with or without a mark, or UTF-16 with one.
    """
    if not content.startswith(UTF_16_MARKS):
        return content.removeprefix(UTF_8_MARK)
    try:
        return content.decode("utf-16").encode()
    except UnicodeDecodeError:  # which the reader refuses with the line
        return content
