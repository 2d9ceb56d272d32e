#!/usr/bin/env python3
"""Makes proto/http/huffman.def from the lengths of HPACK's codes: tests/tools/huffman.py >proto/http/huffman.def"""

# RFC 7541, appendix B: bits of the code of each byte, and of EOS. The code is canonical: of each length, codes follow each
# other in the order of their bytes, and the first comes behind the last of the length before. So lengths are all of it.
LENGTHS = [int(n) for n in '''
    13 23 28 28 28 28 28 28 28 24 30 28 28 30 28 28 28 28 28 28 28 28 30 28 28 28 28 28 28 28 28 28
    6 10 10 12 13 6 8 11 10 10 8 11 8 6 6 6 5 5 5 6 6 6 6 6 6 6 7 8 15 6 12 10
    13 6 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 8 7 8 13 19 13 14 6
    15 5 6 5 6 5 6 6 6 5 7 7 6 6 6 5 6 7 6 5 5 6 7 7 7 7 7 15 11 14 13 28
    20 22 20 20 22 22 22 23 22 23 23 23 23 23 24 23 24 24 22 23 24 23 23 23 23 21 22 23 22 23 23 24
    22 21 20 22 22 23 23 21 23 22 22 24 21 22 23 23 21 21 22 21 23 22 23 23 20 22 22 22 23 22 22 23
    26 26 20 19 22 23 22 25 26 26 26 27 27 26 24 25 19 21 26 27 27 26 27 24 21 21 26 26 28 27 27 27
    20 24 20 21 22 21 21 23 22 22 25 25 24 24 26 23 26 27 26 26 27 27 27 27 27 28 27 27 27 27 27 26
    30'''.split()]
EOS, LOOKUP_BITS = 256, 12


def canonical():
    """(length, code, symbol), by code."""
    code, before, rows = -1, 0, []
    for length, symbol in sorted((length, symbol) for symbol, length in enumerate(LENGTHS)):
        code = (code + 1) << (length - before)
        before = length
        rows.append((length, code, symbol))
    return rows


def first_symbol(bits, size, rows):
    for length, code, symbol in rows:
        if length <= size and bits >> (size - length) == code:
            return length, symbol
    return None


def lookup(bits, rows):
    """The one or two symbols with which LOOKUP_BITS bits begin, as one number: see proto/http/huffman.c."""
    one = first_symbol(bits, LOOKUP_BITS, rows)
    if one is None:
        return 0
    left = LOOKUP_BITS - one[0]
    two = first_symbol(bits & ((1 << left) - 1), left, rows)
    if two is None:
        return one[1] | one[0] << 16 | 1 << 24
    return one[1] | two[1] << 8 | (one[0] + two[0]) << 16 | 2 << 24


def lines(items, a_line):
    for at in range(0, len(items), a_line):
        print('    ' + ', '.join(items[at:at + a_line]) + ',')


rows = canonical()
assert rows[-1] == (30, (1 << 30) - 1, EOS)
short = [row for row in rows if row[0] <= LOOKUP_BITS]
print('/* Made by tests/tools/huffman.py. What the parts are stands in proto/http/huffman.c, which includes them. */')
print('#ifdef HUFFMAN_LOOKUP')
lines([f'0x{lookup(bits, short):07x}' for bits in range(1 << LOOKUP_BITS)], 10)
print('#endif\n#ifdef HUFFMAN_LENGTHS')
for length in sorted({row[0] for row in rows}):
    at = next(i for i, row in enumerate(rows) if row[0] == length)
    print(f'    {{0x{rows[at][1] << (32 - length):08x}, {at}, {length}}},')
print('#endif\n#ifdef HUFFMAN_SYMBOLS')
lines([str(row[2]) for row in rows[:-1]], 24)
print('#endif')
