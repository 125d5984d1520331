#!/usr/bin/env bash
# Judges answers in the feedback page by keyboard, mouse and touch in headless Chromium, with a server that dies in
# between. Needs chromedriver and Chromium; says so and passes where they are not there. SCREENSHOTS=FOLDER keeps pictures.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
orchard=$root/.build/release/orchard
driver=$(command -v chromedriver || true)
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$driver" ] || [ -z "$browser" ]; then
  echo "skipped: the page is tested in Chromium, and there is no chromedriver or no browser here"
  exit 0
fi
scratch=$(mktemp -d "${TMPDIR:-/tmp}/orchard-feedback.XXXXXX")
server= drives=
trap 'kill -9 $server $drives 2>/dev/null; wait 2>/dev/null; rm -rf "$scratch"' EXIT
passed=0
fail() { printf 'FAILED: %s\n' "$1" && cat "$scratch"/server.* 2>/dev/null; exit 1; }
check() { if [ "$2" = "$3" ]; then passed=$((passed + 1)); else fail "$1: “$2” should be “$3”"; fi; }

cat >"$scratch/rows.jsonl" <<'ROWS'
{"prompt": "<script>document.title='run'</script> Say hello.", "answers": ["<img src=x onerror=\"document.title='run'\">", "Hello!", "Go away."], "ranks": [2, 1, 3]}
{"prompt": "Say goodbye.", "answers": ["Goodbye!", "Bye.", "Hm."], "ranks": [1, 2, 3]}
{"prompt": "Count to three.", "answers": ["One, two, three.", "1 2 3", "No."], "ranks": [1, 2, 3]}
ROWS
"$orchard" feedback import "$scratch/f.sqlite" --file "$scratch/rows.jsonl" 2>"$scratch/import"

serve() { # serve PORT [RATER]
  "$orchard" feedback serve "$scratch/f.sqlite" --overlap 2 --port "$1" ${2:+--rater "$2"} >"$scratch/server.out" 2>"$scratch/server.err" &
  server=$!
  for _ in $(seq 100); do grep -q '^serving' "$scratch/server.err" && return; sleep 0.1; done
  fail "the server does not start"
}
serve 0 Ann
link=$(sed -n 's/^Ann: //p' "$scratch/server.out")
port=$(sed 's/.*127.0.0.1:\([0-9]*\).*/\1/' <<<"$link")

"$driver" --port=0 --log-level=SEVERE >"$scratch/driver" 2>&1 &
drives=$!
for _ in $(seq 100); do grep -q 'on port' "$scratch/driver" && break; sleep 0.1; done
web=http://127.0.0.1:$(sed -n 's/.*on port \([0-9]*\).*/\1/p' "$scratch/driver" | tail -1)
post() { curl -sS -H 'Content-Type: application/json' -d "$2" "$web/$1"; }
session=$(post session '{"capabilities": {"alwaysMatch": {"goog:chromeOptions": {"binary": "'"$browser"'", "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1000,900"]}}}}' |
  sed -n 's/.*"sessionId":"\([^"]*\)".*/\1/p')
