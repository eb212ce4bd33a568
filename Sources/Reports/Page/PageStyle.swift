/// The look of a page. Colours are variables, one set for light and one for dark; text keeps a
/// contrast of at least 4.5 to what is behind it, lines and bars that mean something 3.
enum PageStyle {
  static let sheet: HTML = """
    \(colors)\(frame)\(tables)\(charts)\(media)
    """

  private static let colors: HTML = """
    :root {
      color-scheme: light dark;
      --ground: #f5f6f8; --surface: #ffffff; --text: #171b21; --muted: #566070;
      --line: #e1e5ea; --accent: #2a5bd0; --past: #7d9ce6; --good: #14713f; --bad: #b3261e;
      --up: #2f8f5b; --down: #d0483e; --note: #fff7e0; --note-line: #c98a00; --code: #eceff3;
      --tint: #d5e1fb; --tint-down: #f9d6d3; --empty: #eef1f5;
      --s1: #2a5bd0; --s2: #0f8b8d; --s3: #b5651d; --s4: #8e44ad; --s5: #5f7d1f; --s6: #c2385f;
      --s7: #76808f; --shade: #f6d5d2; --heat1: #dcefe3; --heat2: #fbe3b5; --heat3: #f3b06a;
      --heat4: #e0683f; --heat5: #a3161b;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ground: #0e1116; --surface: #161b22; --text: #e7ebf0; --muted: #9aa5b3;
        --line: #2a313b; --accent: #84aaff; --past: #4c6db8; --good: #5fce94; --bad: #ff8f85;
        --up: #4bb37e; --down: #f0736a; --note: #221c0c; --note-line: #d9a520; --code: #242b35;
        --tint: #243a6b; --tint-down: #5c2823; --empty: #1f2630;
        --s1: #84aaff; --s2: #3cc4c0; --s3: #e39a5b; --s4: #c490e8; --s5: #a5c653; --s6: #ff86a5;
        --s7: #8d98a7; --shade: #4a2422; --heat1: #1c3a2a; --heat2: #5a4312; --heat3: #94571a;
        --heat4: #cf6a3c; --heat5: #ff8c78;
      }
    }

    """

  private static let frame: HTML = """
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; }
    body {
      margin: 0 auto; padding: 32px 24px 48px; max-width: 1240px; background: var(--ground);
      color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto,
      "Noto Sans", "DejaVu Sans", sans-serif; font-variant-numeric: tabular-nums;
    }
    h1 { margin: 0; font-size: 30px; line-height: 1.2; letter-spacing: -0.01em; }
    h2 { margin: 0 0 6px; font-size: 20px; line-height: 1.3; }
    p { margin: 0 0 12px; }
    a { color: var(--accent); }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    .hidden {
      position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
    }
    .product { margin: 0 0 4px; color: var(--accent); font-weight: 600; }
    .period { margin: 6px 0 24px; color: var(--muted); }
    section {
      margin: 0 0 20px; padding: 22px 24px; background: var(--surface);
      border: 1px solid var(--line); border-radius: 10px; scroll-margin-top: 12px;
    }
    .lead, .note { color: var(--muted); max-width: 95ch; }
    .empty { margin: 14px 0 0; }
    .note { margin: 8px 0 0; font-size: 13px; }
    .headlines {
      display: grid; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); gap: 14px;
      margin: 0 0 20px;
    }
    .headlines > div {
      padding: 16px 18px; background: var(--surface); border: 1px solid var(--line);
      border-radius: 10px;
    }
    .headlines dt { color: var(--muted); font-weight: 600; }
    .headlines dd { margin: 0; font-size: 13px; color: var(--muted); }
    .headlines .value {
      margin: 2px 0 4px; font-size: 27px; font-weight: 650; line-height: 1.25;
      color: var(--text); overflow-wrap: anywhere;
    }
    .headlines .long { font-size: 19px; line-height: 1.8; }
    .value .unit { font-size: 14px; font-weight: 500; color: var(--muted); }
    .headlines .good { color: var(--good); }
    .headlines .bad { color: var(--bad); }
    .product a { color: inherit; text-decoration: none; }
    .changed ol { margin: 0; padding-left: 22px; }
    .changed li { margin: 4px 0; overflow-wrap: anywhere; }
    .todo { background: var(--note); border-color: var(--note-line); border-left-width: 5px; }
    .todo.calm { background: var(--surface); border-color: var(--good); }
    .todo ol { margin: 0; padding-left: 22px; }
    .todo li { margin: 6px 0; overflow-wrap: anywhere; }
    .todo p { margin: 0; }
    code {
      display: block; width: fit-content; margin: 3px 0 10px; padding: 1px 8px; border-radius: 5px; background: var(--code); font: 12.5px/1.6
      ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
      -webkit-box-decoration-break: clone; box-decoration-break: clone;
    }
    nav ul { display: flex; flex-wrap: wrap; gap: 6px 22px; margin: 0 0 18px; padding: 0; }
    nav li { list-style: none; }
    .notes { margin: 0 0 12px; padding-left: 22px; }
    .notes li, .files { overflow-wrap: anywhere; }
    .files { margin: 0; }
    .beside { display: grid; grid-template-columns: 1fr; gap: 8px 40px; }
    .beside > div { min-width: 0; }
    details { margin-top: 14px; }
    summary { color: var(--accent); cursor: pointer; }

    """

