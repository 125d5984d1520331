extension FeedbackPage {
  /// What the page does: texts are set as text, never as markup; every change is kept here and on the server at once.
  static let script = #"""
    "use strict";
    const $ = (id) => document.getElementById(id);
    const token = readToken();
    let task = null;        // what is judged now
    let order = [];         // places of answers, the best first
    let tied = new Set();   // places that stand as high as the one before them
    let thumbs = {};        // place: true or false
    let touched = false;    // whether the rater has ranked at all
    let draftTimer = null;

    function readToken() {
      const given = new URLSearchParams(location.hash.slice(1)).get("token");
      if (given) {
        localStorage.setItem("orchard-token", given);
        history.replaceState(null, "", location.pathname);
      }
      return given || localStorage.getItem("orchard-token") || "";
    }

    // The server
    async function ask(action, body, isPatient = true) {
      for (;;) {
        try {
          const reply = await fetch("/api/" + action, {
            method: "POST", headers: { "Authorization": "Bearer " + token, "Content-Type": "application/json" },
            body: JSON.stringify(body || {}) });
          const value = await reply.json();
          if (!reply.ok) { trouble(value.error || "The server refuses (" + reply.status + ")."); return null; }
          trouble("");
          return value;
        } catch (error) {
          trouble("The server does not answer. What you have entered is kept here; trying again …");
          if (!isPatient) return null;
          await new Promise((done) => setTimeout(done, 2000));
        }
      }
    }
    function trouble(text) { $("trouble").textContent = text; $("trouble").hidden = !text; }
    function say(text) { $("said").textContent = ""; requestAnimationFrame(() => { $("said").textContent = text; }); }

    let isBusy = false;
    async function act(action, body) {
      if (isBusy) return;
      isBusy = true;
      clearTimeout(draftTimer);
      for (const button of document.querySelectorAll(".actions button")) button.disabled = true;
      const value = await ask(action, body);
      for (const button of document.querySelectorAll(".actions button")) button.disabled = false;
      isBusy = false;
      if (value) { if (body && body.assignment) localStorage.removeItem(draftKey(body.assignment)); show(value); }
    }

    // What is entered
    function judgement() {
      const value = {};
      if (task.task === "rank" && (touched || !$("none").checked)) value.ranks = ranks();
      if (task.task === "thumbs") value.thumbs = places().map((place) => place in thumbs ? thumbs[place] : null);
      if (task.task === "correct") value.correction = $("correction").value;
      if ($("none").checked) value.none_is_acceptable = true;
      return value;
    }
    const places = () => task.answers.map((answer) => answer.place).sort((a, b) => a - b);
    function ranks() {
      const found = []; let rank = 0;
      order.forEach((place, at) => { if (at === 0 || !tied.has(place)) rank += 1; found[place] = rank; });
      return found;
    }
    const draftKey = (id) => "orchard-draft-" + id;
    function changed() {
      localStorage.setItem(draftKey(task.id), JSON.stringify(judgement()));
      clearTimeout(draftTimer);
      const body = { assignment: task.id, judgement: judgement() };
      draftTimer = setTimeout(() => ask("draft", body, false), 300);
    }
    function restore(draft) {
      if (!draft) return;
      if (draft.ranks && draft.ranks.length === task.answers.length) {
        const shown = new Map(order.map((place, at) => [place, at]));
        order.sort((a, b) => draft.ranks[a] - draft.ranks[b] || shown.get(a) - shown.get(b));
        tied = new Set(order.filter((place, at) => at > 0 && draft.ranks[place] === draft.ranks[order[at - 1]]));
        touched = true;
      }
      (draft.thumbs || []).forEach((thumb, place) => { if (thumb !== null) thumbs[place] = thumb; });
      if (typeof draft.correction === "string") $("correction").value = draft.correction;
      $("none").checked = draft.none_is_acceptable === true;
    }

    // What is shown
    function show(state) {
      const { done, skipped, left } = state.progress;
      $("who").textContent = state.rater;
      $("bar").max = Math.max(1, done + left + skipped); $("bar").value = done;
      $("count").textContent = done + " of " + (done + left + skipped) + " done" + (skipped ? ", " + skipped + " skipped" : "");
      task = state.assignment;
      $("work").hidden = !task; $("rest").hidden = !!task;
      if (!task) {
        $("rest-title").textContent = skipped ? "Nothing new" : "All done";
        $("rest-text").textContent = skipped
          ? "Everything is judged but what you skipped." : "Thank you. There is nothing left for you to judge.";
        $("again").hidden = !skipped; $("rest-undo").hidden = !done;
        say($("rest-title").textContent);
        return;
      }
      order = task.answers.map((answer) => answer.place); tied = new Set(); thumbs = {}; touched = false;
      $("none").checked = false;
      $("question").textContent = task.question;
      $("instruction").textContent = task.instruction;
      $("prompt").textContent = task.prompt;
      $("correction-part").hidden = task.task !== "correct";
      $("none-part").hidden = task.task === "correct";
      $("correction").value = task.answers[0].text;
      $("help").textContent = {
        rank: "Best first. Drag a number, or use Up and Down, or focus a number and press the arrow keys or the digit of its place. “Ties” puts an answer as high as the one above it.",
        thumbs: "Say of each answer whether it is good or bad. With a focused answer, g and b do the same.",
        correct: "Begin with one of the answers, and make of it what it should be." }[task.task];
      let kept = null;
      try { kept = JSON.parse(localStorage.getItem(draftKey(task.id))); } catch (error) { /* no draft */ }
      restore(kept || task.draft);
      draw();
      scrollTo(0, 0);
      say(task.question + ", " + task.answers.length + " answers. " + $("count").textContent);
    }
    function element(kind, attributes, text) {
      const made = document.createElement(kind);
      for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
      if (text !== undefined) made.textContent = text;
      return made;
    }
    function draw(focus) {
      const list = $("answers");
      const texts = new Map(task.answers.map((answer) => [answer.place, answer.text]));
      const rank = ranks();
      const cards = order.map((place, at) => {
        const name = "Answer " + (task.answers.findIndex((answer) => answer.place === place) + 1);
        const card = element("li", { class: "answer", "data-place": place });
        const label = task.task === "rank" ? name + ", rank " + rank[place] + " of " + order.length
          + (at > 0 && tied.has(place) ? ", tied" : "") : name;
        const mark = element(
          "button", { type: "button", class: "rank", "aria-label": label }, task.task === "rank" ? rank[place] : name.slice(7));
        mark.dataset.place = place;
        const moves = element("div", { class: "moves" });
        const add = (text, label, work, pressed, kind) => {
          const button = element("button", { type: "button", "aria-label": label + ": " + name }, text);
          if (pressed !== undefined) button.setAttribute("aria-pressed", pressed);
          if (kind) button.className = kind;
          button.dataset.role = text; button.dataset.place = place;
          button.addEventListener("click", work);
          moves.append(button);
          return button;
        };
        if (task.task === "rank") {
          if (tied.has(place) && at > 0) card.classList.add("tied");
          add("Up", "Move up", () => move(place, at - 1, "Up")).disabled = at === 0;
          add("Down", "Move down", () => move(place, at + 1, "Down")).disabled = at === order.length - 1;
          add("Ties", "As high as the one above", () => tie(place, "Ties"), at > 0 && tied.has(place)).disabled = at === 0;
          mark.addEventListener("keydown", (event) => rankKey(event, place, at));
          mark.addEventListener("pointerdown", (event) => drag(event, place));
        } else if (task.task === "thumbs") {
          if (place in thumbs) card.classList.add(thumbs[place] ? "good" : "bad");
          add("Good", "Good", () => thumb(place, true, "Good"), thumbs[place] === true);
          add("Bad", "Bad", () => thumb(place, false, "Bad"), thumbs[place] === false, "down");
          mark.addEventListener("keydown", (event) => {
            if (event.key === "g") thumb(place, true); else if (event.key === "b") thumb(place, false);
          });
        } else {
          add("Use", "Begin with this text", () => { $("correction").value = texts.get(place); changed(); $("correction").focus(); });
        }
        card.append(mark, element("p", {}, texts.get(place) || "(no text)"), moves);
        return card;
      });
      list.replaceChildren(...cards);
      if (focus) {
        const all = [...list.querySelectorAll("button")].filter((button) => button.dataset.place === String(focus.place));
        const wanted = all.find((button) => button.dataset.role === focus.role && !button.disabled) || all[0];
        if (wanted) wanted.focus();
      }
    }

    // Ranking
    function move(place, to, role) {
      const from = order.indexOf(place);
      to = Math.max(0, Math.min(order.length - 1, to));
      if (from === to && touched) return;
      // Whoever stood tied behind the one that leaves takes its place, not its tie.
      const next = order[from + 1];
      if (next !== undefined && !tied.has(place)) tied.delete(next);
      order.splice(from, 1); order.splice(to, 0, place);
      tied.delete(place); tied.delete(order[0]);
      touched = true;
      changed(); draw({ place, role });
      say("Rank " + ranks()[place] + " of " + order.length);
    }
    function tie(place, role) {
      if (tied.has(place)) tied.delete(place); else tied.add(place);
      touched = true;
      changed(); draw({ place, role });
      say(tied.has(place) ? "Tied with the answer above" : "No longer tied");
    }
    function rankKey(event, place, at) {
      const digit = Number(event.key);
      if (event.key === "ArrowUp") move(place, at - 1);
      else if (event.key === "ArrowDown") move(place, at + 1);
      else if (event.key === "=" && at > 0) tie(place);
      else if (digit >= 1 && digit <= order.length) move(place, digit - 1);
      else return;
      event.preventDefault();
    }
    function drag(event, place) {
      if (event.button) return;
      const start = event.clientY;
      let isDragging = false;
      const follow = (moved) => {
        if (!isDragging && Math.abs(moved.clientY - start) < 6) return;
        isDragging = true;
        const others = [...$("answers").children].filter((card) => card.dataset.place !== String(place));
        const above = others.filter((card) => {
          const box = card.getBoundingClientRect();
          return box.top + box.height / 2 < moved.clientY;
        }).length;
        if (above !== order.indexOf(place)) move(place, above);
        for (const card of $("answers").children) card.classList.toggle("dragged", card.dataset.place === String(place));
      };
      const stop = () => {
        removeEventListener("pointermove", follow); removeEventListener("pointerup", stop); removeEventListener("pointercancel", stop);
        for (const card of $("answers").children) card.classList.remove("dragged");
      };
      addEventListener("pointermove", follow); addEventListener("pointerup", stop); addEventListener("pointercancel", stop);
    }
    function thumb(place, value, role) {
      if (thumbs[place] === value) delete thumbs[place]; else thumbs[place] = value;
      changed(); draw({ place, role });
    }

    // Buttons and keys
    const send = () => task && act("judge", { assignment: task.id, judgement: judgement() });
    $("send").addEventListener("click", send);
    $("skip").addEventListener("click", () => task && act("skip", { assignment: task.id }));
    $("undo").addEventListener("click", () => act("undo"));
    $("rest-undo").addEventListener("click", () => act("undo"));
    $("again").addEventListener("click", () => act("again"));
    $("none").addEventListener("change", changed);
    $("correction").addEventListener("input", changed);
    addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); send(); }
    });
    // Another link in the same window is another rater.
    addEventListener("hashchange", () => location.reload());
    act("state");
    """#
}
