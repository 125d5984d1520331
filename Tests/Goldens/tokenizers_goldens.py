"""Writes Tests/Goldens/tokenizers: what the tokenizers package makes of random texts, as hashes.

Small vocabularies are trained here, on words made up here, and committed; `pipelines.json` lists tokenizers over
them, one for each kind of stage. For each tokenizer a hash for every hundred texts is kept, of the token numbers and
of everything else (tokens, offsets, segments, pairs, decoded text). `vocabularies.json` has the same for vocabularies
that tests find beside the repository. The texts are not kept: `RandomTexts` in the tests makes the same ones.

Run by hand: python Tests/Goldens/tokenizers_goldens.py

Versions: tokenizers 0.23.3, sentencepiece 0.2.1, transformers 5.23.0 (for BERT's own pipeline).
"""

import array
import base64
import json
import pathlib
import tempfile
import zlib

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE / "tokenizers"
SHARED = HERE.parents[2] / "shared/data"
MASK = (1 << 64) - 1
BLOCK = 100

WORDS = (
    "the quick Brown fox's don't we'll I'VE 'S 'Re 'ſ can't 123 4567 3.14 1,000 hello HELLO world Tokenization "
    "naïve café cafe\u0301 Straße ΑΣΣΑΣ İstanbul ǅ 日本語 中文字 カタカナ ひらがな ー 한국어 \u1112\u1161\u11ab русский العربية "
    "हिन्दी ไทย 🙂 👩‍👩‍👧 👍🏽 🇩🇪🇫🇷 ﬁ ㎏ ½ x² ① ａｂｃ Å \u212b \u0344 <unk> </s> <s> <pad> <0x41> [CLS] [UNK] [MASK] ▁ ▁▁ "
    "▁the \u00a0 \u3000 \u2003 \t \n \r\n \n\n \u200b \u200d \ufeff \u00ad ... -- ## ##s _ __a e.g. a-b (x) “q” ¿ § € + = $5 "
    "madam tarimo konela saruti benalo"
).split(" ")
RANGES = [
    (0x20, 0x7E), (0x20, 0x7E), (0x61, 0x7A), (0x00, 0x1F), (0x7F, 0xFF), (0x100, 0x24F), (0x250, 0x36F), (0x300, 0x36F),
    (0x370, 0x5FF), (0x600, 0x8FF), (0x900, 0xDFF), (0xE00, 0xFFF), (0x1000, 0x11FF), (0x1200, 0x1DFF), (0x1E00, 0x1FFF),
    (0x2000, 0x206F), (0x2070, 0x24FF), (0x2500, 0x2BFF), (0x2C00, 0x2FFF), (0x3000, 0x30FF), (0x3100, 0x33FF),
    (0x3400, 0x4DFF), (0x4E00, 0x4FFF), (0xA000, 0xABFF), (0xAC00, 0xD7FB), (0xE000, 0xE00F), (0xF900, 0xFAFF),
    (0xFB00, 0xFDFF), (0xFE00, 0xFEFF), (0xFF00, 0xFFFF), (0x10000, 0x10FFF), (0x11000, 0x11FFF), (0x12000, 0x16FFF),
    (0x1B000, 0x1CFFF), (0x1D000, 0x1D7FF), (0x1E000, 0x1EFFF), (0x1F000, 0x1F2FF), (0x1F300, 0x1FAFF),
    (0x20000, 0x200FF), (0x2A700, 0x2F800), (0x2F800, 0x2FA1F), (0x30000, 0x323AF), (0xE0000, 0xE01EF), (0x0, 0x10FFFF),
]


class SplitMix:
    """Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators" (2014)."""

    def __init__(self, seed):
        self.state = seed & MASK

    def below(self, limit):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return (z ^ (z >> 31)) % limit


def text(number, special):
    random = SplitMix(number * 0xD1B54A32D192ED03)
    parts = []
    for _ in range(random.below(24)):
        kind = random.below(20)
        if kind < 7:
            parts.append(WORDS[random.below(len(WORDS))])
        elif kind < 11:
            parts.append(" " * (1 + random.below(3) * random.below(2)))
        elif kind == 11 and special:
            parts.append(special[random.below(len(special))])
        else:
            low, high = RANGES[random.below(len(RANGES))]
            for _ in range(1 + random.below(4)):
                scalar = low + random.below(high - low + 1)
                parts.append(chr(0x41 if 0xD800 <= scalar < 0xE000 else scalar))
    return "".join(parts)


