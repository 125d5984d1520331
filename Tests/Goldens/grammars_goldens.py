"""What Python's `re` matches and what `jsonschema` holds valid, for the automata of the room Grammars.

Run by hand, in an environment with exactly these packages; the tests only read:

    Python 3.11, jsonschema[format-nongpl]==4.26.0

    python Tests/Goldens/grammars_goldens.py

Writes Tests/Goldens/grammars/regexes.json: for each pattern some texts and, a letter for each, whether `re.fullmatch`
takes it (1) or not (0); classes are ASCII's unless the pattern begins with (?u). And schemas.json: for each schema
some instances as `json.dumps` writes them, and whether they are valid. A schema with "partly" makes only a part of
what is valid; everywhere else what is made and what is valid among these instances is the same.
"""

import copy
import json
import random
import re
from pathlib import Path

from jsonschema import Draft202012Validator

OUT = Path(__file__).resolve().parent / "grammars"

PATTERNS = r"""
abc
a|b|cd
|a
a||b
(a|b)*
(a|b)+c?
a{3}
a{2,4}
a{2,}
a{,3}
a{0}b
(ab){1,2}c
a*?b+?c??
x{2,3}?y
(?:ab|a)(?:bc|c)
(?P<name>a)b
(?#words)ab
[abc]
[^abc]
[a-c0-2]+
[]a]
[^]a]
[a\]b]
[-a]
[a-]
[\w-]+
[\d.]+
[^\s]+
[\b]
a.b
(?s)a.b
(?i)aBc
(?i)[a-f]+z
a(?i:b)c
(?i:a(?-i:b)c)
(?im)a$
\d+
\D+
\w+
\W+
\s+
\S+
[\d\s]+
[^\d\s]+
(?u)\w+
(?u)\d+
(?u)\s+
(?u)\W\S
(?ui)é+
(?ui)straße
(?ui)σ+
(?ui)[k-l]+
^abc$
^a|b$
(^a|b)c
a^b
a$b
\Aab\Z
^^a$$
(^|b)a
a($|b)
(?m)^a$
(?m)a$\n^b
(?m)^a|^b
(?m)a\n^
\ba\b
a\b b
a\bb
a\Bb
\Ba
\b(a|b)+\b( \b(a|b)+\b)*
(?u)é\b b
(?u)\bé+\b
a\b\Bb
\.\*\+\?\[\]\(\)\{\}\|\^\$\\
\t\n\r\f\v
\x41\u00e9\U0001F600
é|ü|😀
[é-ü]+
[^é]+
😀{2}
[😀-😎]
a{b
a{1
a{1,b}
{a}
a{,}
x*y*z*
(x*)*
(x+)+y
(x?){3}
((a|b)(c|d)){2}
(a*)(b*)(c*)
(a|ab)(c|bcd)(d*)
[0-9]{4}-[0-9]{2}-[0-9]{2}
(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}
[A-Z][a-z]+( [A-Z][a-z]+)*
"(\\.|[^"\\])*"
-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?
(a(b(c(d)?)?)?)?
(?:(?:a{0,2}){0,2}){0,2}
.{0,5}
.*a.{3}
(a|b)*abb
""".strip("\n").split("\n")

LETTERS = "ab1_ é\n"


def random_pattern(rng, depth=0):
    kind = rng.random()
    if depth > 3 or kind < 0.35:
        return rng.choice(["a", "b", "1", "_", " ", "é", ".", r"\d", r"\w", r"\s", r"\W", "[ab]", "[^a]", "[a-c]", "[^\\w]"])
    if kind < 0.6:
        return "".join(random_pattern(rng, depth + 1) for _ in range(rng.randint(1, 3)))
    if kind < 0.75:
        return "(?:" + "|".join(random_pattern(rng, depth + 1) for _ in range(rng.randint(2, 3))) + ")"
    if kind < 0.95:
        count = rng.choice(["*", "+", "?", "{2}", "{1,2}", "{0,3}", "{2,}", "*?", "+?"])
        return "(?:" + random_pattern(rng, depth + 1) + ")" + count
    return rng.choice([r"\b", r"\B", "^"]) + random_pattern(rng, depth + 1)


def flags(pattern):
    return 0 if pattern.startswith(("(?u", "(?im)", "(?ui)")) and "u" in pattern[:4] else re.ASCII


def letters(pattern):
    found = sorted(set(re.sub(r"\\[a-zA-Z]|[\\^$.|?*+(){}\[\]]", "", pattern)))
    extra = "aAbB1_ éÉ\n" if "$" not in pattern or "m)" in pattern[:5] else "aAbB1_ éÉ"
    return found + list(extra)


