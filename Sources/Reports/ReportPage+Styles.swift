extension ReportPage {
  /// The page's styles: one column, light or dark as the reader's system is, pictures in two widths.
  static let styles: StaticString = """

    :root {
      color-scheme: light dark;
      --paper: #f7f6f2; --card: #ffffff; --ink: #20261f; --soft: #626a60; --line: #e2e0d8; --fill: #f1f0ea;
      --leaf: #2e7d4f; --leaf-ink: #1f6a3f; --clay: #b9581f; --sky: #2f6db3; --plum: #8a4b94; --teal: #13808a; --rust: #8a5a2b; --stone: #a3a89c;
      --down: #b3372f; --shade: 0 1px 2px rgba(30, 35, 25, .05), 0 6px 22px rgba(30, 35, 25, .05);
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #131612; --card: #1b1f1a; --ink: #e7e8e1; --soft: #9ba396; --line: #2e342c; --fill: #242923;
        --leaf: #6cc48d; --leaf-ink: #86d6a3; --clay: #ee9a5f; --sky: #7fb2ee; --plum: #cf97d8; --teal: #62c6cf; --rust: #d1a574; --stone: #737a6e;
        --down: #f08a80; --shade: none;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0; background: var(--paper); color: var(--ink);
      font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
      -webkit-text-size-adjust: 100%;
    }
    main { max-width: 880px; margin: 0 auto; padding: 40px 24px 64px; }
    .brand {
      display: flex; align-items: center; gap: 8px; margin: 0 0 18px; color: var(--leaf-ink);
      font-size: 14px; font-weight: 600; letter-spacing: .04em;
    }
    .leaf { width: 22px; height: 22px; }
    .leaf .blade { fill: var(--leaf); }
    .leaf .stem { fill: none; stroke: var(--paper); stroke-width: 1.6; stroke-linecap: round; }
    h1 { margin: 0; font-size: 34px; line-height: 1.2; letter-spacing: -.02em; text-wrap: balance; }
    h2 { margin: 52px 0 16px; font-size: 21px; letter-spacing: -.01em; }
    h3 { margin: 0; font-size: 15px; }
    h1, .summary, figcaption, .card { overflow-wrap: anywhere; }
    .summary { margin: 10px 0 0; max-width: 64ch; color: var(--soft); font-size: 17px; }
    .card {
      margin: 0 0 16px; padding: 20px; background: var(--card); border: 1px solid var(--line); border-radius: 14px;
      box-shadow: var(--shade);
    }
    .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(230px, 1fr)); gap: 12px; margin: 28px 0 0; }
    .tiles div { padding: 14px 16px; background: var(--card); border: 1px solid var(--line); border-radius: 14px; }
    .tiles dt { color: var(--soft); font-size: 13px; }
    .tiles dd {
      margin: 2px 0 0; font-size: 22px; font-weight: 650; letter-spacing: -.01em; font-variant-numeric: tabular-nums;
    }

    figcaption { display: flex; flex-wrap: wrap; gap: 6px 18px; align-items: baseline; margin: 0 0 14px; }
    .legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin-left: auto; font-size: 13px; color: var(--soft); }
    .key { display: inline-flex; align-items: center; gap: 7px; }
    .key i { width: 14px; height: 4px; border-radius: 2px; background: currentColor; }
    .key b { font-weight: 600; color: var(--ink); font-variant-numeric: tabular-nums; }
    .key.before i, .key.after i { height: 12px; border-radius: 3px; }
    .key.before i { background: var(--stone); } .key.after i { background: var(--leaf); }
    figure svg { display: block; width: 100%; height: auto; overflow: visible; }
    figure .swatch { width: 30px; height: 8px; flex: none; }
    svg text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: var(--soft); }
    svg text.row { font-weight: 600; fill: var(--ink); font-size: 13px; }
    svg text.value { fill: var(--ink); font-weight: 600; font-variant-numeric: tabular-nums; }
    svg text.name { font-size: 12px; }
    .narrow { display: none !important; }
    .grid { stroke: var(--line); stroke-width: 1; }
    .axis, .mark { stroke: var(--stone); stroke-width: 1; }
    .curve, .raw { fill: none; stroke-width: 2.2; stroke-linejoin: round; stroke-linecap: round; }
    .raw { stroke-width: 1; opacity: .35; }
    .curve.c0, .raw.c0 { stroke: var(--leaf); } .dot.c0, .touch.c0 { fill: var(--leaf); }
    .curve.c1, .raw.c1 { stroke: var(--clay); } .dot.c1, .touch.c1 { fill: var(--clay); }
    .curve.c2, .raw.c2 { stroke: var(--sky); } .dot.c2, .touch.c2 { fill: var(--sky); }
    .curve.c3, .raw.c3 { stroke: var(--plum); } .dot.c3, .touch.c3 { fill: var(--plum); }
    .curve.c4, .raw.c4 { stroke: var(--teal); } .dot.c4, .touch.c4 { fill: var(--teal); }
    .curve.c5, .raw.c5 { stroke: var(--rust); } .dot.c5, .touch.c5 { fill: var(--rust); }
    .curve.c1 { stroke-dasharray: 8 4; stroke-linecap: butt; }
    .curve.c2 { stroke-dasharray: 2 4; stroke-linecap: butt; }
    .curve.c3 { stroke-dasharray: 10 4 2 4; stroke-linecap: butt; }
    .curve.c4 { stroke-dasharray: 16 5; stroke-linecap: butt; }
    .curve.c5 { stroke-dasharray: 5 3 1 3 1 3; stroke-linecap: butt; }
    .dot { stroke: var(--card); stroke-width: 1.5; }
    .touch { opacity: 0; }
    .touch:hover { opacity: .55; }
    .bar.before { fill: var(--stone); opacity: .75; } .bar.after { fill: var(--leaf); }
    .whisker { stroke: var(--ink); stroke-width: 1.2; opacity: .7; }

    .scroll { padding: 6px 8px; overflow-x: auto; }
    table { width: 100%; border-collapse: collapse; font-size: 15px; }
    th, td { padding: 9px 12px; text-align: left; vertical-align: baseline; white-space: nowrap; }
    thead th { color: var(--soft); font-size: 13px; font-weight: 500; }
    tbody tr { border-top: 1px solid var(--line); }
    tbody th { font-weight: 600; }
    tbody td { color: var(--soft); }
    .number { text-align: right; font-variant-numeric: tabular-nums; }
    td.number b { color: var(--ink); font-weight: 600; }
    th small, td.number small { display: block; font-size: 12px; font-weight: 400; color: var(--soft); }
    table.plain td { color: var(--ink); }
    table.plain th, table.plain td { white-space: normal; }
    table.plain .number { white-space: nowrap; }
    summary { padding: 8px 12px; cursor: pointer; font-size: 14px; color: var(--soft); }
    td.up { color: var(--leaf-ink); font-weight: 600; } td.down { color: var(--down); font-weight: 600; }
    .notes { margin: 0 0 16px; padding: 0 4px; list-style: none; color: var(--soft); font-size: 13px; }
    .notes li { overflow-wrap: anywhere; }

    .input {
      margin: 12px 0 0; padding: 14px 16px; max-height: 320px; overflow-y: auto; background: var(--fill);
      border-radius: 10px; font-size: 15px; white-space: pre-wrap; overflow-wrap: anywhere;
    }
    .answers { display: grid; grid-template-columns: repeat(auto-fit, minmax(220px, 1fr)); gap: 16px 20px; margin: 18px 0 0; }
    .answer { padding: 0 0 0 14px; border-left: 3px solid var(--stone); }
    .answer.human { border-color: var(--sky); } .answer.after { border-color: var(--leaf); }
    h4 { margin: 0 0 2px; color: var(--soft); font-size: 13px; font-weight: 500; }
    .answer p { margin: 0; font-size: 15px; white-space: pre-wrap; overflow-wrap: anywhere; }
    .answer .nothing { color: var(--soft); font-style: italic; }

    .command p { margin: 0 0 10px; }
    pre {
      margin: 0; padding: 14px 16px; overflow-x: auto; background: var(--fill); border-radius: 10px;
      font: 13.5px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace;
    }
    .settings { display: grid; grid-template-columns: repeat(auto-fit, minmax(330px, 1fr)); gap: 0 40px; }
    .settings div { display: flex; justify-content: space-between; gap: 20px; padding: 7px 0; border-bottom: 1px solid var(--line); }
    .settings dt { flex: none; max-width: 50%; color: var(--soft); font-size: 14px; }
    .settings dd {
      margin: 0; text-align: right; font: 13.5px/1.6 ui-monospace, "SF Mono", Menlo, Consolas, monospace;
      overflow-wrap: anywhere;
    }
    footer { margin: 48px 0 0; color: var(--soft); font-size: 13px; }

    @media (max-width: 640px) {
      main { padding: 24px 14px 48px; }
      h1 { font-size: 27px; }
      h2 { margin: 38px 0 12px; }
      .card { padding: 16px; }
      .scroll { padding: 4px; }
      th, td { padding: 8px 6px; }
      table { font-size: 14px; }
      td.number small { font-size: 11px; white-space: normal; }
      .legend { margin-left: 0; }
      .wide { display: none !important; }
      .narrow { display: block !important; }
      .settings { grid-template-columns: 1fr; }
      .tiles { grid-template-columns: 1fr 1fr; }
      .tiles dd { font-size: 19px; }
    }
    @media print {
      body { background: none; }
      .card, .tiles div { box-shadow: none; break-inside: avoid; }
      .input { max-height: none; }
    }

    """
}