class Hash:
    """CRC-32 of everything that was put in."""

    def __init__(self):
        self.value = 0

    def numbers(self, numbers):
        self.value = zlib.crc32(array.array("I", numbers).tobytes() + b"\xff\xff\xff\xff", self.value)

    def text(self, text):
        self.value = zlib.crc32(text.encode() + b"\xff", self.value)

    @property
    def hex(self):
        return f"{self.value:08x}"


def hashes(tokenizer, count, special):
    texts = [text(number, special) for number in range(count)]
    ids, details = [], []
    for start in range(0, count, BLOCK):
        of_ids, of_details = Hash(), Hash()
        for number in range(start, min(start + BLOCK, count)):
            encoding = tokenizer.encode(texts[number])
            of_ids.numbers(encoding.ids)
            for token in encoding.tokens:
                of_details.text(token)
            of_details.numbers(x for offset in encoding.offsets for x in offset)
            of_details.numbers(encoding.type_ids)
            of_details.numbers(encoding.special_tokens_mask)
            of_details.numbers(tokenizer.encode(texts[number], add_special_tokens=False).ids)
            of_details.text(tokenizer.decode(encoding.ids, skip_special_tokens=False))
            of_details.text(tokenizer.decode(encoding.ids, skip_special_tokens=True))
            if number % 10 == 9:
                pair = tokenizer.encode(texts[number - 1], texts[number])
                of_details.numbers(pair.ids)
                of_details.numbers(pair.type_ids)
        ids.append(of_ids.hex)
        details.append(of_details.hex)
    return {"special": special, "count": count, "ids": ids, "details": details}


def corpus():
    """Made-up words, some rare and some frequent, among words of several scripts."""
    random = SplitMix(7)
    syllables = [a + b for a in "b d f g k l m n p r s t v sh th".split() for b in "a e i o u an or".split()]
    made = ["".join(syllables[random.below(len(syllables))] for _ in range(1 + random.below(4))) for _ in range(600)]
    lines = []
    for _ in range(3000):
        line = []
        for _ in range(4 + random.below(12)):
            pick = random.below(10)
            if pick < 7:
                line.append(made[min(random.below(600), random.below(600))])
            elif pick < 9:
                line.append(WORDS[random.below(len(WORDS))])
            else:
                line.append(str(random.below(10000)))
            if random.below(8) == 0:
                line[-1] += ".,;:!?'"[random.below(7)]
        lines.append(" ".join(line).capitalize() if random.below(2) else " ".join(line))
    return lines


SPECIAL = ["<pad>", "</s>", "<unk>", "[CLS]", "[SEP]", "[MASK]", "<extra_id_0>"]
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]