def matching(pattern, compiled, rng, pool):
    """Texts near ones that match: grown letter by letter at random, then changed in one place."""
    texts = {""}
    for _ in range(400):
        text = "".join(rng.choice(pool) for _ in range(rng.randint(1, 7)))
        texts.add(text)
    hits = sorted(text for text in texts if compiled.fullmatch(text))
    rng.shuffle(hits)
    hits = hits[:5]
    near = []
    for text in hits:
        place = rng.randrange(len(text) + 1)
        near.append(text[:place] + rng.choice(pool) + text[place:])
        if text:
            place = rng.randrange(len(text))
            near.append(text[:place] + text[place + 1 :])
    others = sorted(texts)
    rng.shuffle(others)
    return list(dict.fromkeys(hits + near + others[:4] + [""]))


HINTS = {
    "abc": ["abc"], "a(?i:b)c": ["aBc", "abc", "Abc"], "(?i:a(?-i:b)c)": ["AbC", "ABC", "abc"],
    "(?ui)straße": ["STRAßE", "straße", "strasse"], "(?ui)σ+": ["σςΣ"], "(?ui)[k-l]+": ["KLkl", "\u212a"],
    r"\x41\u00e9\U0001F600": ["A\u00e9\U0001F600"], "[😀-😎]": ["😃", "😎", "😐"], "😀{2}": ["😀😀", "😀"],
    r"\t\n\r\f\v": ["\t\n\r\f\v"], r"\.\*\+\?\[\]\(\)\{\}\|\^\$\\": [".*+?[](){}|^$\\"],
    "[0-9]{4}-[0-9]{2}-[0-9]{2}": ["2024-01-31", "2024-1-31"],
    r"(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}": ["127.0.0.1", "256.1.1.1", "1.2.3"],
    "[A-Z][a-z]+( [A-Z][a-z]+)*": ["Ada Lovelace", "Ada lovelace"], r'"(\\.|[^"\\])*"': ['"a\\"b"', '"a"b"', '""'],
    r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?": ["-0", "1.50e-7", "01", "1.", "12"], "(?u)\\d+": ["٣4", "4"],
    "(?u)\\s+": ["\u00a0 ", "\u2003"], r"\s+": ["\u00a0", " \t"], "(?u)\\w+": ["éa_٣", "é-"], "[\\b]": ["\b", "b"],
    "(?m)a$\\n^b": ["a\nb"], "(?m)^a$": ["a"], "(?m)a\\n^": ["a\n"], "[a\\]b]": ["]"], "(?ui)é+": ["Éé"],
    "(?i)aBc": ["AbC"], "(?i)[a-f]+z": ["AFZ", "afz", "agz"], "(?s)a.b": ["a\nb"], "a.b": ["a\nb", "a\rb"],
    "((a|b)(c|d)){2}": ["acbd", "acb"], "(a|ab)(c|bcd)(d*)": ["abcd", "abcdd", "acd"], "(a|b)*abb": ["ababb", "abab"],
    "a*?b+?c??": ["aabbc", "ac"], ".*a.{3}": ["xxabcd", "xxabc"], "a{b": ["a{b"], "a{1": ["a{1"], "a{1,b}": ["a{1,b}"],
    "{a}": ["{a}"], "a{,}": ["a{,}", "aa"],
}


def regexes():
    rng = random.Random(20240607)
    patterns = list(PATTERNS)
    while len(patterns) < len(PATTERNS) + 160:
        pattern = random_pattern(rng)
        if len(pattern) < 60 and pattern not in patterns:
            patterns.append(pattern)
    cases = []
    for pattern in patterns:
        try:
            compiled = re.compile(pattern, flags(pattern))
        except re.error as error:
            raise SystemExit(f"{pattern}: {error}")
        texts = matching(pattern, compiled, rng, letters(pattern))
        texts = list(dict.fromkeys(HINTS.get(pattern, []) + texts))
        if r"\B" in pattern:
            texts.remove("")  # Where Python before 3.14 finds no \B, against its own documentation.
        matches = "".join("1" if compiled.fullmatch(text) else "0" for text in texts)
        cases.append({"pattern": pattern, "texts": texts, "matches": matches})
    return cases


PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 8},
        "age": {"type": "integer", "minimum": 0, "maximum": 130},
        "tags": {"type": "array", "items": {"enum": ["red", "green", 3, None]}, "minItems": 1, "maxItems": 3},
        "address": {
            "type": "object",
            "properties": {"street": {"type": "string"}, "zip": {"type": "string", "pattern": "^[0-9]{5}$"}},
            "required": ["zip"],
            "additionalProperties": False,
        },
    },
    "required": ["name", "tags"],
    "additionalProperties": False,
}

