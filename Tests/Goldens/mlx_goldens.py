"""LoRA and DoRA adapters as mlx-lm writes them, on a tiny checkpoint of models_goldens.py, with logits.

Run by hand in an environment with exactly these packages; the tests only read what it writes:

    mlx[cpu]==0.32.4, mlx-lm==0.32.2

    python Tests/Goldens/mlx_goldens.py
    python Tests/Goldens/mlx_goldens.py --check FOLDER     # FOLDER/<kind>/ as Orchard wrote it, and its logits

Writes Tests/Goldens/mlx/<kind>/ (an mlx-lm folder whose numbers are random) and, in it, golden.safetensors: the logits
`[1, T, V]` of the ids in `ids`.
"""

import json
import shutil
import sys
from pathlib import Path

import mlx.core as mx
from mlx.utils import tree_flatten
from mlx_lm.tuner.utils import linear_to_lora_layers, load_adapters
from mlx_lm.utils import load_model

mx.set_default_device(mx.cpu)
HERE = Path(__file__).resolve().parent
BASE = HERE / "models" / "llama-grouped"
IDS = mx.array([[5, 9, 7, 4, 8, 6, 11, 3]])
PARAMETERS = {"rank": 3, "scale": 2.5, "dropout": 0.0, "keys": ["self_attn.q_proj", "self_attn.v_proj", "mlp.down_proj"]}


def base():
    return load_model(BASE, strict=True)[0]


def record(kind):
    mx.random.seed(7)
    model = base()
    model.freeze()
    linear_to_lora_layers(model, -1, PARAMETERS, use_dora=kind == "dora")
    changed = [
        (name, value * (1 + 0.1 * mx.random.normal(value.shape)) if name.endswith(".m") else 0.1 * mx.random.normal(value.shape))
        for name, value in tree_flatten(model.trainable_parameters())]
    changed = [(name, value) for name, value in changed if name.split(".")[-1] in ("lora_a", "lora_b", "m")]
    model.load_weights(changed, strict=False)
    folder = HERE / "mlx" / kind
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    mx.save_safetensors(str(folder / "adapters.safetensors"), dict(changed))
    settings = {"fine_tune_type": kind, "num_layers": -1, "lora_parameters": PARAMETERS, "model": "llama-grouped"}
    (folder / "adapter_config.json").write_text(json.dumps(settings, indent=2) + "\n")
    mx.save_safetensors(str(folder / "golden.safetensors"), {"ids": IDS, "logits": model(IDS)})
    print(kind, len(changed), mx.abs(model(IDS) - base()(IDS)).max().item())


def check(folder):
    for place in sorted(Path(folder).iterdir()):
        model = load_adapters(base(), str(place))
        stored = mx.load(str(place / "logits.safetensors"))
        difference = mx.abs(model(stored["ids"]) - stored["logits"]).max().item()
        print(f"{place.name}: {difference:.2e}")
        assert difference < 1e-4, place


if sys.argv[1:2] == ["--check"]:
    check(sys.argv[2])
else:
    for kind in ["lora", "dora"]:
        record(kind)
