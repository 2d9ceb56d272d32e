#!/usr/bin/env python3
"""hello_loss.py KIND IN.pcap OUT.pcap: a capture without the segments that begin with a hello, 1 the client's or 2 the server's."""
import sys

import pcap

kind, source, target = int(sys.argv[1]), sys.argv[2], sys.argv[3]
link, packets = pcap.read(source)


def begins_with_hello(data):
    ip = 14 + 4 * (data[14] & 15)
    payload = data[ip + 4 * (data[ip + 12] >> 4):14 + int.from_bytes(data[16:18], 'big')]
    return len(payload) > 5 and payload[0] == 22 and payload[5] == kind


left = [p for p in packets if not begins_with_hello(p.data)]
assert len(left) < len(packets)
pcap.write(target, left, link)
