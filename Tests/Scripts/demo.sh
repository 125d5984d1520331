#!/usr/bin/env bash
# The demo in small: every step of it runs, and leaves what it promises.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/orchard-demo.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
output=$(DEMO_FOLDER=$scratch/demo DEMO_DIALOGUES=300 DEMO_HELD_OUT=12 "$root/scripts/demo" length.steps=12 \
  watch.evaluate-every=6 watch.validation.limit=4 2>&1) || { printf 'FAILED: the demo\n%s\n' "$output" && exit 1; }
passed=0
for file in dialogues/held-out.jsonl vocabulary/tokenizer.json before/scores.json run/metrics.jsonl \
  run/model/model.safetensors after/predictions.jsonl run/report.html \
  adapter-run/adapter/adapter_model.safetensors full-run/model/model.safetensors adapter-topics/scores.json \
  reward/adapter/adapter_model.safetensors policy/report.html policy/adapter/adapter_model.safetensors; do
  [ -s "$scratch/demo/$file" ] || { printf 'FAILED: the demo left no %s\n%s\n' "$file" "$output" && exit 1; }
  passed=$((passed + 1))
done
grep -q '</html>' "$scratch/demo/run/report.html" || { echo "FAILED: the report is not whole" && exit 1; }
# The command that it shows at the end works as it stands.
printf '%s\n' "$output" | sed -n '/^Done in /,$p' | tail -n +2 >"$scratch/command"
bash -euo pipefail "$scratch/command" >"$scratch/answer" || { echo "FAILED: the command shown at the end" && exit 1; }
echo "$((passed + 2)) passed, 0 failed"
