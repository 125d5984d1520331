"""What peft makes of two LoRA adapters together, on a tiny checkpoint of models_goldens.py.

Run by hand in the environment of adapters_goldens.py; the tests only read what it writes:

    python Tests/Goldens/combination_goldens.py

Writes Tests/Goldens/combinations/: the adapters first/ and second/, and one file of weights for each method.
"""

import json
import shutil
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model, get_peft_model_state_dict
from safetensors.torch import save_file
from transformers import AutoModelForSeq2SeqLM

HERE = Path(__file__).resolve().parent
NAME = "t5-v1_1"
WEIGHTS = [0.7, -0.4]
METHODS = {"sum": "cat", "linear": "linear", "ties": "ties"}


def main():
    torch.manual_seed(5)
    base = AutoModelForSeq2SeqLM.from_pretrained(HERE / "models" / NAME, dtype=torch.float32)
    base._prepare_encoder_decoder_kwargs_for_generation = None
    task = "SEQ_2_SEQ_LM"
    model = get_peft_model(base, LoraConfig(task_type=task, r=4, lora_alpha=8), "first")
    model.add_adapter("second", LoraConfig(task_type=task, r=4, lora_alpha=6, use_rslora=True))
    for name, parameter in model.named_parameters():
        if "lora_" in name:
            with torch.no_grad():
                parameter.add_(torch.randn_like(parameter) * 0.1)
    folder = HERE / "combinations"
    shutil.rmtree(folder, ignore_errors=True)
    for adapter in ("first", "second"):
        model.save_pretrained(folder, selected_adapters=[adapter])
        config = folder / adapter / "adapter_config.json"
        settings = json.loads(config.read_text())
        settings["base_model_name_or_path"] = NAME
        settings["target_modules"] = sorted(settings["target_modules"])
        config.write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n")
    (folder / "README.md").unlink(missing_ok=True)
    for adapter in ("first", "second"):
        (folder / adapter / "README.md").unlink(missing_ok=True)
    for method, theirs in METHODS.items():
        model.add_weighted_adapter(["first", "second"], WEIGHTS, method, combination_type=theirs, density=0.5)
        weights = get_peft_model_state_dict(model, adapter_name=method)
        save_file({name: value.contiguous() for name, value in weights.items()}, folder / f"{method}.safetensors")
        print(method, len(weights), model.peft_config[method].r)


if __name__ == "__main__":
    main()
