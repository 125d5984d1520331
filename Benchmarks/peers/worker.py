"""What every peer has in common: it gets ready once, then measures once for each line on standard input.

    {"ready": true, "peer": "transformers 5.23.0"}
    {"seconds": 4.02, "units": 2560}

Only what happens inside `measure` is timed. The driver wakes both sides in turn, so that a noisy machine
is as noisy for the one as for the other.
"""

import json
import os
import sys
import time


def serve(peer, measure, prepare=lambda: None):
    """`measure` does the work once and returns how many units (tokens, bytes, pairs) it did; `prepare` is not timed."""
    prepare()
    measure()  # Warm-up: memory is faulted in, kernels are chosen, caches are filled.
    tell({"ready": True, "peer": peer})
    for _ in sys.stdin:
        prepare()
        started = time.perf_counter()
        units = measure()
        tell({"seconds": time.perf_counter() - started, "units": units})


def tell(message):
    print(json.dumps(message), flush=True)


def threads():
    """As many as the driver grants: the physical cores."""
    return int(os.environ["BENCHMARK_THREADS"])