  private static let tables: HTML = """
    .table { overflow-x: auto; margin: 14px 0 0; }
    .table + .table, .note + .table { margin-top: 30px; }
    table { width: 100%; border-collapse: collapse; }
    caption { max-width: calc(100vw - 64px); padding: 0 0 6px; text-align: left; font-weight: 650; }
    th, td { padding: 7px 6px 7px 14px; text-align: left; vertical-align: top; }
    th:first-child, td:first-child { padding-left: 0; }
    th:last-child, td:last-child { padding-right: 4px; }
    thead th {
      vertical-align: bottom; color: var(--muted); font-size: 13px; font-weight: 600;
      border-bottom: 2px solid var(--line);
    }
    thead button {
      margin: 0; padding: 0; border: 0; background: none; color: inherit; font: inherit;
      text-align: inherit; cursor: pointer;
    }
    thead button:hover { color: var(--accent); }
    [aria-sort] button::after { content: " ▾"; color: var(--accent); }
    [aria-sort="ascending"] button::after { content: " ▴"; }
    tbody th, tfoot th { min-width: 128px; max-width: 420px; overflow-wrap: anywhere; }
    tbody th { font-weight: 500; }
    tbody th, tbody td { border-bottom: 1px solid var(--line); }
    tbody tr:hover > * { background-color: color-mix(in srgb, var(--accent) 7%, transparent); }
    tfoot th, tfoot td { font-weight: 650; }
    .number { text-align: right; }
    td.number { white-space: nowrap; }
    th .unit { display: block; font-weight: 400; }
    .none { color: var(--muted); }
    .bar {
      background: linear-gradient(to left, var(--tint) var(--bar), transparent 0)
      right 5px / calc(100% - 12px) 24px no-repeat;
      print-color-adjust: exact; -webkit-print-color-adjust: exact;
    }
    .bar.negative {
      background-image: linear-gradient(to left, var(--tint-down) var(--bar), transparent 0);
    }

    """

