/// The page on which people judge answers.
enum FeedbackPage {
  /// Its files: path, type, and content.
  static let files: [(path: String, type: String, text: String)] = [
    ("/", "text/html; charset=utf-8", markup), ("/feedback.css", "text/css; charset=utf-8", styles),
    ("/feedback.js", "text/javascript; charset=utf-8", script),
  ]

  private static let markup = """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Feedback</title>
    <link rel="stylesheet" href="/feedback.css">
    <script src="/feedback.js" defer></script>
    </head>
    <body>
    <a class="skip-link" href="#answers">To the answers</a>
    <header>
      <p class="brand">Orchard feedback</p>
      <p id="who"></p>
      <div class="track"><progress id="bar" max="1" value="0" aria-labelledby="count"></progress><p id="count"></p></div>
    </header>
    <p id="trouble" role="alert" hidden></p>
    <main>
      <section id="work" hidden>
        <h1 id="question"></h1>
        <p id="instruction"></p>
        <h2>Prompt</h2>
        <p id="prompt" class="text" tabindex="0"></p>
        <h2 id="answers-title">Answers</h2>
        <p id="help" class="soft"></p>
        <ol id="answers" aria-labelledby="answers-title" aria-describedby="help"></ol>
        <div id="correction-part" hidden>
          <label for="correction">The text as it should be</label>
          <textarea id="correction" rows="8"></textarea>
        </div>
        <p id="none-part"><label><input type="checkbox" id="none"> None of the answers is acceptable</label></p>
        <div class="actions">
          <button id="send" class="first" type="button">Send <kbd>Ctrl Enter</kbd></button>
          <button id="skip" type="button">Skip</button>
          <button id="undo" type="button">Undo last</button>
        </div>
      </section>
      <section id="rest" hidden>
        <h1 id="rest-title"></h1>
        <p id="rest-text"></p>
        <div class="actions">
          <button id="again" type="button">Look at what you skipped</button>
          <button id="rest-undo" type="button">Undo last</button>
        </div>
      </section>
      <p id="said" class="unseen" role="status" aria-live="polite"></p>
    </main>
    <noscript><p class="text">This page needs JavaScript, which comes from this server alone.</p></noscript>
    </body>
    </html>
    """
}
