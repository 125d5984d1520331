"""Matrices in NF4 with double quantisation as bitsandbytes makes them, and the numbers that it reads back.

Run by hand in an environment with exactly these packages; the tests only read what it writes:

    torch==2.13.0 (cpu), bitsandbytes==0.50.2, safetensors==0.8.0

    python Tests/Goldens/normal_float_goldens.py

Writes Tests/Goldens/normal_float.safetensors: `even`, 16 x 256; `odd`, 37 x 101, whose blocks of 64 numbers cross the
ends of rows; `long`, 40 x 448, with more than 256 scales and rows of very different size; each with what comes back
(`.read`).
"""

from pathlib import Path

import torch
from bitsandbytes.functional import dequantize_4bit, quantize_4bit
from safetensors.torch import save_file

torch.manual_seed(3)
matrices = {
    "even": torch.randn(16, 256) * 0.05,
    "odd": torch.randn(37, 101),
    "long": torch.randn(40, 448) * torch.logspace(-4, 1, 40)[:, None],
}
matrices["odd"][3, 5:90] = 0
tensors = {}
for name, matrix in matrices.items():
    codes, state = quantize_4bit(matrix, blocksize=64, quant_type="nf4", compress_statistics=True)
    tensors[name] = matrix
    tensors[name + ".read"] = dequantize_4bit(codes, state).contiguous()
save_file(tensors, Path(__file__).resolve().parent / "normal_float.safetensors")
