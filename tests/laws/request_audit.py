#!/usr/bin/env python3
"""RequestInfo against the audit logs of real API servers: request_audit.py CORPUS DRIVER

CORPUS holds NAME.audit.jsonl (one {"event": ...} a line) and NAME.truth.json, whose per_source lists give the method
of an audit id. DRIVER is tests/tools/request_info. Each event whose method is known must have the same verb and object.
One difference is right: the audit log fills the name of a created object, and a namespace that the path lacks, from the
body, which is not looked at here.
"""

import json
import pathlib
import re
import subprocess
import sys

PARTS = (
    ("group", "apiGroup"),
    ("version", "apiVersion"),
    ("resource", "resource"),
    ("subresource", "subresource"),
    ("namespace", "namespace"),
    ("name", "name"),
)


def methods_of(truth):
    return {
        row["audit_id"]: row["method"]
        for source in json.loads(truth.read_text()).get("per_source", [])
        for row in source.get("list", [])
        if row.get("audit_id") and row.get("method")
    }


def events_of(corpus):
    """(capture, method, event) of each audit event, with method None where it is not known."""
    for log in sorted(corpus.glob("d*.audit.jsonl")):
        name = log.name.removesuffix(".audit.jsonl")
        truth = log.with_name(name + ".truth.json")
        methods = methods_of(truth) if truth.exists() else {}
        for line in log.read_text().splitlines():
            event = json.loads(line)["event"]
            yield name, methods.get(event["auditID"]), event


def read_driver(driver, requests):
    text = "".join(f"{method} {uri}\n" for method, uri in requests)
    run = subprocess.run([driver], input=text.encode(), stdout=subprocess.PIPE, check=True)
    for line in run.stdout.decode(errors="surrogateescape").split("\n")[:-1]:
        line = re.sub(r"\\x(..)", lambda match: chr(int(match[1], 16)), line)
        verb, group, version, resource, subresource, namespace, name, kind = line.split("\t")
        yield {
            "verb": verb,
            "group": group,
            "version": version,
            "resource": resource,
            "subresource": subresource,
            "namespace": namespace,
            "name": name,
            "kind": kind,
        }


def wanted(event):
    reference = event.get("objectRef")
    row = {part: (reference or {}).get(key, "") for part, key in PARTS}
    return row | {"verb": event["verb"], "kind": "resource" if reference else "non-resource"}


def from_body(event, mine, theirs):
    """Whether the audit log may know more: a create that made something."""
    if theirs["verb"] != "create" or event.get("responseStatus", {}).get("code") != 201:
        return False
    differing = {key for key in theirs if mine[key] != theirs[key]}
    return differing <= {"name", "namespace"} and all(mine[key] == "" for key in differing)


def main():
    corpus, driver = pathlib.Path(sys.argv[1]), sys.argv[2]
    if not corpus.is_dir():
        print("skipped: no", corpus)
        return 0
    events = list(events_of(corpus))
    known = [row for row in events if row[1] is not None]
    answers = list(read_driver(driver, [(method, event["requestURI"]) for _, method, event in known]))
    if len(answers) != len(known):
        print(f"the driver answered {len(answers)} of {len(known)} requests")
        return 1
    agreed, created, differing = 0, 0, 0
    for (name, method, event), mine in zip(known, answers):
        theirs = wanted(event)
        if mine == theirs:
            agreed += 1
        elif from_body(event, mine, theirs):
            created += 1
        else:
            differing += 1
            print(f"{name}: {method} {event['requestURI']}\n  audit log {theirs}\n  here      {mine}")
    print(
        f"{len(events)} events, {len(events) - len(known)} without a known method, {agreed} agree, "
        f"{created} creates named by their body, {differing} differ"
    )
    return 1 if differing or not known else 0


if __name__ == "__main__":
    sys.exit(main())
