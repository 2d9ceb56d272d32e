"""What is inferred without keys of captures that were cut to a short snap length, held against the truth of the whole ones:
keyless_snap.py CORPUS PROGRAM RULES BYTES[,BYTES...] [CAPTURE ...].

Of each capture and length one line, then the sum of each length. Beside the figures of keyless.py:

  requests     connections over TLS that carried a request
  certificate  of how many of these it is said whether the client sent one
  wrong        of how many the contrary is true
  closed       of how many of them it is said that they were anonymous or rejected

Exit status 1: something wrong, false or accused; or at a length that leaves record headers, fewer found than the shares below.
"""

import collections
import os
import sys
import tempfile

import keyless
import pcap

FIGURES = ("requests", "certificate", "wrong", "closed") + keyless.FIGURES
SHARE_CERTIFICATE, SHARE_INFERRED = 0.85, 0.6  # the rest is TLS 1.2, or IPv6, which leaves 20 bytes less
HEADERS_FROM = 96  # Ethernet, IPv4, TCP with timestamps: 66 bytes, and a ChangeCipherSpec with the next header


def judge_certificates(truth, first, verdicts, figures):
    sent = {}
    for s in truth["per_source"]:
        for r in s["list"]:
            if r.get("tcp_stream") is not None and r.get("tls"):
                sent[r["tcp_stream"]] = r["client_cert"]
    for stream, certificate in sorted(sent.items()):
        flow = verdicts.get(first[stream], {})
        said = flow.get("flow", {}).get("tls_certificate")
        figures["requests"] += 1
        figures["certificate"] += said is not None
        figures["closed"] += flow.get("auth", {}).get("state") in ("anonymous", "rejected")
        # Of a session that is resumed the server keeps the certificate, and its audit log does not say so.
        if said and not flow.get("tls", {}).get("resumed") and (said == "presented") != certificate:
            figures["wrong"] += 1
            print("  wrong: stream %d, certificate %s" % (stream, said))


def judge(capture, cut, truth, kinds, program, rules):
    figures = collections.Counter()
    told = keyless.events(program, rules, cut)
    first = keyless.streams(capture)
    verdicts = {e["flow_id"]: e for e in told if e["event_type"] == "flow"}
    judge_certificates(truth, first, verdicts, figures)
    keyless.judge_connections(truth, first, verdicts, figures)
    keyless.judge_sources(truth, kinds, [e for e in told if e["event_type"] == "alert"], figures)
    return figures


def main():
    corpus, program, rules, lengths = sys.argv[1:5]
    kinds = keyless.kinds_of(corpus)
    bad = False
    with tempfile.TemporaryDirectory() as folder:
        for length in lengths.split(","):
            total = collections.Counter()
            for capture, truth in keyless.captures(corpus, sys.argv[5:]):
                name = os.path.basename(capture)
                cut = os.path.join(folder, name)
                link, packets = pcap.read(capture)
                pcap.write(cut, packets, link, snap=int(length))
                figures = judge(capture, cut, truth, kinds, program, rules)
                os.unlink(cut)
                print(name[:-5], length, *("%s %d" % (k, figures[k]) for k in FIGURES))
                total.update(figures)
            print("total", length, *("%s %d" % (k, total[k]) for k in FIGURES))
            bad |= bool(total["wrong"] or total["false"] or total["accused"])
            few = total["certificate"] < SHARE_CERTIFICATE * total["requests"] or total["inferred"] < SHARE_INFERRED * total["connections"]
            bad |= int(length) >= HEADERS_FROM and few or not total["requests"]
    sys.exit(bad)


if __name__ == "__main__":
    main()
