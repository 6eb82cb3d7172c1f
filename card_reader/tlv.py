"""BER-TLV as cards write it (ISO/IEC 7816-4 section 5.2.2): tag, length, value."""

LONGEST = 0xFFFF  # of one value


def tlv(tag: int, *values: bytes) -> bytes:
    """One element; `tag` as its bytes are written, like 0x5F2F."""
    value = b"".join(values)
    return tag.to_bytes((tag.bit_length() + 7) // 8 or 1, "big") + _length(len(value)) + value


def parse(data: bytes) -> dict[int, bytes]:
    """The elements side by side in `data`. Raises ValueError unless they fill it exactly, each tag once."""
    elements: dict[int, bytes] = {}
    at = 0
    while at < len(data):
        tag, at = _read_tag(data, at)
        length, at = _read_length(data, at)
        if at + length > len(data) or tag in elements:
            raise ValueError("an element is cut off or there twice")
        elements[tag] = data[at : at + length]
        at += length
    return elements


def only(tag: int, data: bytes) -> bytes:
    """The value of the one element in `data`. Raises ValueError if there is another or none."""
    elements = parse(data)
    if list(elements) != [tag]:
        raise ValueError(f"not one element {tag:X}")
    return elements[tag]


def _length(length: int) -> bytes:
    if length < 0x80:
        return bytes([length])
    if length > LONGEST:
        raise ValueError("too long")
    return bytes([0x81, length]) if length < 0x100 else b"\x82" + length.to_bytes(2, "big")


def _read_tag(data: bytes, at: int) -> tuple[int, int]:
    start = at
    at += 1
    if data[start] & 0x1F == 0x1F:  # goes on in the next bytes, three at most
        while at < len(data) and data[at] & 0x80 and at < start + 2:
            at += 1
        at += 1
    if at > len(data):
        raise ValueError("a tag is cut off")
    return int.from_bytes(data[start:at], "big"), at


def _read_length(data: bytes, at: int) -> tuple[int, int]:
    if at >= len(data):
        raise ValueError("a length is missing")
    first, at = data[at], at + 1
    if first < 0x80:
        return first, at
    size = first & 0x7F
    if size not in (1, 2) or at + size > len(data):
        raise ValueError("a length is cut off, or longer than a card's")
    return int.from_bytes(data[at : at + size], "big"), at + size
