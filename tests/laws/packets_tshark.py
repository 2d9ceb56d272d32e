#!/usr/bin/env python3
"""Compares the walk from frame to segment with tshark's, frame by frame.

Usage: packets_tshark.py PACKET_DUMP CAPTURE...

Every frame in which tshark finds TCP over layers that are read must be a segment with the same innermost addresses, ports,
numbers, flags, window, payload length, tags, tunnel and tunnel's number, time to live and, of a SYN, kinds of options; no other frame may be one. Frames with other
layers are counted and left out. Three differences are meant, and counted: of a TCP header whose options are cut off tshark
reads what is there; where an IP length goes beyond the frame, tshark ends the payload with the frame, we say that the
rest was cut; of pieces that come again behind their whole tshark shows the whole once more. Exits 1 when anything else
differs; without tshark, says so and exits 0."""

import collections
import ipaddress
import shutil
import subprocess
import sys

FIELDS = ["frame.number", "frame.protocols", "ip.src", "ipv6.src", "tcp.srcport", "ip.dst", "ipv6.dst", "tcp.dstport",
          "tcp.seq", "tcp.ack", "tcp.flags", "tcp.window_size_value", "tcp.len", "ieee8021ad.id", "vlan.id",
          "ip.flags.mf", "ip.frag_offset", "ipv6.fraghdr.more", "ipv6.fraghdr.offset", "frame.cap_len", "frame.len",
          "vxlan.vni", "geneve.vni", "gre.key", "gre.proto", "erspan.spanid", "gtp.teid", "udp.dstport",
          "ip.ttl", "ipv6.hlim", "tcp.option_kind"]
READ = set("""eth ethertype sll null vlan ieee8021ad raw ip ipv6 tcp ipv6.hopopts ipv6.dstopts ipv6.routing ah mipv6 ipv6.fraghdr
    udp vxlan geneve gre erspan gtp gtp.ext_hdr gtp.ext_hdr.pdu_ses_con tzsp teredo mpls pwethheuristic pwethcw pwethnocw pppoes
    ppp llc chdlc vntag etag hsr avsp cfp trill nsh wlan wlan_radio radiotap prism wlancap wlan_aggregate ppi pcap_pktdata nflog cmd macsec etherip
    data""".split())  # "data": what tshark 4.4 says a MACsec frame bears, before it reads on
OPTIONS = ["-o", "tcp.relative_sequence_numbers:FALSE", "-o", "tcp.analyze_sequence_numbers:FALSE",
           "-o", "tcp.desegment_tcp_streams:FALSE", "-o", "ip.defragment:TRUE", "-o", "ipv6.defragment:TRUE",
           "-o", "ip.tso_support:TRUE", "-d", "udp.port==8472,vxlan", "-d", "mpls.label==20,pwethcw",
           "-d", "mpls.label==21,pwethnocw"]
KINDS = {2: "mss", 4: "sackOK", 8: "ts", 1: "nop", 3: "wscale", 0: "eol"}  # in the order of enum tcp_option
OVERLAYS = ("vxlan", "vxlan-gpe", "geneve", "nvgre")


def tshark_rows(path):
    command = ["tshark", "-n", "-r", path, "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=,"] + OPTIONS
    for field in FIELDS:
        command += ["-e", field]
    text = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
    for line in text.decode("utf-8", "replace").splitlines():
        yield dict(zip(FIELDS, line.split("\t") + [""] * len(FIELDS)))


def is_fragment(row):
    offsets = [n for n in (row["ip.frag_offset"] + "," + row["ipv6.fraghdr.offset"]).split(",") if n]
    more = (row["ip.flags.mf"] + "," + row["ipv6.fraghdr.more"]).split(",")
    return any(int(n, 0) for n in offsets) or any(n in ("1", "True") for n in more)


def tunnel_of(row, below):
    """(kind, number) of the innermost overlay, else of the innermost tunnel; None where tshark does not name the layer."""
    values = {name: [n for n in row[name].split(",") if n] for name in FIELDS}
    found, ips, over_gre = [], 0, False

    def number(field):
        return int(values[field].pop(0), 0) if values[field] else 0

    for at, layer in enumerate(below):
        behind = below[at + 1] if at + 1 < len(below) else "tcp"
        if layer in ("ip", "ipv6"):
            inside = at > 0 and below[at - 1].split(".")[0] in ("ip", "ipv6", "ah")
            found += [("ip-in-ip", 0)] if inside else []
            ips += 1
        elif layer == "udp":
            port = number("udp.dstport")
            if behind in ("ip", "ipv6", "eth", "nsh") and port != 4790:
                return None
            found += [("vxlan-gpe", 7002)] if port == 4790 else []
        elif layer == "mpls" and at > 0 and below[at - 1] in ("ip", "udp", "ipv6"):
            found.append(("mpls", 0))
        elif layer == "gre":
            protocol = number("gre.proto")
            key = number("gre.key") if values["gre.key"] else 0
            network = protocol == 0x6558 and key >> 8 >= 0x1000
            if behind != "erspan":
                found.append(("nvgre", key >> 8) if network else ("gre", key))
        elif layer in ("vxlan", "geneve"):
            found.append((layer, number(layer + ".vni")))
        elif layer == "erspan":
            found.append((layer, number("erspan.spanid")))
        elif layer == "gtp":
            found.append(("gtp-u", number("gtp.teid")))
        elif layer in ("tzsp", "teredo", "etherip"):
            found.append((layer, 0))
    overlays = [f for f in found if f[0] in OVERLAYS]
    return (overlays or found or [("", 0)])[-1]


