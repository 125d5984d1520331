#!/usr/bin/env bash
# Tests of scripts/bootstrap, in a copy of it elsewhere, with a libtorch and a pip made for the purpose.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/orchard bootstrap.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
unset LIBTORCH

passed=0 failed=0
check() { # check NAME COMMAND…
  local name=$1
  shift
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)) && printf 'FAILED: %s\n%s\n' "$name" "${output:-}"; fi
}
says() { case "$output" in *"$1"*) ;; *) return 1 ;; esac; }
absent() { [ ! -e "$1" ]; }

# A repository that has nothing but the scripts.
repository=$scratch/repository
mkdir -p "$repository"
cp -R "$root/scripts" "$repository/scripts"
bootstrap=$repository/scripts/bootstrap
home=$repository/.libtorch

make_libtorch() { # make_libtorch FOLDER VERSION
  mkdir -p "$1/include/torch/csrc/api/include/torch" "$1/lib"
  touch "$1/include/torch/csrc/api/include/torch/torch.h" "$1/lib/libtorch_cpu.so"
  printf '#define TORCH_VERSION \\\n  "%s"\n' "$2" >"$1/include/torch/csrc/api/include/torch/version.h"
}

# A folder of commands that stands in front of PATH, with one of them replaced.
replace() { # replace COMMAND, its script on standard input
  mkdir -p "$scratch/bin"
  { echo '#!/usr/bin/env bash' && cat; } >"$scratch/bin/$1"
  chmod +x "$scratch/bin/$1"
}
run() { output=$(PATH="$scratch/bin:$PATH" "$bootstrap" 2>&1) && status=0 || status=$?; }
python=$(command -v python3)

# $LIBTORCH is taken, also from a place with a space in its name, and the .pc file tells SwiftPM where it is.
make_libtorch "$scratch/torch 2.11" 2.11.0
output=$(LIBTORCH="$scratch/torch 2.11" "$bootstrap" 2>&1)
check "LIBTORCH is taken" [ $? = 0 ]
check "the link leads to LIBTORCH" [ "$(readlink "$home/current")" = "$scratch/torch 2.11" ]
check "the .pc file names the version" grep -qx 'Version: 2.11.0' "$home/libtorch.pc"
check "the .pc file escapes spaces" grep -qF 'orchard\ bootstrap' "$home/libtorch.pc"

# What is there already is kept, fast, and the .pc file is not touched again (a change would rebuild everything).
touch -t 200001010000 "$home/libtorch.pc"
started=$(python3 -c 'import time; print(time.time())')
run
check "a second run keeps what is there" [ "$status" = 0 ]
check "a second run takes under two seconds on a busy machine" python3 -c "import time, sys; sys.exit(time.time() - $started > 2)"
check "a second run leaves the .pc file alone" [ ! "$home/libtorch.pc" -nt "$scratch/torch 2.11" ]

# A libtorch that cannot do is refused, with what to do.
make_libtorch "$scratch/old" 2.4.1
output=$(LIBTORCH="$scratch/old" "$bootstrap" 2>&1)
check "an old libtorch is refused" [ $? = 1 ]
check "an old libtorch is named" says "2.4.1"
output=$(LIBTORCH="$scratch/nowhere" "$bootstrap" 2>&1)
check "a folder without libtorch is refused" [ $? = 1 ]
check "a folder without libtorch is named" says "$scratch/nowhere holds no libtorch"
check "the link is still the good one" [ "$(readlink "$home/current")" = "$scratch/torch 2.11" ]

# Missing tools are named with the command that installs them.
replace swift <<<"exec $(command -v swift) \"\$@\""
replace clang++ <<<'grep -q sqlite3 && exit 1; exit 0'
run
check "SQLite's missing headers are refused" [ "$status" = 1 ]
check "SQLite's missing headers are named" says "libsqlite3-dev"
rm "$scratch/bin/clang++"
replace swift <<<'echo "Apple Swift version 5.9.2"'
run
check "an old Swift is refused" [ "$status" = 1 ]
check "an old Swift is named" says "Swift 5.9.2 is too old"
rm "$scratch/bin/swift"
mkdir "$scratch/few" && ln -s "$(command -v bash)" "$(command -v dirname)" "$(command -v env)" "$scratch/few/"
output=$(PATH="$scratch/few" "$bootstrap" 2>&1)
check "a missing Swift is refused" [ $? = 1 ]
check "a missing Swift is named with its cure" says "swiftly"

# Downloads: pip is the real one's command line with another body.
rm -rf "$home"
case "$(uname -s)-$(uname -m)" in
  Linux-x86_64 | Darwin-arm64) ;;
  *) echo "$passed passed, $failed failed" && exit $((failed > 0)) ;;
esac

replace python3 <<<"case \"\$*\" in *'-m pip'*) echo 'No module named pip' >&2; exit 1 ;; *) exec '$python' \"\$@\" ;; esac"
run
check "a missing pip is refused" [ "$status" = 1 ]
check "a missing pip is named with its cure" says "python3-pip"

replace python3 <<<"case \"\$*\" in *'pip --version'*) ;; *'pip download'*) echo 'no network here' >&2; exit 1 ;; *) exec '$python' \"\$@\" ;; esac"
run
check "a failed download fails" [ "$status" = 1 ]
check "a failed download asks PyTorch's own index next" says "download.pytorch.org"
check "a failed download shows what pip said" says "no network here"
check "a failed download leaves nothing" absent "$home/current"
check "a failed download leaves no folder" [ -z "$(find "$home" -mindepth 1)" ]

# A wheel that is not the pinned one.
replace python3 <<EOF2
case "\$*" in
  *'pip --version'*) ;;
  *'pip download'*)
    while [ "\$1" != --dest ]; do shift; done
    echo 'not a wheel' >"\$2/torch-2.13.0-cp311-cp311-any.whl" ;;
  *) exec '$python' "\$@" ;;
esac
EOF2
run
check "another wheel is refused" [ "$status" = 1 ]
check "another wheel's SHA-256 is told" says "has the SHA-256"
check "another wheel leaves nothing" [ -z "$(find "$home" -mindepth 1)" ]

# A download that is cut short: by a signal, which cleans up, and by a kill, after which the next run does.
replace python3 <<EOF2
case "\$*" in
  *'pip --version'*) ;;
  *'pip download'*)
    while [ "\$1" != --dest ]; do shift; done
    echo half >"\$2/half" && touch '$scratch/downloading' && exec sleep 30 ;;
  *) exec '$python' "\$@" ;;
esac
EOF2
for signal in TERM KILL; do
  rm -f "$scratch/downloading"
  PATH="$scratch/bin:$PATH" "$bootstrap" >/dev/null 2>&1 &
  victim=$!
  for _ in $(seq 100); do [ -e "$scratch/downloading" ] && break || sleep 0.1; done
  sleeper=$(pgrep -P "$victim" | head -n 1)
  kill -"$signal" "$victim"
  [ -n "$sleeper" ] && kill "$sleeper" 2>/dev/null
  wait "$victim" 2>/dev/null
  check "a download cut short by $signal leaves no libtorch" absent "$home/current"
done
output=$(LIBTORCH="$scratch/torch 2.11" "$bootstrap" 2>&1)
check "the lock of a dead one is taken over" [ $? = 0 ]
check "its leavings are removed" [ -z "$(find "$home" -mindepth 1 -name '.*')" ]

echo "$passed passed, $failed failed"
exit $((failed > 0))
