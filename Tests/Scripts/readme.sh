#!/usr/bin/env bash
# Runs what the README and the pages of the life-cycle show: every block of shell, in order, in one scratch folder,
# where each command must succeed. The Swift of the README is a file that the build compiles; it is run as well.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/orchard-readme.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
export PATH=$root/.build/release:$PATH
passed=0

# blocks PAGE LANGUAGE FOLDER — writes each block of the page into the folder, numbered in order
blocks() {
  mkdir -p "$3"
  awk -v language="$2" -v folder="$3" '
    $0 == "```" language { number++; file = sprintf("%s/%02d", folder, number); inside = 1; next }
    $0 == "```" { inside = 0 }
    inside { print > file }' "$1"
}

for page in README.md Documentation/choose.md Documentation/prompt.md Documentation/fine-tune.md \
  Documentation/adapt.md Documentation/align.md Documentation/feedback.md Documentation/constitution.md; do
  blocks "$root/$page" sh "$scratch/blocks/$page"
  for block in "$scratch/blocks/$page"/*; do
    # What `make` does is tested by those who call this; here it would call itself.
    if grep -q '^make ' "$block"; then
      grep -q "^$(sed 's/^make //' "$block"):" "$root/Makefile" || { echo "FAILED: $page names a target that the Makefile lacks: $(cat "$block")" && exit 1; }
    else
      started=$SECONDS
      (cd "$scratch" && bash -euo pipefail "$block") >"$scratch/output" 2>&1 ||
        { printf 'FAILED: %s\n' "$page" && cat "$block" "$scratch/output" && exit 1; }
      echo "  $page, block ${block##*/}: $((SECONDS - started)) s"
    fi
    passed=$((passed + 1))
  done
done

blocks "$root/README.md" swift "$scratch/blocks/swift"
cmp "$scratch/blocks/swift/01" "$root/Snippets/Summarise.swift" ||
  { echo "FAILED: the README's Swift is not Snippets/Summarise.swift" && exit 1; }
libraries=$root/.libtorch/current/lib
output=$(cd "$scratch" && LD_LIBRARY_PATH=$libraries DYLD_LIBRARY_PATH=$libraries Summarise)
[ -n "$output" ] || { echo "FAILED: the README's Swift says nothing" && exit 1; }
passed=$((passed + 1))

# Links between pages lead somewhere.
for page in README.md CONTRIBUTING.md Benchmarks/README.md $(cd "$root" && find Documentation -name '*.md'); do
  for link in $(grep -o '](\([^)#]*\)' "$root/$page" | cut -c3- | grep -v '^https\?:' | sort -u); do
    [ -e "$root/$(dirname "$page")/$link" ] || { echo "FAILED: $page links to $link, which is not there" && exit 1; }
  done
done
passed=$((passed + 1))
echo "$passed passed, 0 failed"
