"""Losses of alignment with their gradients, advantages and rewards, as TRL computes them on fixed numbers.

Run by hand in an environment with exactly these packages; the tests only read what it writes:

    torch==2.13.0 (cpu), trl==0.11.4, transformers==4.45.2, peft==0.13.2, numpy==1.26.4

    python Tests/Goldens/alignment_goldens.py

Writes Tests/Goldens/alignment.safetensors. TRL's methods are called as they are, with settings in place of a trainer.
"""

from pathlib import Path
from types import SimpleNamespace

import torch
from safetensors.torch import save_file
from trl import CPOTrainer, DPOTrainer, KTOTrainer, ORPOTrainer, PPOTrainer
from trl.core import entropy_from_logits, masked_whiten
from trl.trainer.utils import AdaptiveKLController

torch.manual_seed(11)
ROWS, TOKENS, VOCABULARY, PAIRS = 4, 7, 13, 6
tensors = {}
HERE = SimpleNamespace(device="cpu")


def keep(name, value):
    tensors[name] = torch.as_tensor(value, dtype=torch.float32).detach().clone().contiguous()


def learned(name, value):
    keep(name, value)
    return value.detach().clone().requires_grad_(True)


# proximal policy optimisation
mask = (torch.arange(TOKENS)[None] < torch.tensor([7, 4, 1, 6])[:, None]).float()
logits = learned("ppo.logits", torch.randn(ROWS, TOKENS, VOCABULARY))
tokens = torch.randint(VOCABULARY, (ROWS, TOKENS))
now = logits.log_softmax(-1).gather(-1, tokens[..., None]).squeeze(-1)
then = (now + 0.4 * torch.randn(ROWS, TOKENS)).detach()
reference = (now + 0.6 * torch.randn(ROWS, TOKENS)).detach()
values, scores = torch.randn(ROWS, TOKENS), torch.randn(ROWS)
predicted = learned("ppo.predicted", values + 0.3 * torch.randn(ROWS, TOKENS))
for name, value in [("mask", mask), ("tokens", tokens), ("then", then), ("reference", reference), ("values", values), ("scores", scores)]:
    keep("ppo." + name, value)
config = SimpleNamespace(
    kl_penalty="kl", whiten_rewards=False, gamma=0.97, lam=0.9, cliprange=0.2, cliprange_value=0.15, vf_coef=0.3, ratio_threshold=10.0)
trainer = SimpleNamespace(config=config, kl_ctl=SimpleNamespace(value=0.2))
trainer._kl_penalty = lambda a, b: PPOTrainer._kl_penalty(trainer, a, b)
rewards, _, kls = PPOTrainer.compute_rewards(trainer, scores, then, reference, mask.long())
_, advantages, returns = PPOTrainer.compute_advantages(trainer, values, rewards, mask)
policy_loss, value_loss, stats = PPOTrainer.loss(
    trainer, then, values * mask, logits, predicted, now, mask, advantages, returns)
entropy = (entropy_from_logits(logits) * mask).sum() / mask.sum()
total = policy_loss + value_loss - 0.05 * entropy
total.backward()
for name, value in [
        ("rewards", rewards), ("kls", kls), ("advantages", advantages), ("returns", returns), ("policy", policy_loss), ("value", value_loss),
        ("entropy", entropy), ("total", total), ("gradient.logits", logits.grad), ("gradient.predicted", predicted.grad),
        ("clipped", stats["policy/clipfrac"]), ("clipped_values", stats["val/clipfrac"]), ("ratio", stats["policy/ratio"])]:
    keep("ppo." + name, value)
keep("ppo.whitened", masked_whiten(rewards, mask, shift_mean=False))
config.whiten_rewards = True
_, advantages, returns = PPOTrainer.compute_advantages(trainer, values, rewards, torch.ones_like(mask))
keep("ppo.advantages_of_whitened", advantages)
for name in ["mse", "abs"]:
    config.kl_penalty = name
    keep("ppo.kl." + name, PPOTrainer._kl_penalty(trainer, then, reference))
config.kl_penalty = "full"
other = torch.randn(ROWS, TOKENS, VOCABULARY).log_softmax(-1)
keep("ppo.other", other)
keep("ppo.kl.full", PPOTrainer._kl_penalty(trainer, logits.log_softmax(-1), other))
controller = AdaptiveKLController(0.2, 6.0, 10000)
prices = []
for current in [3.0, 6.5, 20.0, 6.0]:
    controller.update(current, 256)
    prices.append(controller.value)
keep("ppo.prices", prices)

# groups of answers: the formulas of GRPO and RLOO
group = torch.randn(3, 5)
keep("group.scores", group)
keep("group.relative", (group - group.mean(1, keepdim=True)) / (group.std(1, keepdim=True) + 1e-4))
keep("group.leave_one_out", group - (group.sum(1, keepdim=True) - group) / 4)

# preferences
chosen = learned("pairs.chosen", -10 * torch.rand(PAIRS) - 1)
rejected = learned("pairs.rejected", -10 * torch.rand(PAIRS) - 1)
reference_chosen, reference_rejected = (chosen + torch.randn(PAIRS)).detach(), (rejected + torch.randn(PAIRS)).detach()
keep("pairs.reference_chosen", reference_chosen)
keep("pairs.reference_rejected", reference_rejected)


def pairs(name, losses):
    chosen.grad = rejected.grad = None
    losses.sum().backward()
    keep(name, losses)
    keep(name + ".gradient.chosen", chosen.grad)
    keep(name + ".gradient.rejected", rejected.grad)


def dpo(kind, beta, smoothing=0.0):
    trainer = SimpleNamespace(
        accelerator=HERE, reference_free=False, f_divergence_type="reverse_kl", f_divergence_params=None, loss_type=kind, beta=beta,
        label_smoothing=smoothing)
    return DPOTrainer.dpo_loss(trainer, chosen, rejected, reference_chosen, reference_rejected)[0]


pairs("dpo", dpo("sigmoid", 0.3))
pairs("dpo_smoothed", dpo("sigmoid", 0.3, 0.1))
pairs("ipo", dpo("ipo", 0.2))
simpo = SimpleNamespace(accelerator=HERE, loss_type="simpo", beta=2.0, simpo_gamma=1.2, label_smoothing=0.0)
pairs("simpo", CPOTrainer.cpo_loss(simpo, chosen, rejected)[0])
orpo = SimpleNamespace(accelerator=HERE, beta=0.4)
pairs("orpo", -ORPOTrainer.odds_ratio_loss(orpo, chosen, rejected)[0])
drifts = torch.tensor([0.9, -0.4, 0.6])
kto = SimpleNamespace(
    accelerator=SimpleNamespace(device="cpu", gather=lambda value: value), calculate_KL=True, loss_type="kto", beta=0.25,
    desirable_weight=1.3, undesirable_weight=0.7)
pairs("kto", KTOTrainer.kto_loss(
    kto, chosen, rejected, drifts, reference_chosen, reference_rejected, torch.zeros(3))[0])
keep("kto.drift", drifts.mean())

# reward models: TRL's formula, with margins and centring
margins = torch.rand(PAIRS)
keep("reward.margins", margins)
pairs("reward", -torch.nn.functional.logsigmoid(chosen - rejected - margins) + 0.01 * (chosen + rejected) ** 2)

save_file(tensors, Path(__file__).resolve().parent / "alignment.safetensors")
print(len(tensors), "tensors")
