extension FeedbackPage {
  /// The styles: one column, light or dark as the reader's system is, targets large enough for fingers.
  static let styles = """
    :root {
      color-scheme: light dark;
      --paper: #f7f6f2; --card: #ffffff; --ink: #20261f; --soft: #5b6359; --line: #d3d1c7; --leaf: #1f6a3f;
      --leaf-paper: #e4f1e8; --down: #a32d26; --down-paper: #fbe9e7; --focus: #1d5fb8;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #131612; --card: #1b1f1a; --ink: #e7e8e1; --soft: #a9b1a4; --line: #3a4138; --leaf: #86d6a3;
        --leaf-paper: #1d3325; --down: #f39a92; --down-paper: #3a1f1c; --focus: #8fbcf5;
      }
    }
    * { box-sizing: border-box; }
    [hidden] { display: none !important; }
    body {
      margin: 0 auto; max-width: 860px; padding: 20px 20px 64px; background: var(--paper); color: var(--ink);
      font: 17px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
    }
    header { display: flex; flex-wrap: wrap; gap: 4px 20px; align-items: center; }
    header p { margin: 0; }
    .brand { color: var(--leaf); font-weight: 650; }
    #who, .soft, #count { color: var(--soft); }
    .track { display: flex; gap: 10px; align-items: center; margin-left: auto; }
    progress { width: 140px; accent-color: var(--leaf); }
    h1 { margin: 28px 0 4px; font-size: 27px; line-height: 1.2; letter-spacing: -.01em; }
    h1::first-letter { text-transform: uppercase; }
    h2 { margin: 26px 0 8px; font-size: 16px; }
    #instruction { margin: 0; max-width: 66ch; }
    .text, .answer p { white-space: pre-wrap; overflow-wrap: anywhere; }
    #prompt { margin: 0; padding: 14px 16px; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
    #help { margin: 0 0 10px; font-size: 15px; }
    #answers { list-style: none; margin: 0; padding: 0; display: grid; gap: 10px; }
    .answer {
      display: grid; grid-template-columns: auto 1fr auto; gap: 6px 14px; align-items: start; padding: 12px 14px;
      background: var(--card); border: 1px solid var(--line); border-radius: 12px;
    }
    .answer.tied { margin-top: -6px; border-top-style: dashed; }
    .answer.dragged { opacity: .6; border-color: var(--leaf); }
    .answer.good { background: var(--leaf-paper); } .answer.bad { background: var(--down-paper); }
    .answer p { margin: 0; padding: 8px 0; }
    .rank {
      min-width: 44px; min-height: 44px; border: 0; border-radius: 10px; background: var(--leaf-paper); color: var(--leaf);
      font-size: 19px; font-weight: 700; cursor: grab; touch-action: none;
    }
    .moves { display: flex; flex-wrap: wrap; gap: 6px; justify-content: flex-end; max-width: 210px; }
    button, input, textarea { font: inherit; color: inherit; }
    button {
      min-height: 44px; min-width: 44px; padding: 6px 12px; background: var(--card); border: 1px solid var(--line);
      border-radius: 10px; cursor: pointer;
    }
    button[aria-pressed="true"] { border-color: var(--leaf); background: var(--leaf-paper); font-weight: 650; }
    button.down[aria-pressed="true"] { border-color: var(--down); background: var(--down-paper); }
    button:disabled { opacity: .5; cursor: default; }
    button.first { background: var(--leaf); color: var(--paper); border-color: var(--leaf); font-weight: 650; }
    kbd { font: 13px ui-monospace, monospace; opacity: .85; }
    .actions { display: flex; flex-wrap: wrap; gap: 10px; margin-top: 18px; }
    textarea { width: 100%; padding: 12px 14px; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
    #none-part label { display: inline-flex; gap: 10px; align-items: center; min-height: 44px; }
    #none { width: 22px; height: 22px; accent-color: var(--leaf); }
    #trouble { padding: 12px 16px; border-radius: 12px; background: var(--down-paper); color: var(--down); }
    :focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
    .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    .skip-link { position: absolute; left: -999px; } .skip-link:focus { position: static; }
    @media (max-width: 600px) {
      .answer { grid-template-columns: auto 1fr; } .moves { grid-column: 1 / -1; max-width: none; justify-content: start; }
      .track { margin-left: 0; }
    }
    """
}
