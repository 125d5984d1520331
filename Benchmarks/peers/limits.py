"""What this machine can do at most: `limits.py fp32|bf16|memory`.

Matrix products of 2048 by 2048 through libtorch (one unit is an operation), and reading 1 GiB of memory that no
cache holds (one unit is a byte).
"""

import sys

import torch
from worker import serve, threads

torch.set_num_threads(threads())
SIZE = 2048

if sys.argv[1] == "memory":
    numbers = torch.ones(1 << 28)

    def measure():
        assert numbers.sum() > 0
        return numbers.numel() * 4

else:
    kind = {"fp32": torch.float32, "bf16": torch.bfloat16}[sys.argv[1]]
    left, right = torch.randn(SIZE, SIZE, dtype=kind), torch.randn(SIZE, SIZE, dtype=kind)

    def measure():
        for _ in range(5):
            left @ right
        return 5 * 2 * SIZE**3


serve(f"libtorch {torch.__version__}", measure)
