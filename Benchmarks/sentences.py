"""Text encoders with random weights, and texts for them: a sentence encoder of MiniLM's shape, a reward model of BERT's."""

import json


SPECIAL = ["[PAD]", "[CLS]", "[SEP]", "[MASK]"]


def save_tokenizer(tokenizers, folder, length):
    """WordPiece with BERT's frame; returns the id of the padding token."""
    from tokenizers import Tokenizer, processors

    tokenizer = Tokenizer.from_file(str(tokenizers / "wordpiece/tokenizer.json"))
    tokenizer.add_special_tokens(SPECIAL)
    numbers = [(name, tokenizer.token_to_id(name)) for name in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=numbers)
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": length, "unk_token": "[UNK]"}
    settings |= dict(zip(("pad_token", "cls_token", "sep_token", "mask_token"), SPECIAL))
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n")
    return tokenizer.token_to_id("[PAD]")


def make_reward_model(tokenizers, folder, random, count=256):
    """Writes a sequence classifier of BERT-base's shape with one number, and `answers.txt`: prompts of 12 to 72 words, and
    answers of 6 to 36, a tab between them."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    padding = save_tokenizer(tokenizers, folder, 512)
    torch.manual_seed(20260501)
    BertForSequenceClassification(BertConfig(vocab_size=30522, num_labels=1, pad_token_id=padding)).save_pretrained(folder)
    words = (tokenizers / "english.txt").read_text().split()

    def text(least, most):
        start = random.randrange(len(words) - most)
        return " ".join(words[start:start + random.randint(least, most)])

    (folder / "answers.txt").write_text("".join(f"{text(12, 72)}\t{text(6, 36)}\n" for _ in range(count)))


def make_sentence_model(tokenizers, folder, count=256, length=128):
    """Writes a sentence-transformers folder, and `texts.txt`: longer texts that both sides cut to `length` tokens."""
    import torch
    from transformers import BertConfig, BertModel

    padding = save_tokenizer(tokenizers, folder, length)
    torch.manual_seed(20260501)
    config = BertConfig(
        vocab_size=30522, hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536,
        pad_token_id=padding)
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
