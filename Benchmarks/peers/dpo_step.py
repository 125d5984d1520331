"""A DPO step with TRL: `dpo_step.py CHECKPOINT fp32|bf16`, among packages of its own (`requirements-trl-current.txt`).

4 pairs with prompts of 128 ids and answers of 64, by a LoRA of r = 16 on queries and values; the original's
log-probabilities are computed in the step, by the same model with the adapter off. Its trainer's own loss, over a batch
that is there already; gradients clipped to a norm of 1, fused AdamW. One unit is a pair.
"""

import sys
import tempfile

import datasets
import peft
import torch
import transformers
import trl
from prompts import prompt
from worker import serve, threads

checkpoint, precision = sys.argv[1:]
torch.set_num_threads(threads())
torch.manual_seed(0)
config = transformers.AutoConfig.from_pretrained(checkpoint)
model = transformers.AutoModelForCausalLM.from_pretrained(checkpoint, dtype=torch.float32)
tokenizer = transformers.PreTrainedTokenizerFast(
    tokenizer_file=f"{checkpoint}/tokenizer.json", eos_token="</s>", pad_token="</s>")
rows = [
    {"prompt_ids": prompt(128, config.vocab_size, row),
     "chosen_ids": prompt(64, config.vocab_size, 100 + 2 * row),
     "rejected_ids": prompt(64, config.vocab_size, 101 + 2 * row)} for row in range(4)]
text = [{"prompt": "a", "chosen": " b", "rejected": " c"} for _ in rows]
settings = trl.DPOConfig(
    output_dir=tempfile.mkdtemp(), per_device_train_batch_size=4, bf16=precision == "bf16", use_cpu=True, report_to=[],
    gradient_checkpointing=False, max_length=None)
trainer = trl.DPOTrainer(
    model, args=settings, train_dataset=datasets.Dataset.from_list(text), processing_class=tokenizer,
    peft_config=peft.LoraConfig(task_type="CAUSAL_LM", r=16, lora_alpha=32))
learned = [p for p in trainer.model.parameters() if p.requires_grad]
optimizer = torch.optim.AdamW(learned, lr=1e-5, weight_decay=0.01, fused=True)
trainer.model.train()
batch = trainer.data_collator(rows)


def step():
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16"):
        loss = trainer.compute_loss(trainer.model, dict(batch))
    loss.backward()
    torch.nn.utils.clip_grad_norm_(learned, 1.0)
    optimizer.step()
    optimizer.zero_grad()
    return len(rows)


serve(f"TRL {trl.__version__} with transformers {transformers.__version__} + peft {peft.__version__}", step)
