#!/usr/bin/env python3
"""sealed.py FOLDER: TLS 1.3 connections to an API server that nobody can open, one capture a scene.

Each has real hellos and then records of noise, with the sizes and the order that were measured on kube-apiserver 1.36: nothing
else of them is ever read without a key."""
import random
import struct
import sys

from pcap import Capture

SERVER = '198.51.100.1', 8443
noise = random.Random(1)


def record(content, body):
    return struct.pack('!BHH', content, 0x0303, len(body)) + body


def extension(number, body):
    return struct.pack('!HH', number, len(body)) + body


def message(kind, body):
    return record(22, struct.pack('!I', kind << 24 | len(body)) + body)


def client_hello(suites=(0x1301, 0x1302)):
    extensions = (extension(43, b'\x02\x03\x04') + extension(10, struct.pack('!HH', 2, 29)) + extension(13, struct.pack('!HH', 2, 0x0804)) +
                  extension(16, b'\0\x0c\x02h2\x08http/1.1') + extension(51, struct.pack('!HHH', 36, 29, 32) + bytes(32)))
    ciphers = struct.pack('!%dH' % len(suites), *suites)
    return message(1, b'\x03\x03' + noise.randbytes(32) + b'\0' + struct.pack('!H', len(ciphers)) + ciphers + b'\x01\0' +
                   struct.pack('!H', len(extensions)) + extensions)


SERVER_HELLO = message(2, b'\x03\x03' + noise.randbytes(32) + b'\0\x13\x01\0' + struct.pack('!H', 46) +
                       extension(43, b'\x03\x04') + extension(51, struct.pack('!HH', 29, 32) + bytes(32)))

# Sizes on the wire, in their order: of which side, and `-` before what was not captured; `a`: the client's alert in clear.
HTTP2, HTTP1 = 's32 s153 s956 s281 s53 ', 's38 s153 s956 s281 s53 '
NONE, CERTIFICATE = 'c25 c53 s62 c81 s30 s26 ', 'c790 c281 c53 s62 c81 s30 s26 '
REFUSED, AWAY, END = 's249 s%d ', 's34 ', 'c26 c19 s19'


def talk(capture, client, sizes, suites=(0x1301, 0x1302), server=SERVER, port=[40000]):
    port[0] += 1
    t = capture.connect(client, port[0], *server)
    t.client(client_hello(suites))
    t.server(SERVER_HELLO)
    for word in sizes.split():
        if word[0] == 'a':
            t.client(record(21, bytes((2, int(word[1:])))))
            continue
        lost = word[0] == '-'
        word = word.lstrip('-')
        (t.client if word[0] == 'c' else t.server)(record(23, noise.randbytes(int(word[1:]))), lost=lost)
    t.close()


def scene(folder, name, *connections, every=0.1):
    capture = Capture()
    for client, sizes in connections:
        talk(capture, client, sizes)
        capture.pause(every)
    capture.write(f'{folder}/{name}.pcap')