TREE = {
    "$ref": "#/$defs/node",
    "$defs": {
        "node": {
            "type": "object",
            "properties": {"value": {"type": "number"}, "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}},
            "required": ["value", "next"],
            "additionalProperties": False,
        }
    },
}

# Each schema with instances to begin from; others are made of them by small changes.
SCHEMAS = [
    ({"type": "null"}, [None]),
    ({"type": "boolean"}, [True, False]),
    ({"type": "integer"}, [0, -7, 12345]),
    ({"type": "number"}, [0, -1.5, 2.25, 3]),
    ({"type": "string"}, ["", "a b", 'quote " and \\ and \n and \u0001', "é 😀"]),
    ({"type": ["string", "null", "integer"]}, ["a", None, 3]),
    ({"type": "integer", "minimum": 7}, [6, 7, 8, 10, 99, 100, 123456789]),
    ({"type": "integer", "maximum": 120}, [120, 121, 119, 0, -5, 99, 1000]),
    ({"type": "integer", "minimum": -15, "maximum": -3}, [-15, -16, -3, -2, -10, 0, 5]),
    ({"type": "integer", "minimum": -120, "maximum": 1305}, [-121, -120, -99, -1, 0, 1, 999, 1305, 1306, 1310]),
    ({"type": "integer", "exclusiveMinimum": 3, "exclusiveMaximum": 6}, [3, 4, 5, 6]),
    ({"type": "integer", "minimum": 2.5, "maximum": 7.5}, [2, 3, 7, 8]),
    ({"type": "integer", "multipleOf": 7}, [0, 7, -14, 15, 700, 701, -6]),
    ({"type": "integer", "multipleOf": 4, "minimum": 10, "maximum": 40}, [8, 10, 12, 40, 42, 44, -12]),
    ({"type": "number", "minimum": 0, "maximum": 1}, [0, 0.5, 1, 1.01, -0.1, 0.999, 2]),
    ({"type": "number", "minimum": -2.5, "exclusiveMaximum": 3.25}, [-2.5, -2.51, -2.49, 3.25, 3.24, 3.3, 3, 0, -3, 100]),
    ({"type": "number", "exclusiveMinimum": 0}, [0, 0.001, 0.0001, -1, 5, 1.0001]),
    ({"type": "number", "exclusiveMinimum": 10.5, "maximum": 20}, [10.5, 10.51, 10.4, 10.6, 11, 20, 20.01, 9.9, 100.5]),
    ({"type": "number", "maximum": -0.5}, [-0.5, -0.49, -0.51, -1, 0, 1, -10.25]),
    ({"type": "number", "multipleOf": 5}, [5, 10, 12, -5]),
    ({"type": "string", "minLength": 2, "maxLength": 4}, ["", "a", "ab", "éü😀x", "abcde", 'a"\n']),
    ({"type": "string", "maxLength": 0}, ["", "a"]),
    ({"type": "string", "pattern": "b+"}, ["", "abc", "aac", "bbb"]),
    ({"type": "string", "pattern": "^a|b$"}, ["ax", "xb", "xax", "bx", "ab"]),
    ({"type": "string", "pattern": "^\\d{2}-[A-Z]+$"}, ["12-AB", "12-ab", "1-AB", "123-A"]),
    ({"type": "string", "pattern": "^[^\"]*\"[^\"]*$"}, ['a"b', "ab", '""', '"']),
    ({"type": "string", "pattern": "\\bcat\\b"}, ["a cat!", "concat", "cat", "cats"]),
    ({"type": "string", "pattern": "^a", "minLength": 3, "maxLength": 5}, ["a", "abc", "abcde", "abcdef", "bcd"]),
    ({"allOf": [{"type": "string", "pattern": "^a"}, {"pattern": "z$"}, {"minLength": 3}]}, ["abz", "az", "ab", "aaz"]),
    ({"enum": ["a", 1, None, True, [1, {"x": 2}], {"k": "v"}]}, ["a", 1, None, True, [1, {"x": 2}], {"k": "v"}, "b"]),
    ({"const": {"a": [1, 2]}}, [{"a": [1, 2]}, {"a": [1]}]),
    ({"enum": [1, 2, 3, 40], "type": "integer", "minimum": 2}, [1, 2, 3, 40, 4]),
    ({"type": "array"}, [[], [1, "a", None], [[[]]]]),
    ({"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 4}, [[], [1], [1, 2], [1, 2, 3, 4], [1, 2, 3, 4, 5]]),
    ({"type": "array", "items": {"type": "boolean"}, "minItems": 3}, [[True], [True] * 3, [False] * 7]),
    ({"type": "array", "items": {"type": "string"}, "maxItems": 0}, [[], ["a"]]),
    ({"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "items": False}, [[1, "a"], [1], [], [1, "a", 2]]),
    ({"type": "array", "prefixItems": [{"const": "x"}], "items": {"type": "integer"}, "minItems": 2}, [["x", 1], ["x"], ["x", 1, 2], ["y", 1]]),
    ({"type": "object"}, [{}, {"a": 1}, {"a": {"b": [1, {}]}, "é\n": "x"}]),
    (PERSON, [{"name": "Ann", "age": 3, "tags": ["red"], "address": {"street": "x", "zip": "12345"}}, {"name": "B", "tags": [3, None, "green"]}]),
    (TREE, [{"value": 1, "next": None}, {"value": 1.5, "next": {"value": -2, "next": {"value": 0, "next": None}}}]),
    ({"type": "object", "additionalProperties": {"type": "integer"}}, [{}, {"a": 1, "b": 2}, {"a": "x"}]),
    ({"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": {"type": "integer"}}, [{"a": "x", "b": 1}, {"b": 1}, {"a": 1}, {"ab": 2, "aa": 3}]),
    ({"type": "object", "patternProperties": {"^n": {"type": "integer"}, "d$": {"type": "integer", "maximum": 5}}, "additionalProperties": False}, [{"n": 7}, {"nd": 4}, {"nd": 6}, {"d": 3}, {"x": 1}]),
    ({"type": "object", "properties": {"a": True, "b": True, "c": True}, "minProperties": 2, "additionalProperties": False}, [{"a": 1}, {"a": 1, "c": 2}, {"a": 1, "b": 2, "c": 3}, {"b": 1}]),
    ({"type": "object", "properties": {"a": True, "b": True, "c": True}, "maxProperties": 2, "additionalProperties": False}, [{}, {"a": 1}, {"a": 1, "c": 2}, {"a": 1, "b": 2, "c": 3}]),
    ({"type": "object", "maxProperties": 1, "minProperties": 1}, [{}, {"a": 1}, {"a": 1, "b": 2}]),
    ({"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a", "b"], "additionalProperties": {"type": "null"}}, [{"a": 1, "b": None}, {"a": 1}, {"a": 1, "b": 1}]),
    ({"type": "object", "properties": {"a": False, "b": True}, "additionalProperties": False}, [{}, {"b": 1}, {"a": 1}]),
    ({"anyOf": [{"type": "integer", "minimum": 5}, {"type": "string", "maxLength": 2}]}, [5, 4, "ab", "abc", None]),
    ({"oneOf": [
        {"type": "object", "properties": {"k": {"const": "cat"}, "lives": {"type": "integer"}}, "required": ["k", "lives"], "additionalProperties": False},
        {"type": "object", "properties": {"k": {"const": "dog"}, "good": {"type": "boolean"}}, "required": ["k"], "additionalProperties": False},
    ]}, [{"k": "cat", "lives": 9}, {"k": "dog"}, {"k": "dog", "good": True}, {"k": "cat"}, {"k": "cow"}]),
    ({"oneOf": [{"type": "integer", "maximum": 3}, {"type": "integer", "minimum": 5}, {"type": "string"}]}, [3, 4, 5, "a"]),
    ({"allOf": [
        {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
        {"properties": {"a": {"minimum": 3}, "b": {"type": "string"}}, "required": ["b"]},
    ]}, [{"a": 3, "b": "x"}, {"a": 2, "b": "x"}, {"a": 3}]),
    ({"$ref": "#/$defs/small", "maximum": 3, "$defs": {"small": {"type": "integer", "minimum": 1}}}, [0, 1, 3, 4]),
    ({"type": "object", "properties": {"a": {"$ref": "#/properties/b"}, "b": {"type": "integer"}}, "additionalProperties": False}, [{"a": 1, "b": 2}, {"a": "x"}]),
    ({"anyOf": [{"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"], "additionalProperties": False},
                {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "null"}}]}}]},
     [{"x": 1}, ["a", [None, None]], [[1]], []]),
    ({"type": "string", "format": "date"}, ["2024-02-29", "2023-02-29", "2000-02-29", "1900-02-29", "2024-13-01", "2024-04-31", "2024-4-1"]),
    ({"type": "string", "format": "ipv4"}, ["127.0.0.1", "256.0.0.1", "1.2.3", "01.2.3.4", "255.255.255.255"]),
    ({"title": "a", "description": "b", "default": 3, "examples": [1], "type": "integer", "x-ours": 1, "$comment": "c"}, [1, "a"]),
    (True, [None, 1, "a", {"a": [True]}]),
]