[ -n "$session" ] || fail "no browser: $(cat "$scratch/driver")"
page=session/$session
run() { # run JAVASCRIPT: its value as text
  local script=${1//\\/\\\\}
  script=${script//\"/\\\"}
  post "$page/execute/sync" '{"script": "'"${script//$'\n'/ }"'", "args": []}' | sed 's/^{"value"://; s/}$//; s/^"\(.*\)"$/\1/'
}
until_true() { for _ in $(seq 100); do [ "$(run "return String($1)")" = true ] && return; sleep 0.1; done; fail "never: $1"; }
picture() { # picture NAME
  [ -n "${SCREENSHOTS:-}" ] || return 0
  mkdir -p "$SCREENSHOTS"
  curl -sS "$web/$page/screenshot" | sed 's/^{"value":"//; s/"}$//' | base64 -d >"$SCREENSHOTS/$1.png"
}
keys() { # keys KEY: pressed in what has the focus
  post "$page/actions" '{"actions": [{"type": "key", "id": "k", "actions": [{"type": "keyDown", "value": "'"$1"'"}, {"type": "keyUp", "value": "'"$1"'"}]}]}' >/dev/null
}
answers() { run 'return [...document.querySelectorAll(".answer p")].map((p) => p.textContent).join("|")'; }
ranks() { run 'return [...document.querySelectorAll(".rank")].map((b) => b.textContent).join("")'; }

post "$page/url" '{"url": "'"$link"'"}' >/dev/null
until_true '!document.getElementById("work").hidden'
picture 1-begun

# What is shown is text, and the token stands in no address.
check "title" "$(run 'return document.title')" Feedback
check "images" "$(run 'return String(document.querySelectorAll("main img, main script").length)')" 0
check "prompt" "$(run 'return String(document.getElementById("prompt").textContent.startsWith("<script>"))')" true
check "address" "$(run 'return String(location.href.includes("token"))')" false

# By keyboard: the last answer goes to the first place, then ties with the second.
last=$(run 'return document.querySelectorAll(".answer p")[2].textContent.slice(0, 5)')
run 'document.querySelectorAll(".rank")[2].focus()' >/dev/null
keys 1
check "moved by a digit" "$(answers | cut -c1-5)" "${last:0:5}"
keys '\uE015'
keys '='
check "ties" "$(ranks)" 112
check "focus stays" "$(run 'return String(document.activeElement.className)')" rank
check "said" "$(run 'return String(document.getElementById("said").textContent)')" "Tied with the answer above"
before=$(answers)

# The server dies between clicks, and the browser loses the page: nothing is lost.
sleep 0.6
kill -9 $server && wait $server 2>/dev/null || true
run 'document.getElementById("none").click()' >/dev/null
until_true '!document.getElementById("trouble").hidden'
picture 2-without-server
serve "$port"
post "$page/refresh" '{}' >/dev/null
until_true '!document.getElementById("work").hidden'
check "order after a crash" "$(answers)" "$before"
check "ties after a crash" "$(ranks)" 112
check "none after a crash" "$(run 'return String(document.getElementById("none").checked)')" true
run 'document.getElementById("send").click()' >/dev/null
until_true 'document.getElementById("count").textContent.startsWith("1 of 3")'

# By mouse: drag the first number below the last card. By touch: up again.
drag() { # drag KIND FROM TO: from the number of one card to the end of another
  local places
  places=$(run "const box = (n, s) => document.querySelectorAll(s)[n].getBoundingClientRect(); const a = box($2, \".rank\"), b = box($3, \".answer\"); return [a.x + a.width / 2, a.y + a.height / 2, b.y + ($3 > $2 ? b.height - 4 : 4)].map(Math.round).join(\" \")")
  read -r x y to <<<"$places"
  post "$page/actions" '{"actions": [{"type": "pointer", "id": "'"$1"'", "parameters": {"pointerType": "'"$1"'"}, "actions": [{"type": "pointerMove", "x": '"$x"', "y": '"$y"'}, {"type": "pointerDown", "button": 0}, {"type": "pointerMove", "duration": 200, "x": '"$x"', "y": '"$(((y + to) / 2))"'}, {"type": "pointerMove", "duration": 200, "x": '"$x"', "y": '"$to"'}, {"type": "pointerUp", "button": 0}]}]}' >/dev/null
}
first=$(answers | cut -d'|' -f1)
drag mouse 0 2
check "dragged by mouse" "$(answers | cut -d'|' -f3)" "$first"
drag touch 2 0
check "dragged by touch" "$(answers | cut -d'|' -f1)" "$first"
run 'document.getElementById("skip").click()' >/dev/null
until_true 'document.getElementById("count").textContent.includes("1 skipped")'
run 'document.getElementById("undo").click()' >/dev/null
until_true 'document.getElementById("count").textContent.startsWith("0 of 3")'
check "undone comes back" "$(answers)" "$before"
post "$page/window/rect" '{"width": 420, "height": 900}' >/dev/null
picture 3-on-a-phone
check "fits a phone" "$(run 'return String(document.documentElement.scrollWidth <= innerWidth)')" true
for _ in 1 2; do
  done=$(run 'return document.getElementById("count").textContent')
  run 'document.getElementById("send").click()' >/dev/null
  until_true "document.getElementById('count').textContent !== '$done'"
done
until_true '!document.getElementById("rest").hidden'
picture 4-nothing-new
run 'document.getElementById("again").click()' >/dev/null
until_true '!document.getElementById("work").hidden'

# A token that was not made here.
post "$page/url" '{"url": "about:blank"}' >/dev/null
post "$page/url" '{"url": "'"${link%%#*}"'#token=0000"}' >/dev/null
until_true '!document.getElementById("trouble").hidden'
check "forged" "$(run 'return String(document.getElementById("trouble").textContent.startsWith("This link is not known"))')" true

curl -sS -X DELETE "$web/$page" >/dev/null
"$orchard" feedback export "$scratch/f.sqlite" --each-rater --output "$scratch/out.jsonl" 2>/dev/null
check "judgements of Ann" "$(grep -c '"rater": *"Ann"' "$scratch/out.jsonl")" 2
echo "$passed checks passed"