def trained_models():
    lines = corpus()

    def train(model, trainer, pre_tokenizer, normalizer=None):
        tokenizer = Tokenizer(model)
        tokenizer.pre_tokenizer = pre_tokenizer
        if normalizer:
            tokenizer.normalizer = normalizer
        tokenizer.train_from_iterator(lines, trainer)
        return json.loads(tokenizer.to_str())["model"]

    settings = dict(show_progress=False, special_tokens=SPECIAL)
    unigram = train(
        models.Unigram(), trainers.UnigramTrainer(vocab_size=700, unk_token="<unk>", **settings),
        pre_tokenizers.Metaspace())
    for piece in unigram["vocab"]:
        piece[1] = round(piece[1], 6)
    bytes_unigram = json.loads(json.dumps(unigram))
    bytes_unigram["vocab"] = bytes_unigram["vocab"][:400] + [[token, 0.0] for token in BYTES]
    bytes_unigram["byte_fallback"] = True
    byte_level = train(
        models.BPE(),
        trainers.BpeTrainer(vocab_size=800, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), **settings),
        pre_tokenizers.ByteLevel(add_prefix_space=False))
    some_bytes = train(
        models.BPE(unk_token="<unk>"), trainers.BpeTrainer(vocab_size=500, limit_alphabet=60, **settings),
        pre_tokenizers.ByteLevel(add_prefix_space=True))
    fallback = train(
        models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True),
        trainers.BpeTrainer(vocab_size=900, limit_alphabet=90, show_progress=False, special_tokens=SPECIAL + BYTES),
        pre_tokenizers.Metaspace())
    words_end = train(
        models.BPE(unk_token="<unk>", end_of_word_suffix="</w>"),
        trainers.BpeTrainer(vocab_size=600, limit_alphabet=70, end_of_word_suffix="</w>", **settings),
        pre_tokenizers.WhitespaceSplit(), normalizers.Sequence([normalizers.NFD(), normalizers.Lowercase()]))
    words_continue = train(
        models.BPE(unk_token="<unk>", continuing_subword_prefix="##", fuse_unk=True),
        trainers.BpeTrainer(vocab_size=600, limit_alphabet=70, continuing_subword_prefix="##", **settings),
        pre_tokenizers.Whitespace())
    word_piece = train(
        models.WordPiece(unk_token="<unk>"), trainers.WordPieceTrainer(vocab_size=700, **settings),
        pre_tokenizers.BertPreTokenizer(), normalizers.BertNormalizer())
    word_level = train(
        models.WordLevel(unk_token="<unk>"), trainers.WordLevelTrainer(vocab_size=500, **settings),
        pre_tokenizers.Whitespace())
    return {
        "unigram": unigram, "bytes-unigram": bytes_unigram, "byte-level": byte_level, "some-bytes": some_bytes,
        "fallback": fallback, "words-end": words_end, "words-continue": words_continue, "word-piece": word_piece,
        "word-level": word_level,
    }


def character_map():
    """A small SentencePiece character map: widths, ligatures, spaces, and one character that goes away."""
    rules = {"ﬁ": "fi", "ﬂ": "fl", "①": "1", "½": "1/2", "㎏": "kg", "\u00a0": " ", "\u3000": " ", "\t": " ", "\n": " ",
             "\r": " ", "\u00ad": "", "\u200b": "", "e\u0301": "\u00e9", "a\u0308": "\u00e4", "ａ": "a", "ｂ": "b", "\u212b": "\u00c5",
             "カ": "か", "\u0130": "I"}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        table = "".join(
            " ".join(f"{ord(c):X}" for c in a) + "\t" + " ".join(f"{ord(c):X}" for c in b) + "\n"
            for a, b in rules.items())
        (folder / "rules.tsv").write_text(table)
        (folder / "text").write_text("\n".join(corpus()[:300]))
        sentencepiece.SentencePieceTrainer.train(
            input=str(folder / "text"), model_prefix=str(folder / "m"), vocab_size=200, hard_vocab_limit=False,
            normalization_rule_tsv=str(folder / "rules.tsv"), minloglevel=2)
        proto = sentencepiece_model_pb2.ModelProto()
        proto.ParseFromString((folder / "m.model").read_bytes())
    return base64.b64encode(proto.normalizer_spec.precompiled_charsmap).decode()


def typed(kind, **settings):
    return {"type": kind, **settings}


def sequence(key, *stages):
    return {"type": "Sequence", key: list(stages)}


def template(single, pair, ids):
    processor = processors.TemplateProcessing(single=single, pair=pair, special_tokens=list(ids.items()))
    tokenizer = Tokenizer(models.WordLevel({"<unk>": 0}, "<unk>"))
    tokenizer.post_processor = processor
    return json.loads(tokenizer.to_str())["post_processor"]


def regex(pattern):
    return {"Regex": pattern}


LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
          r"|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN2 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
         r"|\s*[\r\n]+|\s+(?!\S)|\s+")
GPT4 = (r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]"
        r"|\s+(?!\S)|\s+")

CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
CASED_WORDS = [r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+",
               r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"]
CASED_REST = r"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
GPT4O = "|".join(word + CONTRACTIONS for word in CASED_WORDS) + r"|\p{N}{1,3}" + CASED_REST
TEKKEN = "|".join(CASED_WORDS) + r"|\p{N}" + CASED_REST


def pipelines():
    metaspace = lambda scheme, split: typed("Metaspace", replacement="▁", prepend_scheme=scheme, split=split)
    byte_level = lambda space=False, trim=True, regex=True: typed(
        "ByteLevel", add_prefix_space=space, trim_offsets=trim, use_regex=regex)
    split = lambda pattern, behavior="Isolated", invert=False: typed(
        "Split", pattern=pattern, behavior=behavior, invert=invert)
    llama_decoder = sequence(
        "decoders", typed("Replace", pattern={"String": "▁"}, content=" "), typed("ByteFallback"), typed("Fuse"),
        typed("Strip", content=" ", start=1, stop=0))
    bert = lambda **s: typed("BertNormalizer", **{
        **dict(clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=True), **s})
    end = template("$A </s>", "$A </s> $B </s>", {"</s>": 1})
    classes = template("[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", {"[CLS]": 3, "[SEP]": 4})
    added = lambda content, **s: {**dict(
        content=content, single_word=False, lstrip=False, rstrip=False, normalized=True, special=False), **s}
    matching = [
        added("madam", single_word=True), added("[MASK]", lstrip=True, special=True, normalized=False),
        added("tarimo", rstrip=True), added("Konela", normalized=True), added("HELLO", normalized=False),
        added("sar", normalized=False), added("saruti", normalized=False), added("--", lstrip=True, rstrip=True),
        added("É", single_word=True, lstrip=True, rstrip=True),
    ]
    P = []

    def add(name, model, normalizer=None, pre=None, post=None, decoder=None, tokens=()):
        P.append(dict(name=name, model=model, normalizer=normalizer, pre_tokenizer=pre, post_processor=post,
                      decoder=decoder, added=list(tokens)))

    for scheme in ["always", "first", "never"]:
        for whole in [True, False]:
            add(f"metaspace-{scheme}-{'split' if whole else 'whole'}", "unigram", pre=metaspace(scheme, whole),
                post=end, decoder=metaspace(scheme, whole), tokens=matching if whole else ())
    add("metaspace-first-after-strip", "unigram", typed("Strip", strip_left=True, strip_right=False),
        sequence("pretokenizers", typed("WhitespaceSplit"), metaspace("first", True)), end, metaspace("first", True),
        matching)
    add("character-map", "unigram", sequence(
        "normalizers", typed("Precompiled", precompiled_charsmap=character_map()),
        typed("Replace", pattern=regex(" {2,}"), content=" ")),
        metaspace("always", True), end, metaspace("always", True), matching)
    add("unigram-bytes", "bytes-unigram", typed("Nmt"), metaspace("always", True), None, llama_decoder)
    add("unigram-cleaned", "unigram", sequence(
        "normalizers", typed("Nmt"), typed("NFKC"), typed("Strip", strip_left=True, strip_right=True),
        typed("Lowercase"), typed("Prepend", prepend="▁"), typed("Replace", pattern={"String": " "}, content="▁")),
        None, end, None, matching)
    for space in [False, True]:
        for trim in [False, True]:
            add(f"gpt2-{space}-{trim}".lower(), "byte-level", None, byte_level(space, trim),
                byte_level(space, trim), typed("ByteLevel", add_prefix_space=True, trim_offsets=True, use_regex=True),
                matching if space else ())
    add("roberta", "byte-level", None, byte_level(True),
        typed("RobertaProcessing", sep=["</s>", 1], cls=["[CLS]", 3], trim_offsets=True, add_prefix_space=True),
        byte_level(), matching)
    add("llama3", "byte-level", None, sequence("pretokenizers", split(regex(LLAMA3)), byte_level(False, True, False)),
        sequence("processors", byte_level(True, False, True), classes), byte_level())
    P[-1]["model_settings"] = {"ignore_merges": True}
    add("qwen2", "byte-level", typed("NFC"),
        sequence("pretokenizers", split(regex(QWEN2)), byte_level(False, False, False)), byte_level(False, False, False),
        byte_level(False, False, False), matching)
    add("gpt4", "byte-level", None, sequence(
        "pretokenizers", split(regex(GPT4), "Removed", True), byte_level(False, False, False)), None, byte_level())
    add("gpt4o", "byte-level", None, sequence(
        "pretokenizers", split(regex(GPT4O), "Removed", True), byte_level(False, False, False)), None, byte_level())
    add("tekken", "byte-level", None, sequence(
        "pretokenizers", split(regex(TEKKEN)), byte_level(False, True, False)), None, byte_level())
    add("starcoder", "byte-level", None, sequence("pretokenizers", typed("Digits", individual_digits=True), byte_level()),
        None, byte_level())
    add("falcon", "byte-level", None, sequence(
        "pretokenizers", typed("Punctuation", behavior="Contiguous"), byte_level(),
        typed("Digits", individual_digits=False), split(regex("[0-9][0-9][0-9]"))), None, byte_level(), matching)
    add("byte-level-normalizer", "byte-level", typed("ByteLevel"), None, None, byte_level(), matching)
    add("some-bytes", "some-bytes", None, byte_level(True), byte_level(True), byte_level())
    add("llama", "fallback", sequence(
        "normalizers", typed("Prepend", prepend="▁"), typed("Replace", pattern={"String": " "}, content="▁")),
        None, template("<pad> $A", "<pad> $A <pad>:1 $B:1", {"<pad>": 0}), llama_decoder, matching)
    add("llama-whole-unknown", "fallback", None, metaspace("first", False), end, llama_decoder)
    P[-1]["model_settings"] = {"byte_fallback": False, "fuse_unk": False}
    add("gpt1", "words-end", sequence("normalizers", typed("NFD"), typed("Lowercase"), typed("StripAccents")),
        typed("WhitespaceSplit"), None, typed("BPEDecoder", suffix="</w>"), matching)
    add("continuing-merges", "words-continue", typed("NFKD"), typed("Whitespace"), None,
        typed("WordPiece", prefix="##", cleanup=True))
    for name, settings in {
        "uncased": {}, "cased": {"lowercase": False}, "accents": {"strip_accents": False},
        "plain": {"clean_text": False, "handle_chinese_chars": False},
    }.items():
        add(f"bert-{name}", "word-piece", bert(**settings), typed("BertPreTokenizer"),
            classes if name != "plain" else typed("BertProcessing", sep=["[SEP]", 4], cls=["[CLS]", 3]),
            typed("WordPiece", prefix="##", cleanup=name != "cased"), matching if name != "accents" else ())
    add("word-piece-short", "word-piece", typed("Lowercase"), typed("Whitespace"), None, None)
    P[-1]["model_settings"] = {"max_input_chars_per_word": 6}
    for behavior in ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]:
        add(f"punctuation-{behavior}", "word-level", None, typed("Punctuation", behavior=behavior))
        add(f"split-{behavior}", "word-level", None, sequence(
            "pretokenizers", split({"String": " "}, behavior), split(regex("[0-9]+|[a-z]"), behavior, True)))
    add("delimiter", "word-level", typed("NFC"), typed("CharDelimiterSplit", delimiter=" "))
    add("scripts", "unigram", None, sequence("pretokenizers", typed("UnicodeScripts"), typed("Digits", individual_digits=False)))
    add("fixed-length", "word-level", typed("NFKC"), typed("FixedLength", length=3), end, typed("Fuse"))
    return P


