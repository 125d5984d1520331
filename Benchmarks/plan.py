"""Holds what runs foretell of themselves against what they then take: `plan.py ORCHARD CHECKPOINTS FOLDER [NAME …]`.

Each recipe is a short real run; the run's own folder tells what it foretold of its memory before the first step and of
its time after the first tenth, and what was measured. Models are made by `orchard create`; the two largest are those of
the benchmarks (`make_checkpoints.py`). Prints a table in Markdown.
"""

import json
import pathlib
import subprocess
import sys

ORCHARD, CHECKPOINTS, FOLDER = (pathlib.Path(argument).resolve() for argument in sys.argv[1:4])
ONLY = sys.argv[4:]

# name: (architecture and sizes for `orchard create`, or a checkpoint), settings
RECIPES = {
    "T5, 128 × 2, fp32": (["t5", 128, 2, 4], ["batches.size=32", "length.steps=30"]),
    "T5, 128 × 2, bf16": (["t5", 128, 2, 4], ["batches.size=16", "length.steps=30", "dtype=bf16"]),
    "T5, 256 × 4, fp32": (["t5", 256, 4, 4], ["batches.size=16", "length.steps=24"]),
    "T5, 256 × 4, Adafactor, 2 × 8": (
        ["t5", 256, 4, 4],
        ["batches.size=8", "length.accumulation=2", "length.steps=20", "optimizer={kind: adafactor}"],
    ),
    "Llama, 128 × 4, fp32": (["llama", 128, 4, 4], ["batches.size=16", "length.steps=30"]),
    "Llama, 256 × 6, bf16": (["llama", 256, 6, 4], ["batches.size=8", "length.steps=24", "dtype=bf16"]),
    "GPT-2, 192 × 4, fp32": (["gpt2", 192, 4, 4], ["batches.size=16", "length.steps=30"]),
    "Qwen 3, 256 × 4, packed": (["qwen3", 256, 4, 4], ["batches.size=4", "length.steps=20", "batches.packing=true"]),
    "GPT-NeoX, 256 × 4, fp32": (["gpt_neox", 256, 4, 4], ["batches.size=8", "length.steps=24"]),
    "Gemma 2, 256 × 4, fp32": (["gemma2", 256, 4, 4], ["batches.size=8", "length.steps=24"]),
    "T5 shape, 60 M, fp32": ("t5", ["batches.size=8", "length.steps=12"]),
    "T5 shape, 60 M, bf16": ("t5", ["batches.size=8", "length.steps=12", "dtype=bf16"]),
    "Llama shape, 125 M, fp32": ("llama", ["batches.size=4", "length.steps=10"]),
    "Llama shape, 125 M, Adafactor": (
        "llama", ["batches.size=2", "length.steps=10", "optimizer={kind: adafactor}"],
    ),
}


def orchard(*arguments):
    result = subprocess.run([ORCHARD, *map(str, arguments)], capture_output=True, text=True, cwd=FOLDER)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))}\n{result.stderr}")


def model(kind):
    if isinstance(kind, str):
        return CHECKPOINTS / kind
    architecture, width, layers, heads = kind
    folder = FOLDER / "-".join(map(str, kind))
    if not folder.exists():
        orchard("create", "--architecture", architecture, "--tokenizer", FOLDER / "vocabulary", "--output", folder,
                "--width", width, "--layers", layers, "--heads", heads)
    return folder


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not (FOLDER / "dialogues").exists():
        orchard("dialogues", "--output", "dialogues", "--training", 800, "--held-out", 8)
        orchard("tokenizer", "train", "--files", "dialogues/training.jsonl", "--fields", "dialogue,summary", "--kind",
                "unigram", "--sentinels", 100, "--character-coverage", 1, "--vocabulary-size", 2000, "--output",
                "vocabulary")
    recipe = FOLDER / "recipe.yaml"
    recipe.write_text("output: run\nmodel: {folder: model}\ndata: {files: dialogues/training.jsonl}\n"
                      "prompt: {template: summarise}\nrendering: {maximum-tokens: 256}\nwatch: {save-every: 1000}\n")
    print("| recipe | memory: foretold | measured | difference | time of the steps: foretold | measured | difference |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for name, (kind, settings) in RECIPES.items():
        if ONLY and not any(part in name for part in ONLY):
            continue
        orchard("train", recipe, "--overwrite", f"model.folder={model(kind)}", *settings)
        about = json.loads((FOLDER / "run/about.json").read_text())
        lines = [json.loads(line) for line in (FOLDER / "run/metrics.jsonl").read_text().splitlines()]
        memory = about["predicted"]["memory"]["total"] / 1e6, about["peak_memory_bytes"] / 1e6
        time = about["predicted"]["step_seconds"], sum(line.get("seconds", 0) for line in lines)
        cells = [f"{memory[0]:,.0f} MB", f"{memory[1]:,.0f} MB", f"{100 * (memory[0] / memory[1] - 1):+.0f} %",
                 f"{time[0]:.1f} s", f"{time[1]:.1f} s", f"{100 * (time[0] / time[1] - 1):+.0f} %"]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


main()
