#!/usr/bin/env python3
"""Prints the table of performance of README.md, in Markdown, from times of tarn and its peers.

    table.py TIMES.json [--processor NAME]

TIMES.json is a list with an object for each workload: its "name", its "lead", and for "tarn" and each peer that ran it a
time in milliseconds. The lead is the best peer's time divided by tarn's, computed here where the file has none: above 1
tarn is faster. The processor's name is this machine's unless given.
"""
import argparse
import json
import math
import platform


def processor():
    try:
        with open("/proc/cpuinfo") as lines:
            for line in lines:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or "an unknown processor"


def peers_of(rows):
    """All peers, in the order in which the file first names them."""
    return list(dict.fromkeys(key for row in rows for key in row if key not in ("name", "lead", "tarn")))


def lead_of(row, peers):
    times = [row[peer] for peer in peers if row.get(peer)]
    return min(times) / row["tarn"] if times and row.get("tarn") else None


def milliseconds(time):
    if not time:
        return "-"
    return f"{time:.0f}" if time >= 100 else f"{time:.3g}"


def table(rows, peers):
    yield "| workload | tarn, ms | " + " | ".join(f"{peer}, ms" for peer in peers) + " | lead |"
    yield "| --- |" + " ---: |" * (len(peers) + 2)
    for row in rows:
        lead = row.get("lead") or lead_of(row, peers)
        times = " | ".join(milliseconds(row.get(who)) for who in ["tarn", *peers])
        yield f"| {row['name']} | {times} | {f'{lead:.2f}' if lead else '-'} |"


def summary(rows, peers):
    leads = {row["name"]: row.get("lead") or lead_of(row, peers) for row in rows}
    missing = [name for name, lead in leads.items() if not lead]
    leads = {name: lead for name, lead in leads.items() if lead}
    if leads:
        mean = math.exp(sum(map(math.log, leads.values())) / len(leads))
        yield f"The geometric mean of {len(leads)} leads is {mean:.2f}."
    behind = sorted((lead, name) for name, lead in leads.items() if lead < 1)
    if behind:
        yield "tarn is behind on " + ", ".join(f"{name} ({lead:.2f})" for lead, name in behind) + "."
    elif leads:
        yield "tarn is behind on none of them."
    if missing:
        yield "Not compared: " + ", ".join(missing) + "."


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("times")
    parser.add_argument("--processor", default=None)
    arguments = parser.parse_args()
    with open(arguments.times) as file:
        rows = json.load(file)
    peers = peers_of(rows)
    print(f"On {arguments.processor or processor()}:\n")
    print("\n".join(table(rows, peers)) + "\n")
    print("\n".join(summary(rows, peers)))


if __name__ == "__main__":
    main()