def options_of(row, flags):
    """Of a SYN, each kind once: what packet_dump prints. tshark reads on behind the end of the list."""
    kinds = [int(kind) for kind in row["tcp.option_kind"].split(",") if kind] if flags & 2 else []
    kinds = kinds[:kinds.index(0) + 1] if 0 in kinds else kinds
    return ",".join([name for kind, name in KINDS.items() if kind in kinds] + ["other"] * any(kind not in KINDS for kind in kinds))


def expected(row):
    """The segment as packet_dump prints it; None: no segment; False: not to be compared."""
    layers = row["frame.protocols"].split(":")
    if "tcp" not in layers:
        return None
    below = layers[:layers.index("tcp")]
    tunnel = tunnel_of(row, below)
    if not set(below) <= READ or tunnel is None:
        return False
    if not row["tcp.seq"] or not row["tcp.window_size_value"]:
        return None  # a header that is cut
    named = [layer for layer in below if layer in ("ip", "ipv6")]
    version = named[-1] if named else "ipv6" if row["ipv6.src"] else "ip"  # tshark 4.4 does not name it behind MPLS
    address = [str(ipaddress.ip_address(row[f"{version}.{end}"].split(",")[-1])) for end in ("src", "dst")]
    tags = [tag for tag in (row["ieee8021ad.id"] + "," + row["vlan.id"]).split(",") if tag]
    flags = int(row["tcp.flags"], 16) & 0x3f
    return [address[0], row["tcp.srcport"], address[1], row["tcp.dstport"], row["tcp.seq"], row["tcp.ack"],
            str(flags), row["tcp.window_size_value"], row["tcp.len"] or "0", ",".join(tags[:2]), tunnel[0], str(tunnel[1]),
            row["ip.ttl" if version == "ip" else "ipv6.hlim"].split(",")[-1], options_of(row, flags)]


def kind_of(row, mine):
    """What the two readings of a frame are to each other, and both, for telling."""
    outcome, rest = mine[1], mine[2:]
    wanted, got, cut, size = expected(row), None, 0, 0
    if wanted is False or outcome == "link":
        return "skipped", got, wanted
    lost = int(row["frame.len"]) - int(row["frame.cap_len"])
    if outcome == "segment":
        size, cut = int(rest[8]), int(rest[9])
        got = rest[:8] + [str(size + cut)] + rest[10:]
    if got == wanted:
        return "segments" if got else "others", got, wanted
    if outcome == "fragment" and wanted and is_fragment(row):
        return "pieces again", got, wanted
    if outcome == "cut" and lost > 0:
        return "headers cut", got, wanted
    if got and wanted and cut > lost and got[:8] + [str(size + lost)] + got[9:] == wanted:
        return "beyond the frame", got, wanted
    return "different", got, wanted


def dumped(dump, path):
    """packet_dump's lines, or None."""
    run = subprocess.run([dump, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if run.returncode:
        print(f"{path}: {run.stderr.decode().strip()}")
        return None
    return [line.split("\t") for line in run.stdout.decode().splitlines()]


def compare(path, theirs, ours):
    """@return counts of frames by kind_of()."""
    counts = collections.Counter()
    if len(theirs) != len(ours):  # else what is missing would not be compared
        counts["different"] += 1
        print(f"{path}: {len(ours)} frames, tshark: {len(theirs)}")
    for row, mine in zip(theirs, ours):
        kind, got, wanted = kind_of(row, mine)
        counts[kind] += 1
        if kind == "different":
            print(f"{path}: frame {row['frame.number']}: {mine[1]} {got}\n  tshark: {wanted} {row['frame.protocols']}")
    return counts


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    if not shutil.which("tshark"):
        print("skipped: no tshark")
        return
    total = collections.Counter()
    for path in sys.argv[2:]:
        ours = dumped(sys.argv[1], path)
        total += collections.Counter(unreadable=1) if ours is None else compare(path, list(tshark_rows(path)), ours)
    print(", ".join(f"{count} {what}" for what, count in sorted(total.items())))
    sys.exit(1 if total["different"] else 0)


if __name__ == "__main__":
    main()
