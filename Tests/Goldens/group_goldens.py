"""Losses of answers that are compared within their group, with their gradients, as TRL computes them on fixed numbers.

Run by hand in an environment with exactly these packages; the tests only read what it writes:

    torch==2.13.0 (cpu), trl==1.16.0, transformers==5.23.0, numpy==2.4.6

    python Tests/Goldens/group_goldens.py

Writes Tests/Goldens/groups.safetensors. TRL's methods are called as they are, with settings in place of a trainer.
"""

from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace

import torch
from safetensors.torch import save_file
from trl import GRPOTrainer, RLOOTrainer

torch.manual_seed(23)
ROWS, TOKENS, LONGEST = 6, 7, 9
tensors = {}
mask = (torch.arange(TOKENS)[None] < torch.tensor([7, 4, 1, 6, 3, 5])[:, None]).float()
now = -3 * torch.rand(ROWS, TOKENS)
then = now + 0.3 * torch.randn(ROWS, TOKENS)
reference = now + 0.5 * torch.randn(ROWS, TOKENS)
advantages = torch.randn(ROWS)
for name, value in [("mask", mask), ("now", now), ("then", then), ("reference", reference), ("advantages", advantages)]:
    tensors["group." + name] = value.contiguous()


def loss(trainer, name, **settings):
    learned = now.clone().requires_grad_(True)
    accelerator = SimpleNamespace(
        gather=lambda value: value, reduce=lambda value, reduction: value, num_processes=1,
        gather_for_metrics=lambda value: value)
    double = SimpleNamespace(
        aux_loss_enabled=False, _entropy_bonus_enabled=False, top_entropy_quantile=1.0, off_policy_mask_threshold=None,
        use_vllm=False,
        epsilon_low=0.2, epsilon_high=0.28, model=SimpleNamespace(training=True), accelerator=accelerator,
        max_completion_length=LONGEST, current_gradient_accumulation_steps=1, _metrics=defaultdict(lambda: defaultdict(list)),
        args=SimpleNamespace(use_bias_correction_kl=False, delta=None),
        _get_per_token_logps_and_entropies=lambda *_, **__: (learned, torch.zeros(ROWS, TOKENS), None), **settings)
    ones = torch.ones(ROWS, 2, dtype=torch.long)
    found = trainer._compute_loss(double, None, {
        "prompt_ids": ones, "prompt_mask": ones, "completion_ids": mask.long(), "completion_mask": mask,
        "advantages": advantages, "old_per_token_logps": then, "old_logps": (then * mask).sum(1),
        "ref_per_token_logps": reference, "num_items_in_batch": mask.sum()})
    found.backward()
    tensors["group." + name] = found.detach().clone()
    tensors["group." + name + ".gradient"] = learned.grad.clone()


for name in ("grpo", "bnpo", "dr_grpo"):
    loss(GRPOTrainer, name, loss_type=name, importance_sampling_level="token", beta=0.04)
loss(GRPOTrainer, "gspo", loss_type="grpo", importance_sampling_level="sequence", beta=0.04)
loss(RLOOTrainer, "rloo")
save_file(tensors, Path(__file__).resolve().parent / "groups.safetensors")
print(len(tensors), "tensors")
