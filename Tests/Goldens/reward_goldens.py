"""Scores of transformers' sequence classifiers over the golden decoders, for texts of different lengths.

Run by hand in the environment of models_goldens.py; the tests only read what it writes: Tests/Goldens/rewards.safetensors.
"""

from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import AutoModelForSequenceClassification

HERE = Path(__file__).resolve().parent
LENGTHS = [9, 4, 7]


def main():
    tensors = {}
    for name in ("llama-grouped", "gpt2", "qwen2"):
        torch.manual_seed(5)
        model = AutoModelForSequenceClassification.from_pretrained(
            HERE / "models" / name, num_labels=1, dtype=torch.float32).eval()
        weight = torch.randn_like(model.score.weight)
        model.score.weight.data.copy_(weight)
        ids = torch.randint(5, model.config.vocab_size, (len(LENGTHS), max(LENGTHS)))
        mask = (torch.arange(max(LENGTHS))[None] < torch.tensor(LENGTHS)[:, None]).long()
        model.config.pad_token_id = 0
        ids = ids * mask
        with torch.no_grad():
            scores = model(input_ids=ids, attention_mask=mask).logits.squeeze(-1)
        for key, value in [("weight", weight), ("ids", ids), ("scores", scores)]:
            tensors[f"{name}.{key}"] = value.contiguous()
        print(name, scores.tolist())
    save_file(tensors, HERE / "rewards.safetensors")


if __name__ == "__main__":
    main()
