#!/usr/bin/env python3
"""Writes the fonts of this folder: TrueType, one square for every character. `symbols.ttf` maps U+F020 to U+F0FF alone, as Wingdings does
(cmap 3,0); `pictures.ttf` maps U+E000 to U+E0FF alone, as fonts of icons do (cmap 3,1)."""
import struct


def font(family, encoding, first, last):
    glyph = struct.pack(">hhhhh", 1, 100, 0, 900, 800) + struct.pack(">HH", 3, 0) + bytes([1, 1, 1, 1]) + struct.pack(">hhhh", 100, 800, 0, -800) + struct.pack(">hhhh", 0, 0, 800, 0)
    glyph += b"\0" * (-len(glyph) % 4)
    # every character is glyph 1 through glyphIdArray
    count = last - first + 1
    table = struct.pack(">HHHH", 4, 2, 1, 0) + struct.pack(">HH", last, 0xFFFF) + struct.pack(">H", 0) + struct.pack(">HH", first, 0xFFFF)
    table += struct.pack(">HH", 0, 1) + struct.pack(">HH", 4, 0) + struct.pack(">H", 1) * count
    cmap4 = struct.pack(">HHH", 4, 6 + len(table), 0) + table
    names = [(1, family), (2, "Regular"), (4, family), (6, family.replace(" ", ""))]
    strings, records = b"", b""
    for number, text in names:
        data = text.encode("utf-16-be")
        records += struct.pack(">HHHHHH", 3, encoding, 0x409, number, len(data), len(strings))
        strings += data
    tables = {
        b"OS/2": struct.pack(">HhHHHhhhhhhhhhhh", 1, 1000, 400, 5, 0, 500, 500, 0, 100, 500, 500, 0, 300, 50, 300, 0) + bytes([5] + [0] * 9) + struct.pack(">IIII", 0, 0, 0, 0) + b"R2T2"
        + struct.pack(">HHHhhhHH", 0x40, first, last, 800, -200, 0, 900, 300) + struct.pack(">II", 0x80000000 if encoding == 0 else 0, 0),
        b"cmap": struct.pack(">HHHHI", 0, 1, 3, encoding, 12) + cmap4,
        b"glyf": b"\0" * 0 + glyph,
        b"head": struct.pack(">IIIIHHqqhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 3, 1000, 0, 0, 100, 0, 900, 800, 0, 8, 2, 1, 0),
        b"hhea": struct.pack(">IhhhHhhhhhhhhhhhH", 0x10000, 800, -200, 0, 1000, 100, 100, 900, 1, 0, 0, 0, 0, 0, 0, 0, 1),
        b"hmtx": struct.pack(">Hh", 1000, 100) + struct.pack(">h", 100),
        b"loca": struct.pack(">III", 0, 0, len(glyph)),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x10000, 2, 4, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0),
        b"name": struct.pack(">HHH", 0, len(names), 6 + len(records)) + records + strings,
        b"post": struct.pack(">IIhhIIIII", 0x30000, 0, 0, 0, 0, 0, 0, 0, 0),
    }

    def checksum(data):
        data += b"\0" * (-len(data) % 4)
        return sum(struct.unpack(">%dI" % (len(data) // 4), data)) & 0xFFFFFFFF

    offset, directory, body = 12 + 16 * len(tables), b"", b""
    for tag, data in sorted(tables.items()):
        directory += tag + struct.pack(">III", checksum(data), offset + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    return struct.pack(">IHHHH", 0x10000, len(tables), 128, 3, len(tables) * 16 - 128) + directory + body


open("symbols.ttf", "wb").write(font("R2T2 Symbols", 0, 0xF020, 0xF0FF))
open("pictures.ttf", "wb").write(font("R2T2 Pictures", 1, 0xE000, 0xE0FF))