def assembled(pipeline, trained):
    model = {**trained[pipeline["model"]], **pipeline.get("model_settings", {})}
    document = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [],
                **{key: pipeline[key] for key in ("normalizer", "pre_tokenizer", "post_processor", "decoder")},
                "model": model}
    vocabulary = [x for x, *_ in model["vocab"]] if isinstance(model["vocab"], list) else model["vocab"]
    size = len(vocabulary)
    numbers = {token: number for number, token in enumerate(vocabulary)} if isinstance(vocabulary, list) else vocabulary
    tokens = [dict(content=token, single_word=False, lstrip=False, rstrip=False, normalized=False, special=True)
              for token in SPECIAL if token != "[MASK]" or not pipeline["added"]] + pipeline["added"]
    for token in tokens:
        number = numbers.get(token["content"])
        if number is None:
            number, size = size, size + 1
        document["added_tokens"].append({"id": number, **token})
    document["added_tokens"].sort(key=lambda token: token["id"])
    return document


def write(name, value):
    OUT.mkdir(exist_ok=True)
    (OUT / name).write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")


def small():
    trained = trained_models()
    result = []
    for pipeline in pipelines():
        document = assembled(pipeline, trained)
        tokenizer = Tokenizer.from_str(json.dumps(document))
        special = [token["content"] for token in document["added_tokens"]]
        pipeline["added_tokens"] = document["added_tokens"]
        del pipeline["added"]
        result.append({**pipeline, **hashes(tokenizer, 1000, special)})
        print(pipeline["name"], result[-1]["ids"][0])
    for name, model in trained.items():
        write(f"model-{name}.json", model)
    write("pipelines.json", {"words": WORDS, "ranges": RANGES, "pipelines": result})