# Where we make a part of what is valid.
PARTLY = [
    ({"properties": {"a": {"type": "integer"}}}, [{"a": 1}, {"b": 1}, {"a": "x"}, 3, "x"]),
    ({"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}}, [{"a": 1, "b": 2}, {"b": 1, "a": 2}, {"c": 1}]),
    ({"minLength": 2}, ["a", "ab", 3]),
    ({"type": "string", "format": "time"}, ["12:00:00Z", "24:00:00Z", "12:00:00.123+01:00", "12:00Z", "12:60:00Z"]),
    ({"type": "string", "format": "date-time"}, ["2024-02-29T12:00:00Z", "2023-02-29T12:00:00Z", "2024-02-29T12:00:00.5-23:59", "2024-02-29 12:00:00"]),
    ({"type": "string", "format": "email"}, ["a.b+c@example.com", "ab", "a@b", "@example.com", "a..b@example.com"]),
    ({"type": "string", "format": "uuid"}, ["123e4567-e89b-12d3-a456-426614174000", "123e4567-e89b-12d3-a456-42661417400", "x"]),
    ({"type": "string", "format": "ipv6"}, ["2001:db8:0:0:0:0:0:1", "2001:db8::1", "1:2:3:4:5:6:7", "g:2:3:4:5:6:7:8"]),
    ({"type": "string", "format": "hostname"}, ["example.com", "a-b.c", "-a.com", "a_b.com", "localhost"]),
    ({"type": "string", "format": "uri"}, ["https://example.com/a?b=c#d", "example", "http://a:80/", "https://exa mple.com"]),
    ({"type": "string", "format": "duration"}, ["P1D", "PT5M", "P1Y2M3D", "P", "PT", "P1DT2H", "P2W", "1D"]),
    ({"type": "array", "prefixItems": [{"type": "integer"}]}, [[1], [], [1, 2], ["a"]]),
]

LEAVES = [None, True, 0, -1, 1.5, 4, "", "x", "abcdef", [], {}, [1], {"a": 1}, {"zz": None}]


def changed(value):
    """Values that differ from one in one place."""
    yield from (copy.deepcopy(leaf) for leaf in LEAVES)
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, (int, float)):
        yield from (round(other, 6) for other in [value + 1, value - 1, -value, value * 10])
    if isinstance(value, str):
        yield from [value + "x", value[1:], value.upper(), value + '"']
    if isinstance(value, list):
        yield value + [value[-1]] if value else [None]
        for place, item in enumerate(value):
            yield value[:place] + value[place + 1 :]
            for other in changed(item):
                yield value[:place] + [other] + value[place + 1 :]
    if isinstance(value, dict):
        for key, item in value.items():
            yield {k: v for k, v in value.items() if k != key}
            for other in changed(item):
                yield {k: other if k == key else v for k, v in value.items()}


def instances(starts, rng, limit=40):
    found = {json.dumps(value, ensure_ascii=False): value for value in starts}
    more = {json.dumps(other, ensure_ascii=False): other for value in starts for other in changed(value)}
    keys = sorted(key for key in more if key not in found)
    rng.shuffle(keys)
    for key in keys[:limit]:
        found[key] = more[key]
    # Whole numbers with a point are whole to JSON Schema, but never made; Python's exponents are as good as ours.
    return {key: value for key, value in found.items() if not re.search(r"\d\.0\b|-0\b|e[+-]\d", key)}


def schemas():
    rng = random.Random(4)
    cases = []
    for partly, group in ((False, SCHEMAS), (True, PARTLY)):
        for schema, starts in group:
            validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
            Draft202012Validator.check_schema(schema)
            texts = instances(starts, rng)
            valid = "".join("1" if validator.is_valid(value) else "0" for value in texts.values())
            cases.append({"schema": schema, "instances": list(texts), "valid": valid} | ({"partly": True} if partly else {}))
    return cases


def write(name, cases):
    text = "[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases) + "\n]\n"
    (OUT / name).write_text(text, encoding="utf-8")
    print(name, len(cases), "cases,", len(text.encode()), "bytes")


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    write("regexes.json", regexes())
    write("schemas.json", schemas())
