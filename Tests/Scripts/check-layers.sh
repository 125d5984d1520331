#!/usr/bin/env bash
# Tests of scripts/check-layers, on manifests made for the purpose.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0 failed=0

# expect NAME CODE WORDS MANIFEST
expect() {
  local output code=0
  printf '%s' "$4" >"$scratch/dump.json"
  output=$("$root/scripts/check-layers" "$scratch/dump.json" 2>&1) || code=$?
  if [ "$code" = "$2" ] && case $output in *"$3"*) ;; *) false ;; esac; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1)) && printf 'FAILED: %s (exit code %s)\n%s\n' "$1" "$code" "$output"
  fi
}

target() { # target NAME SETTINGS DEPENDENCY… — one target as JSON
  local name=$1 settings=$2 list="" dependency
  shift 2
  for dependency in "$@"; do list="$list${list:+,}{\"byName\":[\"$dependency\",null]}"; done
  printf '{"name":"%s","type":"regular","settings":[%s],"dependencies":[%s]}' "$name" "$settings" "$list"
}
package() { # package TARGET… — a manifest with one library, Orchard
  local IFS=,
  printf '{"products":[{"name":"Orchard","type":{"library":["automatic"]},"targets":["Orchard"]}],"targets":[%s]}' "$*"
}
unsafe='{"tool":"swift","kind":{"unsafeFlags":{"_0":["-Ounchecked"]}}}'

expect "arrows that point down" 0 "3 targets" \
  "$(package "$(target OrchardJSON "")" "$(target OrchardTensors "" OrchardJSON)" "$(target Orchard "" OrchardTensors)" )"
expect "an arrow that points up" 1 "OrchardJSON (floor 1) must not depend on OrchardTensors (floor 2)." \
  "$(package "$(target OrchardJSON "" OrchardTensors)" "$(target OrchardTensors "")" "$(target Orchard "")" )"
expect "an arrow sideways" 1 "OrchardTensors (floor 2) must not depend on OrchardTokenizers (floor 2)." \
  "$(package "$(target OrchardTensors "" OrchardTokenizers)" "$(target OrchardTokenizers "")" "$(target Orchard "")" )"
expect "a room without a floor" 1 "OrchardShed stands on no floor" \
  "$(package "$(target OrchardShed "")" "$(target Orchard "")" )"
expect "a room on the tests' support" 1 "Orchard depends on TestSupport" \
  "$(package "$(target Orchard "" TestSupport)" "$(target TestSupport "")" )"
expect "unsafe flags that a library holds" 1 "OrchardJSON carries unsafe flags, and the library Orchard holds it." \
  "$(package "$(target OrchardJSON "$unsafe")" "$(target Orchard "" OrchardJSON)" )"
expect "unsafe flags elsewhere" 0 "2 targets" \
  "$(package "$(target OrchardCommand "$unsafe")" "$(target Orchard "")" )"

echo "$passed passed, $failed failed"
exit $((failed > 0))