def main(folder):
    one = '192.0.2.1'
    stranger = [(one, HTTP2 + NONE + 'c64 ' + AWAY + REFUSED % size + END) for size in (243, 243, 320)]
    scene(folder, 'stranger', *stranger)
    scene(folder, 'once', stranger[0], *[(f'192.0.2.{i}', HTTP2 + NONE + 'c64 ' + AWAY + REFUSED % 243 + END) for i in (2, 3)])
    scene(folder, 'guesser', *[(one, HTTP2 + NONE + 'c120 ' + AWAY + 's120 s155 ' + END)] * 3)
    scene(folder, 'guesser-http1', *[(one, HTTP1 + 'c25 c53 s139 c234 s375 c19 s19')] * 3)
    # Clients of Go ask for protobuf, and are refused in it; YAML is who asks for that.
    for name, h2, h1 in (('protobuf', 's134 s98 ', 's308 '), ('yaml', 's121 s136 ', 's328 ')):
        scene(folder, f'guesser-{name}', *[(one, HTTP2 + NONE + 'c120 ' + AWAY + h2 + END)] * 2,
              *[(one, HTTP1 + 'c25 c53 s139 c234 ' + h1 + 'c19 s19')] * 2)
    # To a POST: the body's WINDOW_UPDATE and the SETTINGS' acknowledgement before the head, the stream's reset behind the body.
    scene(folder, 'guesser-posts', *[(one, HTTP2 + NONE + 'c120 c59 ' + AWAY + refused + END)
                                     for refused in ('s134 s111 ', 's156 s98 ', 's143 s168 ', 's121 s204 ')],
          (one, HTTP2 + NONE + 'c167 ' + AWAY + 's134 s111 c76 ' + END))
    # To a request without a body they are another answer: a 500 of a client with a certificate.
    scene(folder, 'asks-no-more', *[(one, HTTP2 + CERTIFICATE + 'c102 s151 s149 c67 ' + 's70 s322 ' + END)] * 2)
    scene(folder, 'certificate', *[(one, HTTP2 + CERTIFICATE + 'c250 ' + AWAY + REFUSED % size + END) for size in (243, 250, 320)])
    scene(folder, 'token', *[(one, HTTP2 + NONE + 'c1033 ' + AWAY + REFUSED % size + END) for size in (243, 250, 320)])
    scene(folder, 'short-token', *[(one, HTTP2 + NONE + 'c120 s217 s%d ' % size + END) for size in (300, 310, 4761)])
    # With a short token: who reads at an endpoint that sends others away, and the leader of an election before it was seen to.
    reader = (one, HTTP2 + NONE + 'c120 s217 s174 ' + ''.join('c120 s77 s%d ' % size for size in (383, 384, 385, 386)) + END)
    leader = (one, HTTP2 + NONE + 'c120 s217 s174 ' + ''.join('c120 c300 s77 s%d ' % size for size in (383, 384, 385, 386)) + END)
    strangers = [('192.0.2.2', HTTP2 + NONE + 'c120 ' + AWAY + 's120 s155 ' + END)] * 3
    scene(folder, 'reader', *strangers, reader)
    scene(folder, 'leader', *strangers[:2], leader)
    scene(folder, 'service', *[(one, HTTP2 + NONE + 'c64 s217 s%d ' % size + END) for size in (243, 250, 320)])
    scene(folder, 'ping', *[(one, HTTP2 + NONE + 'c64 c34 ' + AWAY + REFUSED % 243 + END)] * 3)
    scene(folder, 'served-on', *[(one, HTTP2 + NONE + 'c64 ' + AWAY + REFUSED % 243 + 'c60 s66 s243 ' + END)] * 3)
    scene(folder, 'hole', *[(one, HTTP2 + NONE + '-c64 -s62 ' + AWAY + REFUSED % 243 + END)] * 3)
    scene(folder, 'monitor', *[(one, HTTP2 + NONE + 'c65 ' + AWAY + 's251 s28 ' + END)] * 8, every=5)
    # /readyz?verbose, which the server answers 500 while it goes down, and then as before.
    scene(folder, 'restarted', *[(one, HTTP2 + NONE + 'c70 ' + AWAY + 's251 s%d ' % size + END) for size in (491, 491, 491, 512, 512, 491, 491, 491)],
          every=5)
    scene(folder, 'closed-monitor', *[(one, HTTP2 + NONE + 'c65 ' + AWAY + 's120 s155 ' + END)] * 8, every=5)
    capture = Capture()
    for i in range(12):
        talk(capture, one, 's32 s153 s956 s281 s53 c19', suites=(0x1301, 0xc02b + i), server=(SERVER[0], 6443))
    capture.write(f'{folder}/hellos.pcap')
    capture = Capture()
    for i in range(6):
        talk(capture, one, HTTP1 + 'c25 c53 s139 c18 s120 s19 c19', server=(f'198.51.100.{1 + i}', 6443))
    capture.write(f'{folder}/newline.pcap')
    # As OpenSSL leaves, whoever answers; and one that finds no suite.
    for name, alert in ('untrusting', 48), ('unsuited', 40):
        capture = Capture()
        for _ in range(4):
            talk(capture, one, 's32 s153 s956 s281 s53 a%d' % alert, server=(SERVER[0], 6443))
            capture.pause(5)
        capture.write(f'{folder}/{name}.pcap')
    refused = AWAY + 's120 s155 ' + END
    scene(folder, 'expired', *[(one, HTTP2 + CERTIFICATE + 'c250 ' + refused)] * 4)
    scene(folder, 'stale-token', *[(one, HTTP2 + NONE + 'c1033 ' + refused)] * 4)
    scene(folder, 'paths', *[(one, HTTP2 + NONE + 'c%d ' % (65 + 7 * i) + refused) for i in range(8)], every=5)
    scene(folder, 'failing-monitor', *[(one, HTTP2 + ('c25 c53' if i == 5 else NONE + 'c65 ' + refused)) for i in range(8)], every=5)
    capture = Capture()
    for i in range(4):
        talk(capture, one, HTTP1 + 'c25 c53 s139 c110 s600 c19 s19', server=(f'198.51.100.{1 + i}', 6443))
    capture.write(f'{folder}/everywhere.pcap')


if __name__ == '__main__':
    main(sys.argv[1])
