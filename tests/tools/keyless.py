"""What is inferred without keys, held against the truth of captures: keyless.py CORPUS PROGRAM RULES [CAPTURE ...].

The truth's streams are counted by tshark, which tells the number of each one's first packet: that is the flow_id. Of each
capture one line, then the sum of all:

  connections  of HTTP/2 to servers from 1.29 on, with anonymous or rejected requests alone, and not those of health checks;
               how many of them were inferred to be so
  mixed        those that carried authenticated requests as well; how many of them were
  false        connections that carried authenticated requests alone, and were called anonymous or rejected
  hostile      sources that reach a TLS port and are neither legitimate nor a part of the cluster; how many of them a finding
               of connections names
  accused      others that one names; behind it, those that one names as a front

Exit status 1: an accusation, or fewer found than the shares below.
"""

import collections
import glob
import ipaddress
import json
import os
import subprocess
import sys

HOSTILE = {"anonymous-probe", "bad-credential", "scanner", "scanner-spoofed-ua", "slow-scanner"}
PEACEFUL = {"legitimate", "health-check", "api-server", "load-balancer", "front"}
HEALTH = ("/healthz", "/livez", "/readyz")
GOAWAY_SINCE = (1, 29)
FRONT = "inferred-front.yaml"
SHARE_INFERRED, SHARE_FOUND = 0.95, 25 / 30


def address(text):
    return str(ipaddress.ip_address(text))


def streams(capture):
    out = subprocess.run(["tshark", "-n", "-r", capture, "-Y", "tcp", "-T", "fields", "-e", "tcp.stream", "-e", "frame.number"],
                         capture_output=True, text=True, check=True).stdout
    first = {}
    for line in out.splitlines():
        stream, frame = line.split("\t")
        first.setdefault(int(stream), int(frame))
    return first


def events(program, rules, capture):
    out = subprocess.run([program, "-q", "-R", rules, "-o", "json", "-r", capture], capture_output=True, text=True)
    assert out.returncode in (0, 10), out.stderr
    return [json.loads(line) for line in out.stdout.splitlines()]


def judge_connections(truth, first, verdicts, figures):
    new = {name: tuple(map(int, c["server_version"].lstrip("v").split(".")[:2])) >= GOAWAY_SINCE for name, c in truth["clusters"].items()}
    requests = collections.defaultdict(list)
    for s in truth["per_source"]:
        for r in s["list"]:
            if r.get("tcp_stream") is not None:
                requests[r["tcp_stream"]].append((s, r))
    for stream, said in sorted(requests.items()):
        flow = verdicts.get(first[stream], {})
        auth = flow.get("auth", {})
        called = auth.get("state") in ("anonymous", "rejected")
        about = "stream %d of %s, %s" % (stream, said[0][0]["src"], said[0][1]["uri"])
        if all(r["class"] == "authenticated" for _, r in said):
            figures["false"] += called
            if called:
                print("  false:", about, auth)
            continue
        health = all(r["uri"].split("?")[0] in HEALTH and r["code"] == 200 for _, r in said)
        if not health and new[said[0][0]["cluster"]] and all(r["protocol"] == "h2" for _, r in said):
            pure = all(r["class"] != "authenticated" for _, r in said)
            figures["connections" if pure else "mixed"] += 1
            figures["inferred" if pure else "mixed_inferred"] += called
            if not called:
                print("  not inferred:", about, auth, flow.get("flow", {}).get("tls_inside"))


def judge_sources(truth, kinds, alerts, figures):
    named = collections.defaultdict(dict)
    for a in alerts:
        if a["finding"]["subject"] in ("source", "front"):
            named[address(a["src_ip"])][os.path.basename(a["rule"]["file"])] = a
    reached = {address(e["src"]) for e in truth["tcp"] if e.get("client_hello")}
    for source in sorted(reached):
        kind, rules = kinds.get(source, "?"), set(named[source])
        if kind in HOSTILE:
            figures["hostile"] += 1
            figures["found"] += bool(rules - {FRONT})
            print("  hostile:" if rules - {FRONT} else "  not found:", source, kind, sorted(rules))
        elif kind in PEACEFUL:
            figures["accused"] += bool(rules - {FRONT})
            figures["fronts"] += FRONT in rules
            if rules:
                print("  front:" if rules == {FRONT} else "  accused:", source, kind, sorted(rules))
        elif rules:
            print("  other:", source, kind, sorted(rules))


def kinds_of(corpus):
    with open(os.path.join(corpus, "sources.json")) as file:
        return {address(a): s["kind"] for s in json.load(file) for a in s["addresses"]}


def captures(corpus, names):
    """Those with TLS in them whose truth stands beside them, or the ones that are named."""
    for capture in sorted(glob.glob(os.path.join(corpus, "*.pcap"))):
        if names and os.path.basename(capture)[:-5] not in names:
            continue
        with open(capture[:-5] + ".truth.json") as file:
            truth = json.load(file)
        if "per_source" in truth and any(e.get("client_hello") for e in truth["tcp"]):
            yield capture, truth


def main():
    corpus, program, rules = sys.argv[1:4]
    kinds = kinds_of(corpus)
    total = collections.Counter()
    for capture, truth in captures(corpus, sys.argv[4:]):
        name = os.path.basename(capture)[:-5]
        figures = collections.Counter()
        told = events(program, rules, capture)
        judge_connections(truth, streams(capture), {e["flow_id"]: e for e in told if e["event_type"] == "flow"}, figures)
        judge_sources(truth, kinds, [e for e in told if e["event_type"] == "alert"], figures)
        print(name, *("%s %d" % (k, figures[k]) for k in FIGURES))
        total.update(figures)
    print("total", *("%s %d" % (k, total[k]) for k in FIGURES))
    wrong = total["false"] or total["accused"]
    few = total["inferred"] < SHARE_INFERRED * total["connections"] or total["found"] < SHARE_FOUND * total["hostile"]
    sys.exit(1 if wrong or few or not total["connections"] else 0)


FIGURES = ("connections", "inferred", "mixed", "mixed_inferred", "false", "hostile", "found", "accused", "fronts")

if __name__ == "__main__":
    main()
