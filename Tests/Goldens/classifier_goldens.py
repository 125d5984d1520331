"""LoRA beside transformers' sequence classifiers, as peft writes it: logits and ten training steps.

Run by hand in the environment of adapters_goldens.py; the tests only read what it writes:
Tests/Goldens/classifiers/<model>/, a peft folder whose numbers are random, and in it golden.safetensors (what is
read, logits) and golden.json (the losses of ten AdamW steps without dropout).

    python Tests/Goldens/classifier_goldens.py
    python Tests/Goldens/classifier_goldens.py --labels   # scikit-learn 1.9.1's figures of labels: labels.json
    python Tests/Goldens/classifier_goldens.py --check BASE FOLDER LABELS IDS   # logits by peft of what Orchard wrote
"""

import json
import shutil
import sys
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import save_file
from transformers import AutoModelForSequenceClassification

HERE = Path(__file__).resolve().parent
MODELS = {
    "bert-bare": ("encoders", ["classifier", "bert.pooler.dense"]),
    "distilbert-masked": ("encoders", ["classifier", "pre_classifier"]),
    "roberta-masked": ("encoders", ["classifier"]),
    "llama-grouped": ("models", ["score"]),
}
LENGTHS = [9, 4, 7]
LABELS = [2, 0, 1]


def record(name):
    place, saved = MODELS[name]
    torch.manual_seed(7)
    model = AutoModelForSequenceClassification.from_pretrained(HERE / place / name, num_labels=3, dtype=torch.float32)
    model.config.pad_token_id = model.config.pad_token_id or 0
    targets = ["q_lin", "v_lin"] if name.startswith("distil") else None
    model = get_peft_model(model, LoraConfig(
        task_type="SEQ_CLS", r=4, lora_alpha=8, target_modules=targets, modules_to_save=saved)).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.add_(torch.randn_like(parameter) * 0.1)
    folder = HERE / "classifiers" / name
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    settings = json.loads((folder / "adapter_config.json").read_text())
    settings["base_model_name_or_path"] = name
    settings["target_modules"] = sorted(settings["target_modules"])
    (folder / "adapter_config.json").write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n")
    ids = torch.randint(5, model.config.vocab_size, (len(LENGTHS), max(LENGTHS)))
    mask = (torch.arange(max(LENGTHS))[None] < torch.tensor(LENGTHS)[:, None]).long()
    inputs = {"input_ids": torch.where(mask.bool(), ids, model.config.pad_token_id), "attention_mask": mask}
    tensors = {"ids": inputs["input_ids"]}
    if name == "bert-bare":
        inputs["token_type_ids"] = tensors["types"] = (torch.arange(max(LENGTHS))[None] > 3).long() * mask
    tensors["logits"] = model(**inputs).logits.detach()
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-2, weight_decay=0.01)
    losses = []
    for _ in range(10):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(**inputs).logits, torch.tensor(LABELS))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    save_file({key: value.contiguous() for key, value in tensors.items()}, folder / "golden.safetensors")
    (folder / "golden.json").write_text(
        json.dumps({"labels": LABELS, "lengths": LENGTHS, "adamw_losses": losses}) + "\n")
    print(name, losses[0], losses[-1])


def check(base, folder, count, ids):
    model = AutoModelForSequenceClassification.from_pretrained(base, num_labels=int(count), dtype=torch.float32)
    model = PeftModel.from_pretrained(model, folder).eval()
    with torch.no_grad():
        print(model(input_ids=torch.tensor([[int(i) for i in ids.split(",")]])).logits.tolist())


def labels():
    """precision_recall_fscore_support of some labels, of which one is never given and one never had."""
    from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support

    wanted = [0, 1, 2, 2, 1, 0, 0, 2, 1, 1, 2, 0]
    given = [0, 2, 2, 2, 1, 1, 0, 2, 1, 0, 3, 0]
    names = [0, 1, 2, 3, 4]
    found = precision_recall_fscore_support(wanted, given, labels=names, zero_division=0)
    written = {
        "wanted": wanted, "given": given, "precision": found[0].tolist(), "recall": found[1].tolist(),
        "f1": found[2].tolist(), "support": found[3].tolist(), "accuracy": accuracy_score(wanted, given),
        "macro_f1": precision_recall_fscore_support(wanted, given, labels=names, zero_division=0, average="macro")[2],
        "confusion": confusion_matrix(wanted, given, labels=names).tolist(),
    }
    (HERE / "labels.json").write_text(json.dumps(written) + "\n")


if __name__ == "__main__":
    if "--check" in sys.argv:
        check(*sys.argv[2:6])
    elif "--labels" in sys.argv:
        labels()
    else:
        for name in MODELS:
            record(name)
