#!/usr/bin/env python3
"""snap.py BYTES IN.pcap OUT.pcap: a capture of which no more than so many bytes of each packet were kept."""
import sys

import pcap

kept, source, target = int(sys.argv[1]), sys.argv[2], sys.argv[3]
link, packets = pcap.read(source)
assert any(len(p.data) > kept for p in packets)
pcap.write(target, packets, link, snap=kept)