def gpt2():
    folder = SHARED / "tokenizers/gpt2"
    tokenizer = Tokenizer(models.BPE.from_file(str(folder / "vocab.json"), str(folder / "merges.txt")))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken("<|endoftext|>", normalized=False)])
    return tokenizer


def bert():
    from transformers import BertTokenizerFast

    return BertTokenizerFast(str(SHARED / "tokenizers/bert-base-uncased/vocab.txt"))._tokenizer


def llama():
    """Llama 2's vocabulary in the stages that Hugging Face gives it by default.

    A pair merges by the score of the piece it makes; of equal scores, the piece with the lower number goes first,
    and of its pairs the one with the longer left part.
    """
    model = sentencepiece.SentencePieceProcessor(
        model_file=str(SHARED / "tokenizers/llama2-32000/tokenizer.model"))
    numbers = {model.id_to_piece(number): number for number in range(model.vocab_size())}
    merges = [
        (-model.get_score(number), [piece[:place], piece[place:]])
        for piece, number in numbers.items()
        for place in range(len(piece) - 1, 0, -1)
        if piece[:place] in numbers and piece[place:] in numbers
    ]
    merges = [pair for _, pair in sorted(merges, key=lambda merge: merge[0])]
    return Tokenizer.from_str(json.dumps({
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [
            dict(id=number, content=token, single_word=False, lstrip=False, rstrip=False, normalized=False,
                 special=True)
            for number, token in enumerate(["<unk>", "<s>", "</s>"])],
        "normalizer": sequence(
            "normalizers", typed("Prepend", prepend="▁"), typed("Replace", pattern={"String": " "}, content="▁")),
        "pre_tokenizer": None,
        "post_processor": template("<s> $A", "<s> $A <s>:1 $B:1", {"<s>": 1}),
        "decoder": sequence(
            "decoders", typed("Replace", pattern={"String": "▁"}, content=" "), typed("ByteFallback"),
            typed("Fuse"), typed("Strip", content=" ", start=1, stop=0)),
        "model": typed(
            "BPE", dropout=None, unk_token="<unk>", continuing_subword_prefix=None, end_of_word_suffix=None,
            fuse_unk=True, byte_fallback=True, ignore_merges=False, vocab=numbers, merges=merges),
    }))


def large():
    def unpadded(path):
        tokenizer = Tokenizer.from_file(str(SHARED / path / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer

    special = {
        "tokenizers/t5-base": ["</s>", "<extra_id_0>", "<extra_id_99>", "<pad>"],
        "tokenizers/t5-small": ["</s>", "<extra_id_0>", "<extra_id_99>", "<pad>"],
        "tokenizers/gpt2": ["<|endoftext|>"],
        "tokenizers/bert-base-uncased": ["[CLS]", "[SEP]", "[MASK]", "[UNK]"],
        "tokenizers/llama2-32000": ["<s>", "</s>", "<unk>"],
        "weights/stories260K": ["<s>", "</s>"],
    }
    own = {"tokenizers/gpt2": gpt2, "tokenizers/bert-base-uncased": bert, "tokenizers/llama2-32000": llama}
    write("vocabularies.json", {
        path: hashes(own[path]() if path in own else unpadded(path), 20000, special[path]) for path in special})


if __name__ == "__main__":
    small()
    large()
