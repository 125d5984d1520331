"""From a folder of safetensors to the first token, with transformers: `load.py CHECKPOINT`.

The packages are imported beforehand and the file is in the system's cache: what is timed is reading the weights,
building the model and one token from a prompt of 16. One unit is a checkpoint.
"""

import gc
import sys

import torch
import transformers
from prompts import prompt
from worker import serve, threads

torch.set_num_threads(threads())
model = None


def load():
    global model
    model = transformers.AutoModelForCausalLM.from_pretrained(sys.argv[1], dtype=torch.float32).eval()
    inputs = torch.tensor([prompt(16, model.config.vocab_size, 0)])
    with torch.inference_mode():
        model.generate(input_ids=inputs, attention_mask=torch.ones_like(inputs), do_sample=False, max_new_tokens=1,
                       pad_token_id=0)
    model = None
    gc.collect()
    return 1


serve(f"transformers {transformers.__version__}", load)
