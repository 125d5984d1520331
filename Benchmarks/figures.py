"""The figures as the benchmarks page shows them."""

import datetime
import pathlib
import platform
import statistics
import subprocess
from dataclasses import dataclass


@dataclass
class Row:
    title: str
    orchard: str
    peers: list  # (name, figure, ratio or None, goal or None)
    share: str

    def plain(self):
        parts = [f"Orchard {self.orchard}"]
        for name, figure, ratio, goal in self.peers:
            parts.append(f"{name} {figure}" + (f", ratio {ratio:.2f}" if ratio else "") + (f" (goal {goal:g})" if goal else ""))
        return "; ".join(parts) + (f"; {self.share} of the limit" if self.share else "")


def median(measurements):
    """Seconds for one unit."""
    return statistics.median(m.seconds / m.units for m in measurements)


def spread(measurements):
    values = [m.seconds / m.units for m in measurements]
    return (max(values) - min(values)) / statistics.median(values)


def figure(benchmark, measurements):
    if not measurements:
        return "–"
    per_unit = median(measurements)
    noise = f" (± {100 * spread(measurements) / 2:.0f} %)" if len(measurements) > 1 else ""
    if benchmark.unit in ("tokens", "pairs", "texts"):
        speed = 1 / per_unit
        text = f"{speed:,.0f}" if speed >= 100 else f"{speed:.1f}"
        return f"{text} {benchmark.unit}/s{noise}"
    if benchmark.unit == "bytes":
        return f"{1e-6 / per_unit:.2f} MB/s{noise}"
    return f"{per_unit:.2f} s{noise}"


def row(benchmark, times, limits):
    ours = times.get("Orchard")
    peers = []
    for name in benchmark.peers:
        theirs = times.get(name)
        ratio = median(theirs) / median(ours) if ours and theirs else None
        peers.append((name, figure(benchmark, theirs), ratio, benchmark.goals.get(name)))
    share = ""
    if ours and (benchmark.operations or benchmark.traffic):
        seconds = statistics.median(m.seconds for m in ours)
        share = f"{100 * benchmark.floor(limits) / seconds:.0f} %"
        if benchmark.floor_share:
            share += f" (goal {100 * benchmark.floor_share:.0f} %)"
    return Row(benchmark.title, figure(benchmark, ours), peers, share)


def table(rows):
    lines = ["| work | Orchard | peer | its speed | ratio | goal | share of the machine's limit |",
             "|---|---|---|---|---|---|---|"]
    for row in rows:
        for number, (name, theirs, ratio, goal) in enumerate(row.peers):
            lines.append("| " + " | ".join([
                row.title if number == 0 else "same", row.orchard if number == 0 else "", name, theirs,
                f"{ratio:.2f} ×" if ratio else "–", f"{goal:g} ×" if goal else "", row.share if number == 0 else "",
            ]) + " |")
    return "\n".join(lines)


def describe_machine(root, limits, names):
    processor = platform.processor() or platform.machine()
    cores = set()
    for line in read("/proc/cpuinfo").splitlines():
        if line.startswith("model name"):
            processor = line.split(":", 1)[1].strip()
    memory = next((int(line.split()[1]) for line in read("/proc/meminfo").splitlines() if line.startswith("MemTotal")), 0)
    for path in pathlib.Path("/sys/devices/system/cpu").glob("cpu[0-9]*/topology/thread_siblings_list"):
        cores.add(path.read_text())
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=root, capture_output=True, text=True).stdout.strip()
    swift = subprocess.run(["swift", "--version"], capture_output=True, text=True).stdout.split(" (")[0].strip()
    versions = ", ".join(sorted(set(names.values())))
    narrow = f"{limits['bf16'] / 1e9:.0f}" if "bf16" in limits else "too few to be measured"
    return "\n".join([
        f"- Machine: {processor}, {len(cores) or 'unknown'} cores, {memory / 1e6:.0f} GB of memory, {platform.system()}.",
        f"- Its limits, measured in this run: matrix products {limits['fp32'] / 1e9:.0f} GFLOP/s in fp32 and "
        f"{narrow} in bf16, reading memory {limits['memory'] / 1e9:.0f} GB/s.",
        f"- Versions: {versions}; {swift}; commit {commit or 'unknown'}.",
        f"- Made with `make bench` on {datetime.date.today().isoformat()}. Speeds are medians; ± is half the range.",
    ])


def read(path):
    try:
        return pathlib.Path(path).read_text()
    except OSError:
        return ""
