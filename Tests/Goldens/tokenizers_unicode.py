"""Writes Sources/Tokenizers/Unicode/*Data.swift: what the tokenizers package holds of each Unicode scalar.

The package takes its classes and mappings from several libraries that follow different versions of Unicode.
To give the same tokens, Orchard asks the package itself, scalar by scalar, and keeps the answers as
run-length text. Run by hand: python Tests/Goldens/tokenizers_unicode.py

Versions: tokenizers 0.23.3.
"""

import pathlib
import unicodedata

from tokenizers import Regex, normalizers, pre_tokenizers

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Sources/Tokenizers/Unicode"
SCALARS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
BLOCK = 4096


def blocks():
    for start in range(0, len(SCALARS), BLOCK):
        yield SCALARS[start : start + BLOCK]


def removed(pre_tokenizer):
    """The scalars that a removing split takes away."""
    found = set()
    for block in blocks():
        kept = set()
        for _, (start, end) in pre_tokenizer.pre_tokenize_str("".join(map(chr, block))):
            kept.update(range(start, end))
        found.update(c for place, c in enumerate(block) if place not in kept)
    return found


def vanishing(normalizer):
    return {c for c in SCALARS if normalizer.normalize_str(chr(c)) == ""}


def words():
    found, splitter = set(), pre_tokenizers.Whitespace()
    for block in blocks():
        pieces = {span for _, span in splitter.pre_tokenize_str("".join(f"a{chr(c)}a " for c in block))}
        found.update(c for place, c in enumerate(block) if (4 * place, 4 * place + 3) in pieces)
    return found


def numeric():
    found, splitter = set(), pre_tokenizers.Digits(True)
    for block in blocks():
        text = "".join("a" + chr(c) for c in block) + "a"
        starts = {start for _, (start, _) in splitter.pre_tokenize_str(text)}
        found.update(c for place, c in enumerate(block) if 2 * place + 1 in starts)
    return found


def bert(**switched):
    settings = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return normalizers.BertNormalizer(**{**settings, **switched})


def scripts():
    """A number for each scalar's script: 0 for the one that joins any other, else the order of first appearance."""
    splitter = pre_tokenizers.UnicodeScripts()

    def apart(a, b):
        return len(splitter.pre_tokenize_str("a" + chr(a) + chr(b))) > len(splitter.pre_tokenize_str("a" + chr(a)))

    def joins_any(c):
        return len(splitter.pre_tokenize_str("a" + chr(c))) == 1 and len(splitter.pre_tokenize_str("\u4e00" + chr(c))) == 1

    number, representatives, previous = {}, [], None
    for c in SCALARS:
        if joins_any(c):
            number[c] = 0
            continue
        if previous is not None and len(splitter.pre_tokenize_str(chr(previous) + chr(c))) == 1:
            number[c] = number[previous]
        else:
            for index, r in enumerate(representatives):
                if len(splitter.pre_tokenize_str(chr(r) + chr(c))) == 1:
                    number[c] = index + 1
                    break
            else:
                representatives.append(c)
                number[c] = len(representatives)
        previous = c
    return number


def runs(value):
    """(length, value) runs over all code points; surrogates continue what stands before them."""
    result, current, length = [], None, 0
    for c in range(0x110000):
        v = current if 0xD800 <= c < 0xE000 else value(c)
        if v == current:
            length += 1
        else:
            if length:
                result.append((length, current))
            current, length = v, 1
    result.append((length, current))
    return result


def mapping_runs(mapping):
    """Runs of scalars whose images differ in one place by a constant step: start, count, place, step, image."""
    result = []
    for c in sorted(mapping):
        image = [ord(x) for x in mapping[c]]
        if result:
            start, count, last, place, step = result[-1]
            if start + count == c and len(last) == len(image):
                changed = [i for i in range(len(image)) if image[i] != last[i]]
                if len(changed) == 1:
                    i, by = changed[0], image[changed[0]] - last[changed[0]]
                    if 0 < by <= 2 and (count == 1 or (place == i and step == by)):
                        result[-1] = (start, count + 1, image, i, by)
                        continue
                elif not changed and (count == 1 or step == 0):
                    result[-1] = (start, count + 1, image, 0, 0)
                    continue
        result.append((c, 1, image, 0, 0))
    out = []
    before = 0
    for start, count, last, place, step in result:
        first = list(last)
        first[place] -= step * (count - 1)
        head = f"{start - before:x}" + (f"*{count:x}.{place:x}.{step:x}" if count > 1 else "")
        out.append(head + "=" + ".".join(f"{x:x}" for x in first))
        before = start
    return out


