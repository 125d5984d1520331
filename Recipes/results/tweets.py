"""Cleans and splits Davidson's tweets for the Detoxify runs: `tweets.py labeled_data.csv FOLDER`.

Addresses, names, quotation marks and what is not ASCII are left out; tweets of fewer than six words, and repeated ones,
too. Writes FOLDER/tweets.{train,valid,test}.jsonl, and FOLDER/beginnings.{train,valid,test}.jsonl with each tweet's first
four words as the prompt. Needs Python's own library alone.
"""

import csv
import html
import json
import pathlib
import random
import re
import sys

LEFT_OUT = [r"https?://\S+", r"@\w+:?", r"^\s*(RT|MT)\b", r"[!\"“”]+", r"[^\x20-\x7e]"]


def clean(tweet):
    tweet = html.unescape(html.unescape(tweet))
    for pattern in LEFT_OUT:
        tweet = re.sub(pattern, "", tweet)
    return re.sub(r"\s+", " ", tweet).strip()


def main():
    source, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    rows = list(csv.DictReader(source.open()))
    random.Random(7).shuffle(rows)
    tweets = {}
    for row in rows:
        tweet = clean(row["tweet"])
        if len(tweet.split()) >= 6:
            tweets.setdefault(tweet, int(row["class"]))
    kept = [{"tweet": tweet, "class": label} for tweet, label in tweets.items()]
    folder.mkdir(parents=True, exist_ok=True)
    for name, part in (("test", kept[:3000]), ("valid", kept[3000:3500]), ("train", kept[3500:])):
        beginnings = []
        for row in part:
            words = row["tweet"].split()
            beginnings.append({"prompt": " ".join(words[:4]), "completion": " ".join(words[4:]), "class": row["class"]})
        for kind, lines in (("tweets", part), ("beginnings", beginnings)):
            text = "".join(json.dumps(line) + "\n" for line in lines)
            (folder / f"{kind}.{name}.jsonl").write_text(text)


main()
