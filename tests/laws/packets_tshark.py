#!/usr/bin/env python3
"""Compares the walk from frame to segment with tshark's, frame by frame.

Usage: packets_tshark.py PACKET_DUMP CAPTURE...

Every frame in which tshark finds TCP directly over the link layer's tags and IP must be a segment with the same
addresses, ports, numbers, flags, window, payload length and tags; no other frame may be one. Frames inside tunnels
and link types that are not read are counted and left out. Three differences are meant, and counted: of a first fragment
tshark reads what is there; of a TCP header whose options are cut off likewise; and where an IP length goes beyond the
frame, tshark ends the payload with the frame, we say that the rest was cut. Exits 1 when anything else differs; without
tshark, says so and exits 0."""

import collections
import ipaddress
import shutil
import subprocess
import sys

FIELDS = ["frame.number", "frame.protocols", "ip.src", "ipv6.src", "tcp.srcport", "ip.dst", "ipv6.dst", "tcp.dstport",
          "tcp.seq", "tcp.ack", "tcp.flags", "tcp.window_size_value", "tcp.len", "ieee8021ad.id", "vlan.id",
          "ip.flags.mf", "ip.frag_offset", "ipv6.fraghdr.more", "ipv6.fraghdr.offset", "frame.cap_len", "frame.len"]
PLAIN = {"eth", "ethertype", "sll", "null", "vlan", "ieee8021ad", "raw", "ip", "ipv6", "tcp", "ipv6.hopopts", "ipv6.dstopts",
         "ipv6.routing", "ah", "mipv6", "ipv6.fraghdr"}


def tshark_rows(path):
    command = ["tshark", "-n", "-r", path, "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=,"]
    for option in ("tcp.relative_sequence_numbers:FALSE", "tcp.analyze_sequence_numbers:FALSE",
                   "tcp.desegment_tcp_streams:FALSE", "ip.defragment:FALSE", "ipv6.defragment:FALSE",
                   "ip.tso_support:TRUE"):
        command += ["-o", option]
    for field in FIELDS:
        command += ["-e", field]
    text = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
    for line in text.decode("utf-8", "replace").splitlines():
        yield dict(zip(FIELDS, line.split("\t") + [""] * len(FIELDS)))


def is_true(text):
    return text.split(",")[0] in ("1", "True")


def expected(row):
    """The segment as packet_dump prints it; None: no segment; False: not to be compared; "fragment"."""
    layers = row["frame.protocols"].split(":")
    if "tcp" not in layers:
        return None
    below = layers[:layers.index("tcp")]
    if not set(below) <= PLAIN or sum(layer in ("ip", "ipv6") for layer in below) != 1:
        return False
    if is_true(row["ip.flags.mf"]) or is_true(row["ipv6.fraghdr.more"]):
        return "fragment"
    if not row["tcp.seq"] or not row["tcp.window_size_value"]:
        return None  # a header that is cut
    address = [str(ipaddress.ip_address(row["ip." + end] or row["ipv6." + end])) for end in ("src", "dst")]
    tags = [tag for tag in (row["ieee8021ad.id"] + "," + row["vlan.id"]).split(",") if tag]
    flags = int(row["tcp.flags"], 16) & 0x3f
    return [address[0], row["tcp.srcport"], address[1], row["tcp.dstport"], row["tcp.seq"], row["tcp.ack"],
            str(flags), row["tcp.window_size_value"], row["tcp.len"] or "0", ",".join(tags[:2])]


def compare(dump, path):
    """@return counts of equal, skipped and different frames."""
    counts = collections.Counter()
    run = subprocess.run([dump, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if run.returncode:
        print(f"{path}: {run.stderr.decode().strip()}")
        return collections.Counter(unreadable=1)
    ours = [line.split("\t") for line in run.stdout.decode().splitlines()]
    theirs = list(tshark_rows(path))
    if len(theirs) != len(ours):  # else what is missing would not be compared
        counts["different"] += 1
        print(f"{path}: {len(ours)} frames, tshark: {len(theirs)}")
    for row, mine in zip(theirs, ours):
        number, outcome, rest = mine[0], mine[1], mine[2:]
        wanted = expected(row)
        if wanted is False or outcome == "link":
            counts["skipped"] += 1
            continue
        got = None
        lost = int(row["frame.len"]) - int(row["frame.cap_len"])
        if outcome == "segment":
            size, cut = int(rest[8]), int(rest[9])
            got = rest[:8] + [str(size + cut)] + rest[10:]
        if got == wanted:
            counts["segments" if got else "others"] += 1
        elif wanted == "fragment" and outcome == "fragment":
            counts["fragments"] += 1
        elif outcome == "cut" and lost > 0:
            counts["headers cut"] += 1
        elif got and wanted and cut > lost and got[:8] + [str(size + lost)] + got[9:] == wanted:
            counts["beyond the frame"] += 1
        else:
            counts["different"] += 1
            print(f"{path}: frame {number}: {outcome} {got}\n  tshark: {wanted} {row['frame.protocols']}")
    return counts


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    if not shutil.which("tshark"):
        print("skipped: no tshark")
        return
    total = collections.Counter()
    for path in sys.argv[2:]:
        total += compare(sys.argv[1], path)
    print(", ".join(f"{count} {what}" for what, count in sorted(total.items())))
    sys.exit(1 if total["different"] else 0)


main()
