"""Ten AdamW steps of the biases alone (BitFit), on the checkpoints of models_goldens.py that have some.

Run by hand in the environment of models_goldens.py; the tests only read what it writes: Tests/Goldens/biases.json.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM

HERE = Path(__file__).resolve().parent


def main():
    found = {}
    for name in ("gpt2", "bart", "neox", "qwen2"):
        kind = AutoConfig.from_pretrained(HERE / "models" / name).is_encoder_decoder
        model = (AutoModelForSeq2SeqLM if kind else AutoModelForCausalLM).from_pretrained(
            HERE / "models" / name, dtype=torch.float32).eval()
        stored = load_file(HERE / "models" / f"{name}.safetensors")
        keys = ["input_ids", "attention_mask", "labels"] + (["decoder_input_ids"] if "decoder_input_ids" in stored else [])
        batch = {key: stored[key] for key in keys}
        learned = []
        for path, parameter in model.named_parameters():
            parameter.requires_grad_(path.endswith("bias"))
            if path.endswith("bias"):
                learned.append(parameter)
        optimizer = torch.optim.AdamW(learned, lr=1e-2, weight_decay=0.01)
        losses = []
        for _ in range(10):
            optimizer.zero_grad()
            loss = model(**batch).loss
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        found[name] = {"losses": losses, "trained": sum(p.numel() for p in learned)}
        print(name, found[name]["trained"], losses[0], losses[-1])
    (HERE / "biases.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
