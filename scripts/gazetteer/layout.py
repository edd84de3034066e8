"""Writes the gazetteer's bytes. crates/intake/src/gazetteer/store.rs reads them; keep both in step."""

import struct

MAGIC = b"WHGAZ\x00\x00\x01"
BLOCK = 16
# Postings: 20 bits of entry, then flags.
ALIAS, STRONG, LAST = 1 << 20, 1 << 21, 1 << 23


def u24(value):
    assert 0 <= value < 1 << 24, value
    return value.to_bytes(3, "little")


def lat_q(lat):
    return round((lat + 90) / 180 * 0xFFFFFF)


def lon_q(lon):
    return round((lon + 180) / 360 * 0x1000000) % 0x1000000


def rounded_count(value):
    """A count in 16 bits: 11 of mantissa, 5 of exponent; off by 0.1 % at most."""
    exponent = 0
    while value >> exponent > 0x7FF:
        exponent += 1
    return (value >> exponent) << 5 | exponent


def string_list(strings):
    """Strings by number: offsets of every 16th, then length-prefixed UTF-8."""
    offsets, body = [], bytearray()
    for number, text in enumerate(strings):
        if number % BLOCK == 0:
            offsets.append(len(body))
        raw = text.encode()
        assert len(raw) < 256, text
        body.append(len(raw))
        body += raw
    return struct.pack("<I", len(strings)) + struct.pack(f"<{len(offsets)}I", *offsets) + bytes(body)


def key_table(postings):
    """Sorted keys, front-coded in blocks of 16, each followed by what it names.

    `postings` maps a key to a list of (number, flags), best first.
    """
    offsets, body, previous = [], bytearray(), b""
    keys = sorted((key.encode(), found) for key, found in postings.items())
    for number, (key, found) in enumerate(keys):
        if number % BLOCK == 0:
            offsets.append(len(body))
            previous = b""
        shared = 0
        while shared < min(len(previous), len(key), 255) and previous[shared] == key[shared]:
            shared += 1
        body += head(shared, len(key) - shared) + key[shared:]
        for place, (target, flags) in enumerate(found):
            last = LAST if place + 1 == len(found) else 0
            body += u24(target | flags | last)
        previous = key
    return struct.pack("<I", len(keys)) + struct.pack(f"<{len(offsets)}I", *offsets) + bytes(body)


def head(shared, rest):
    """Both lengths in one byte where they fit in four bits; 0xFF then two bytes where not."""
    if shared < 15 and rest < 16:
        return bytes([shared << 4 | rest])
    return bytes([0xFF, shared, rest])


def file_bytes(sections):
    """Magic, number of sections, (offset, length) of each, then the sections."""
    start = len(MAGIC) + 4 + 8 * len(sections)
    table, body = b"", b""
    for section in sections:
        table += struct.pack("<II", start + len(body), len(section))
        body += section
    return MAGIC + struct.pack("<I", len(sections)) + table + body
