"""Writes Tests/Goldens/conversations: a tokenizer with a chat template, and what transformers makes of conversations.

Run by hand in an environment with exactly these packages; the tests only read:

    transformers==5.23.0, tokenizers==0.23.3

    python Tests/Goldens/conversations_goldens.py

`assistant` is transformers' own mask of what the assistant wrote, by a template whose answers stand in `generation`
blocks; the template that is kept lacks these marks.
"""

import json
from pathlib import Path

from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast

HERE = Path(__file__).parent
ROLES = "{%- for message in messages -%}{{- '<|start|>' + message.role + '\n' -}}"
ANSWER = "{{- message.content + '<|stop|>' -}}"
MARKED = "{%- generation -%}" + ANSWER + "{%- endgeneration -%}"
REST = "{{- '\n' -}}{%- endfor -%}{%- if add_generation_prompt -%}{{- '<|start|>assistant\n' -}}{%- endif -%}"
PLAIN = ROLES + ANSWER + REST
TEMPLATE = ROLES + "{%- if message.role == 'assistant' -%}" + MARKED + "{%- else -%}" + ANSWER + "{%- endif -%}" + REST

CONVERSATIONS = [
    [("user", "Shall we meet at nine?"), ("assistant", "Nine is fine.")],
    [("system", "Be brief."), ("user", "Zoë: 3 cafés?"), ("assistant", "  Two, and\none more. "), ("user", "Why?"),
     ("assistant", "“Because”, she said."), ("user", "And then?"), ("assistant", "The end.")],
    [("user", "the fox\n\n"), ("assistant", "jumps"), ("user", "over"), ("assistant", "the dog <|end|>")],
]


def main():
    folder = HERE / "conversations"
    folder.mkdir(exist_ok=True)
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    whole = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None,
             "pre_tokenizer": level, "post_processor": None, "decoder": level,
             "model": json.loads((HERE / "tokenizers/model-byte-level.json").read_text())}
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_str(json.dumps(whole)), eos_token="<|stop|>",
        additional_special_tokens=["<|start|>"])
    cases = []
    for conversation in CONVERSATIONS:
        messages = [{"role": role, "content": content} for role, content in conversation]
        out = tokenizer.apply_chat_template(
            messages, chat_template=TEMPLATE, tokenize=True, return_dict=True, return_assistant_tokens_mask=True)
        cases.append({"messages": messages, "ids": list(out["input_ids"]), "assistant": list(out["assistant_masks"])})
        assert list(out["input_ids"]) == tokenizer.apply_chat_template(
            messages, chat_template=PLAIN, tokenize=True, return_dict=True)["input_ids"]
    tokenizer.chat_template = PLAIN
    tokenizer.save_pretrained(folder)
    for path in folder.glob("*.jinja"):
        path.unlink()
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|stop|>", "chat_template": PLAIN}
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=1) + "\n")
    (folder / "cases.json").write_text(json.dumps(cases, ensure_ascii=False, indent=1) + "\n")
    print(sorted(path.name for path in folder.iterdir()), [sum(case["assistant"]) for case in cases])


if __name__ == "__main__":
    main()
