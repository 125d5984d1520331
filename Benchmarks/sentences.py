"""A sentence encoder of MiniLM's shape with random weights, and texts for it of exactly 128 tokens."""

import json


def make_sentence_model(tokenizers, folder, count=256, length=128):
    """Writes a sentence-transformers folder, and `texts.txt`: longer texts that both sides cut to `length` tokens."""
    import torch
    from tokenizers import Tokenizer, processors
    from transformers import BertConfig, BertModel

    tokenizer = Tokenizer.from_file(str(tokenizers / "wordpiece/tokenizer.json"))
    special = ["[PAD]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.add_special_tokens(special)
    numbers = [(name, tokenizer.token_to_id(name)) for name in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=numbers)
    tokenizer.save(str(folder / "tokenizer.json"))

    torch.manual_seed(20260501)
    config = BertConfig(
        vocab_size=30522, hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536,
        pad_token_id=tokenizer.token_to_id("[PAD]"))
    BertModel(config).save_pretrained(folder)
    (folder / "1_Pooling").mkdir()
    (folder / "2_Normalize").mkdir()
    modules = [("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize")]
    files = {
        "modules.json": [
            {"idx": index, "name": str(index), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for index, (kind, path) in enumerate(modules)],
        "1_Pooling/config.json": {"word_embedding_dimension": 384, "pooling_mode_mean_tokens": True},
        "sentence_bert_config.json": {"max_seq_length": length, "do_lower_case": False},
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": length, "unk_token": "[UNK]"}
        | dict(zip(("pad_token", "cls_token", "sep_token", "mask_token"), special)),
    }
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content, indent=2) + "\n")

    texts, text = [], ""
    for paragraph in (tokenizers / "english.txt").read_text().splitlines():
        text = f"{text} {paragraph}".strip()
        if len(tokenizer.encode(text).ids) > length:
            texts.append(text)
            text = ""
        if len(texts) == count:
            break
    assert len(texts) == count
    (folder / "texts.txt").write_text("\n".join(texts) + "\n")