def write(name, summary, entries):
    lines, line = [], ""
    for entry in entries:
        if len(line) + len(entry) + 1 > 112:
            lines.append(line)
            line = ""
        line += (entry + " ")
    lines.append(line)
    body = "\n".join("    " + x.strip() + " \\" for x in lines)[:-2]
    text = f'''/// {summary}
///
/// Written by `Tests/Goldens/tokenizers_unicode.py`.
enum {name} {{
  static let text: StaticString = """
{body}
    """
}}
'''
    (FOLDER / f"{name}.swift").write_text(text)


def main():
    classes = [
        removed(pre_tokenizers.Split(Regex(r"\p{L}"), "removed")),
        removed(pre_tokenizers.Split(Regex(r"\p{N}"), "removed")),
        removed(pre_tokenizers.WhitespaceSplit()),
        words(),
        removed(pre_tokenizers.Punctuation("removed")),
        numeric(),
        vanishing(bert(clean_text=True)),
        vanishing(bert(strip_accents=True)),
        vanishing(normalizers.StripAccents()),
        removed(pre_tokenizers.Split(Regex(r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"), "removed")),
        removed(pre_tokenizers.Split(Regex(r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"), "removed")),
    ]

    def mask(c):
        return sum(1 << bit for bit, members in enumerate(classes) if c in members)

    write(
        "CharacterClassData",
        "Runs of code points of the same classes: length and `CharacterClass` bits, in hexadecimal.",
        [f"{length:x}:{value:x}" for length, value in runs(mask)],
    )
    number = scripts()
    write(
        "ScriptData",
        "Runs of code points of the same script: length and script number (0 joins any other), in hexadecimal.",
        [f"{length:x}:{value:x}" for length, value in runs(lambda c: number[c])],
    )

    def images(normalizer):
        found = {c: normalizer.normalize_str(chr(c)) for c in SCALARS if not 0xAC00 <= c < 0xD7A4}
        return {c: x for c, x in found.items() if x != chr(c)}

    write("LowercaseData", "Scalars with another lower case.", mapping_runs(images(normalizers.Lowercase())))
    canonical = images(normalizers.NFD())
    compatible = images(normalizers.NFKD())
    write("CanonicalData", "Full canonical decompositions, Hangul syllables apart.", mapping_runs(canonical))
    write(
        "CompatibilityData",
        "Full compatibility decompositions where they differ from the canonical ones.",
        mapping_runs({c: x for c, x in compatible.items() if canonical.get(c) != x}),
    )
    composed = normalizers.NFC()
    excluded = [c for c in canonical if composed.normalize_str(chr(c)) != chr(c)]
    write(
        "CompositionExclusionData",
        "Scalars with a canonical decomposition that no composition gives back: 1 for such a scalar.",
        [f"{length:x}:{value:x}" for length, value in runs(lambda c, e=set(excluded): int(c in e))],
    )

    # A mark that the package knows as one moves before U+0345 (class 240), the highest class there is.
    form = normalizers.NFD()

    def combining(c):
        value = unicodedata.combining(chr(c))
        if value == 0 or value == 240:
            return value
        decomposed = form.normalize_str(chr(c))
        return value if form.normalize_str("a\u0345" + chr(c)) == "a" + decomposed + "\u0345" else 0

    write(
        "CombiningClassData",
        "Runs of code points of the same canonical combining class: length and class, in hexadecimal.",
        [f"{length:x}:{value:x}" for length, value in runs(combining)],
    )


main()
