"""Attacks on HTTP/2 readers as small captures, made on the fly. Each is said on one connection between two ordinary requests
without a credential; the second one shows whether its reader is still there.

The blocks are written by hand: indices of the static table, literals without Huffman code."""
from pcap import Capture

CLIENT, SERVER, PORT = '192.0.2.66', '198.51.100.7', 8080
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PING, CONTINUATION = 0, 1, 2, 3, 4, 6, 9
END_STREAM, END_HEADERS = 1, 4
METHOD_GET, SCHEME_HTTP, STATUS, PATH, AUTHORITY, USER_AGENT = b'\x82', b'\x86', 8, 4, 1, 58
FORBIDDEN = (b'{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"forbidden: User '
             b'\\"system:anonymous\\" cannot get path \\"/\\"","reason":"Forbidden","details":{},"code":403}\n')
OFTEN = 10000
ROOM = 16384


def integer(first, bits, number):
    """RFC 7541, section 5.1."""
    most = (1 << bits) - 1
    if number < most:
        return bytes([first | number])
    out, number = bytearray([first | most]), number - most
    while number >= 128:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out) + bytes([number])


def literal(name, value, indexed=False):
    """A field whose name has that number in the table, or is new."""
    first, bits = (0x40, 6) if indexed else (0, 4)
    new = b'' if isinstance(name, int) else integer(0, 7, len(name)) + name
    return integer(first, bits, 0 if new else name) + new + integer(0, 7, len(value)) + value


def frame(kind, flags, stream, payload=b''):
    return len(payload).to_bytes(3, 'big') + bytes([kind, flags]) + stream.to_bytes(4, 'big') + payload


def request(path, *more):
    return METHOD_GET + SCHEME_HTTP + literal(PATH, path) + literal(AUTHORITY, b'api') + literal(USER_AGENT, b'flood/1.0') + \
        b''.join(more)


def in_frames(stream, block, flags=END_STREAM):
    """A block in as many frames as it needs."""
    parts = [block[at:at + ROOM] for at in range(0, len(block), ROOM)]
    return b''.join(frame(CONTINUATION if i else HEADERS, (0 if i else flags) | (END_HEADERS if i + 1 == len(parts) else 0),
                          stream, part) for i, part in enumerate(parts))


def rapid_reset():
    return b''.join(frame(HEADERS, END_STREAM | END_HEADERS, stream, request(b'/reset')) +
                    frame(RST_STREAM, 0, stream, b'\0\0\0\x08') for stream in range(3, 3 + 2 * OFTEN, 2)), 3 + 2 * OFTEN


def continuation_flood():
    """One block in ten thousand pieces, most of them empty, that ends after all."""
    return frame(HEADERS, END_STREAM, 3, request(b'/pieces')) + frame(CONTINUATION, 0, 3) * OFTEN + \
        frame(CONTINUATION, END_HEADERS, 3), 5


def continuation_endless():
    """Two megabytes of fields that go on and on. What follows belongs to no block, but nobody can know."""
    return frame(HEADERS, END_STREAM, 3, request(b'/endless')) + \
        frame(CONTINUATION, 0, 3, literal(b'x-a', b'a' * 200)) * OFTEN + frame(CONTINUATION, END_HEADERS, 3), 5


def header_bomb():
    """Sixteen thousand bytes that mean sixty million: an entry as large as the table, again and again."""
    return in_frames(3, request(b'/bomb', literal(b'x-bomb', b'b' * 3900, indexed=True), b'\xbe' * 15000)), 5


def settings_flood():
    return frame(SETTINGS, 0, 0, b'\0\3\0\0\0\x64') * OFTEN, 3


def ping_flood():
    return frame(PING, 0, 0, b'01234567') * OFTEN, 3


def empty_frames_flood():
    return frame(HEADERS, END_HEADERS, 3, request(b'/empty')) + frame(DATA, 0, 3) * OFTEN + frame(DATA, END_STREAM, 3), 5


def bad_header_block():
    """An index that no table has."""
    return frame(HEADERS, END_STREAM | END_HEADERS, 3, request(b'/bad', b'\xff\xff\x7f')), 5


def many_streams():
    """Asked and never answered, none of them ended; the first fifty are given up, so that others have room again."""
    streams = range(3, 3 + 2 * OFTEN, 2)
    return b''.join(frame(HEADERS, END_HEADERS, stream, request(b'/open')) for stream in streams) + \
        b''.join(frame(RST_STREAM, 0, stream, b'\0\0\0\x08') for stream in streams[:50]), 3 + 2 * OFTEN


# name: (what makes it, the anomaly that must be told, how many of it are counted at least; 0: not counted)
FLOODS = {
    'rapid_reset': (rapid_reset, 'rapid_reset', OFTEN),
    'continuation_flood': (continuation_flood, 'continuation_flood', OFTEN),
    'continuation_endless': (continuation_endless, 'head_too_large', 0),
    'header_bomb': (header_bomb, 'head_too_large', 0),
    'settings_flood': (settings_flood, 'settings_flood', OFTEN),
    'ping_flood': (ping_flood, 'ping_flood', OFTEN),
    'empty_frames_flood': (empty_frames_flood, 'empty_frames_flood', OFTEN),
    'bad_header_block': (bad_header_block, 'bad_header_block', 0),
    'many_streams': (many_streams, 'many_streams', 0),
}


def write(name, path):
    capture = Capture()
    talk = capture.connect(CLIENT, 40100, SERVER, PORT)

    def ordinary(stream, target):
        talk.client(frame(HEADERS, END_STREAM | END_HEADERS, stream, request(target)))
        head = literal(STATUS, b'403') + literal(b'audit-id', b'0fc3a1c8-0000-4000-8000-%012d' % stream) + \
            literal(b'content-type', b'application/json')
        talk.server(frame(HEADERS, END_HEADERS, stream, head) + frame(DATA, END_STREAM, stream, FORBIDDEN))

    talk.client(b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' + frame(SETTINGS, 0, 0))
    talk.server(frame(SETTINGS, 0, 0) + frame(SETTINGS, 1, 0))
    ordinary(1, b'/before')
    flood, next_stream = FLOODS[name][0]()
    talk.client(flood, acknowledged=False)
    ordinary(next_stream, b'/after')
    talk.close()
    capture.write(path)
