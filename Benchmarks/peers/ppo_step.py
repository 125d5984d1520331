"""A PPO step with TRL 0.11.4: `ppo_step.py CHECKPOINT`, among packages of its own (`requirements-trl-0.11.txt`).

16 prompts of 128 ids are answered with 48 new tokens drawn from the model's own distribution, scored by their length,
and learned from in 4 passes of minibatches of 4, by a LoRA of r = 16 on queries and values, in fp32; the original is the
same model with the adapter off. One unit is an answer.
"""

import sys

import numpy
import peft
import torch
import transformers
import trl
from prompts import prompt
from worker import serve, threads

torch.set_num_threads(threads())
torch.manual_seed(0)
numpy.random.seed(0)
checkpoint = sys.argv[1]
config = transformers.AutoConfig.from_pretrained(checkpoint)
kind = trl.AutoModelForSeq2SeqLMWithValueHead if config.is_encoder_decoder else trl.AutoModelForCausalLMWithValueHead
lora = peft.LoraConfig(
    task_type="SEQ_2_SEQ_LM" if config.is_encoder_decoder else "CAUSAL_LM", r=16, lora_alpha=32,
    target_modules=["q", "v"] if config.is_encoder_decoder else ["q_proj", "v_proj"])
model = kind.from_pretrained(checkpoint, peft_config=lora)
tokenizer = transformers.PreTrainedTokenizerFast(
    tokenizer_file=f"{checkpoint}/tokenizer.json", eos_token="</s>", pad_token="</s>", padding_side="left")
settings = trl.PPOConfig(batch_size=16, mini_batch_size=4, ppo_epochs=4, learning_rate=1e-5, seed=0)
trainer = trl.PPOTrainer(settings, model, ref_model=None, tokenizer=tokenizer)
queries = [torch.tensor(prompt(128, config.vocab_size, row)) for row in range(16)]


def step():
    answers = trainer.generate(
        queries, batch_size=16, return_prompt=False, max_new_tokens=48, min_new_tokens=48, do_sample=True, top_k=0,
        top_p=1.0, pad_token_id=tokenizer.pad_token_id)
    rewards = [torch.tensor(-abs(len(tokenizer.decode(answer).split()) - 20) / 20) for answer in answers]
    trainer.step(queries, list(answers), rewards)
    return len(queries)


serve(f"TRL {trl.__version__} with transformers {transformers.__version__}", step)