  private static let charts: HTML = """
    .chart { margin: 14px 0 0; }
    .chart figcaption { margin-bottom: 10px; font-weight: 650; }
    .chart svg { display: block; max-width: 100%; height: auto; overflow: visible; }
    .wide svg { width: 100%; max-width: 680px; }
    .broad svg { width: 100%; }
    .narrow, .broad { display: none; }
    svg text { font-size: 12px; fill: var(--text); }
    svg .tick { fill: var(--muted); }
    svg .strong { font-weight: 650; }
    svg .halo { paint-order: stroke; stroke: var(--surface); stroke-width: 4px; }
    .grid { stroke: var(--line); }
    .axis { stroke: var(--muted); }
    .total { fill: var(--accent); }
    .past { fill: var(--past); }
    .up { fill: var(--up); }
    .down { fill: var(--down); }
    .zero { fill: var(--muted); }
    .link { stroke: var(--muted); stroke-dasharray: 2 2; }
    .break { fill: none; stroke: var(--surface); stroke-width: 3; }
    .line { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; }
    .s1 { fill: var(--s1); } .s2 { fill: var(--s2); } .s3 { fill: var(--s3); }
    .s4 { fill: var(--s4); } .s5 { fill: var(--s5); } .s6 { fill: var(--s6); }
    .s7 { fill: var(--s7); }
    .series { stroke: var(--surface); stroke-width: 1; }
    .outage { fill: var(--shade); }
    .h0 { fill: var(--empty); } .h1 { fill: var(--heat1); } .h2 { fill: var(--heat2); }
    .h3 { fill: var(--heat3); } .h4 { fill: var(--heat4); } .h5 { fill: var(--heat5); }
    .over { fill: var(--down); }
    .projected { fill: var(--tint); stroke: var(--past); }
    .stage { stroke: var(--muted); stroke-dasharray: 3 3; }
    .limit { stroke: var(--text); stroke-width: 1.5; }
    .spark { vertical-align: -3px; }
    .dot { fill: var(--accent); stroke: var(--surface); stroke-width: 1.5; }

    """

  private static let media: HTML = """
    @media (min-width: 1080px) {
      .beside { grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); }
      .broad { display: block; }
      .broad ~ .wide { display: none; }
    }
    @media (max-width: 640px) {
      body { padding: 20px 12px 32px; }
      h1 { font-size: 25px; }
      section { padding: 16px 14px; }
      .headlines { grid-template-columns: 1fr 1fr; gap: 10px; }
      .headlines > div { padding: 12px; }
      .headlines > div:first-child { grid-column: 1 / -1; }
      .headlines .value { font-size: 21px; }
      .headlines .long { font-size: 16px; }
      .wide { display: none; }
      .narrow { display: block; }
      thead tr > :first-child, tbody th, tfoot th {
        position: sticky; left: 0; max-width: 42vw; background: var(--surface);
      }
    }
    @media print {
      :root {
        color-scheme: light; --ground: #ffffff; --surface: #ffffff; --text: #000000;
        --muted: #444444; --line: #bbbbbb; --accent: #2a5bd0; --past: #7d9ce6; --good: #14713f;
        --bad: #b3261e; --up: #2f8f5b; --down: #d0483e; --note: #ffffff; --note-line: #777777;
        --code: #eeeeee; --tint: #d5e1fb; --tint-down: #f9d6d3; --empty: #eef1f5;
        --s1: #2a5bd0; --s2: #0f8b8d; --s3: #b5651d; --s4: #8e44ad; --s5: #5f7d1f; --s6: #c2385f;
        --s7: #76808f; --shade: #f6d5d2; --heat1: #dcefe3; --heat2: #fbe3b5; --heat3: #f3b06a;
        --heat4: #e0683f; --heat5: #a3161b;
      }
      body { padding: 0; max-width: none; font-size: 10pt; }
      section { padding: 10px 0; border: 0; border-top: 1px solid var(--line); border-radius: 0; }
      .todo { padding: 10px 14px; border: 1px solid var(--note-line); border-left-width: 5px; }
      nav { display: none; }
      .headlines { grid-template-columns: repeat(5, 1fr); gap: 6px; }
      .headlines > div { padding: 8px 10px; border-radius: 6px; }
      .headlines dd { font-size: 8pt; }
      .headlines .value { font-size: 15pt; }
      .headlines .long { font-size: 10pt; }
      tfoot { display: table-row-group; }
      .table { overflow: visible; }
      table { font-size: 8.5pt; }
      thead th { font-size: 8pt; }
      tbody th, tfoot th { min-width: 80px; }
      th, td { padding: 4px 4px 4px 8px; }
      .bar { background-position: right 2px; background-size: calc(100% - 8px) 18px; }
      .wide svg { max-width: 460px; }
      .narrow, .broad, details { display: none; }
      .wide, .broad ~ .wide { display: block; }
      .beside { grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); gap: 8px 24px; }
      .beside .wide svg { max-width: 100%; }
      tr, .chart, .headlines > div, .todo, .short, .beside, .lead { break-inside: avoid; }
      h2, caption, thead, .lead { break-after: avoid; }
      svg * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    }

    """
}
