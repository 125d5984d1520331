#!/usr/bin/env python3
"""Runs Orchard and its peers in turn: `run.py [--only NAME …] [--rounds N] [--write PAGE] [--list]`.

Both sides of a benchmark get ready first; then they are woken one after the other, A B A B …, so that a busy
machine is busy for both. What counts is the ratio of the medians. The machine's own limits (matrix products,
reading memory) are measured in the same run. Benchmarks/README.md tells what both sides have to keep to.
"""

import argparse
import os
import pathlib
import re
import sys

from figures import describe_machine, row, table
from work import BENCHMARKS, LIMITS
from workers import Unavailable, Worker

ROOT = pathlib.Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def physical_cores():
    siblings = pathlib.Path("/sys/devices/system/cpu").glob("cpu[0-9]*/topology/thread_siblings_list")
    return len({path.read_text() for path in siblings}) or os.cpu_count()


def has_bf16_products():
    """Whether libtorch has products in bf16 that are no loops in software: on x86 they need AVX-512."""
    flags = [line for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("flags")] \
        if os.path.exists("/proc/cpuinfo") else []
    return not flags or "avx512bw" in flags[0].split()


def measure_limits(rounds, kinds):
    limits = {}
    for name, arguments in LIMITS.items():
        if name not in kinds:
            continue
        with Worker("limits", arguments) as worker:
            limits[name] = max(worker.measure().speed for _ in range(max(rounds, 5)))
            print(f"limit {name}: {limits[name] / 1e9:.0f} G/s", flush=True)
    return limits


def run(benchmark, rounds):
    """The times of each side by its name; a side that is not to be had is told of and left out."""
    workers, times = {}, {}
    try:
        for side, arguments in benchmark.sides():
            try:
                workers[side] = Worker(side, arguments)
            except Unavailable as reason:
                print(f"  {side}: {reason}", file=sys.stderr, flush=True)
        for _ in range(rounds):
            for side, worker in workers.items():
                times.setdefault(side, []).append(worker.measure())
        return times, {side: worker.name for side, worker in workers.items()}
    finally:
        for worker in workers.values():
            worker.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these benchmarks alone")
    parser.add_argument("--rounds", type=int, help="how often each side is woken (default: 3 for long work, else 7)")
    parser.add_argument("--write", type=pathlib.Path, metavar="PAGE", help="the page whose figures are replaced")
    parser.add_argument("--list", action="store_true", help="list the benchmarks")
    options = parser.parse_args()
    if options.list:
        for benchmark in BENCHMARKS:
            print(f"{benchmark.name:24} {benchmark.title}")
        return
    unknown = set(options.only or []) - {benchmark.name for benchmark in BENCHMARKS}
    if unknown:
        parser.error(f"unknown benchmark {', '.join(sorted(unknown))}; --list shows them")

    os.environ["BENCHMARK_THREADS"] = str(physical_cores())
    without_bf16 = not has_bf16_products()
    if without_bf16:
        print("This processor has no AVX-512, without which products in bf16 take minutes: work in bf16 is left out.", flush=True)
    limits = measure_limits(options.rounds or 5, LIMITS.keys() - ({"bf16"} if without_bf16 else set()))
    rows, names = [], {}
    for benchmark in BENCHMARKS:
        if options.only and benchmark.name not in options.only:
            continue
        if without_bf16 and "bf16" in map(str, benchmark.orchard):
            print(f"{benchmark.title}: left out", flush=True)
            continue
        print(benchmark.title, flush=True)
        times, versions = run(benchmark, options.rounds or benchmark.rounds)
        names.update(versions)
        rows += [row(benchmark, times, limits)]
        print("  " + rows[-1].plain(), flush=True)

    text = describe_machine(ROOT, limits, names) + "\n\n" + table(rows)
    print("\n" + text)
    if options.write:
        page = options.write.read_text()
        if page.count(BEGIN) != 1 or page.count(END) != 1:
            sys.exit(f"{options.write} has no place for figures: one line {BEGIN} and one line {END} are expected.")
        pattern = re.escape(BEGIN) + ".*" + re.escape(END)
        options.write.write_text(re.sub(pattern, lambda _: f"{BEGIN}\n{text}\n{END}", page, flags=re.DOTALL))


if __name__ == "__main__":
    main()
