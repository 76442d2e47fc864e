"""How the page looks: on a screen, on a phone, in the dark and on paper."""

_COLOURS = """
:root {
  --paper: #fff; --ink: #1b2430; --faint: #556070; --line: #d8dee6; --soft: #f4f6f9; --link: #0b5cad;
  --bad: #b3261e; --bad-soft: #fdecea; --warn: #8a4b00; --warn-soft: #fff3e0;
  --good: #14663f; --good-soft: #e6f4ec; --calm: #3d5a80; --calm-soft: #eaf0f8;
  --x: #c62b21; --x-ink: #fff; --u: #6b3fa0; --u-ink: #fff; --n: #f2b134; --n-ink: #3b2600;
  --a: #cfe9da; --a-ink: #10502f; --c: #e3e7ec; --c-ink: #3e4957; --i: #c6dcf5; --i-ink: #123f73;
  --s: #eef0f3; --s-ink: #5f6975;
}
@media screen and (prefers-color-scheme: dark) { :root {
  --paper: #12171e; --ink: #e4e9ef; --faint: #a2adba; --line: #2e3845; --soft: #1a212b; --link: #7db8f5;
  --bad: #ff9d94; --bad-soft: #3a1a18; --warn: #ffc170; --warn-soft: #35260f;
  --good: #7fd6a4; --good-soft: #14301f; --calm: #a9c5ea; --calm-soft: #1a2838;
  --a: #1d4a33; --a-ink: #b9ecd0; --c: #2b333d; --c-ink: #c0c9d4; --i: #1c3f66; --i-ink: #c8e0fb;
  --s: #1b222b; --s-ink: #8b96a4;
} }
"""

_FRAME = """
body { margin: 0; background: var(--paper); }
body > :not(main):not(.summary), .summary__data > :not(.prefix) { display: none; }
.smtp-exposure { box-sizing: border-box; max-width: 1180px; margin: 0 auto; padding: 28px 24px 56px;
  color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  overflow-wrap: anywhere; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.smtp-exposure *, .smtp-exposure *::before { box-sizing: border-box; }
.smtp-exposure a { color: var(--link); }
.smtp-exposure :focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.smtp-exposure h2 { font-size: 21px; line-height: 1.3; margin: 44px 0 14px; padding-bottom: 8px;
  border-bottom: 1px solid var(--line); letter-spacing: -.01em; }
.smtp-exposure h2 small { margin-left: 10px; font-weight: 400; }
.smtp-exposure h3 { font-size: 17px; line-height: 1.4; margin: 0 0 6px; }
.smtp-exposure h4 { font-size: 15px; margin: 22px 0 8px; }
.smtp-exposure h5 { font-size: 13px; margin: 14px 0 6px; color: var(--faint); }
.smtp-exposure p { margin: 0 0 10px; }
.smtp-exposure small, .smtp-exposure .faint { color: var(--faint); font-size: 13px; }
.smtp-exposure code, .smtp-exposure pre, .smtp-exposure .mono, .smtp-exposure .id {
  font: 13px/1.5 ui-monospace, "Cascadia Mono", Consolas, Menlo, "DejaVu Sans Mono", monospace; }
.smtp-exposure pre { margin: 0 0 10px; padding: 11px 14px; background: var(--soft);
  border: 1px solid var(--line); border-radius: 6px; white-space: pre-wrap; }
.smtp-exposure .id { font-weight: 600; white-space: nowrap; }
.smtp-exposure summary { cursor: pointer; }
.smtp-exposure summary h2, .smtp-exposure summary h3, .smtp-exposure summary h4 { display: inline; }
.smtp-exposure summary h2 { border: 0; margin-left: 6px; }
.smtp-exposure .verdict > summary { margin: 40px 0 14px; padding-bottom: 8px;
  border-bottom: 1px solid var(--line); }
"""

_TOP = """
.smtp-exposure .stand-in { margin: 0 0 14px; padding: 12px 28px; border: 2px dashed var(--warn);
  border-radius: 8px; background: var(--warn-soft); font-size: 17px; }
.stand-in strong { color: var(--warn); }
.smtp-exposure header { padding: 24px 28px 20px; border-left: 8px solid; border-radius: 8px; }
.smtp-exposure header p { margin: 0; }
.smtp-exposure .kicker { font-size: 13px; font-weight: 600; letter-spacing: .04em;
  color: var(--faint); }
.smtp-exposure h1 { font-size: 20px; font-weight: 500; line-height: 1.45; letter-spacing: -.01em;
  margin: 6px 0 10px; }
.smtp-exposure h1 strong { font-size: 36px; font-weight: 700; line-height: 1.18;
  letter-spacing: -.02em; }
.smtp-exposure h1 span { color: var(--ink); }
.smtp-exposure .status-0 { background: var(--good-soft); border-color: var(--good); }
.smtp-exposure .status-0 h1 { color: var(--good); }
.smtp-exposure .status-1 { background: var(--bad-soft); border-color: var(--bad); }
.smtp-exposure .status-1 h1 { color: var(--bad); }
.smtp-exposure .status-10, .smtp-exposure .status-11 { background: var(--warn-soft); border-color: var(--warn); }
.smtp-exposure .status-10 h1, .smtp-exposure .status-11 h1 { color: var(--warn); }
.smtp-exposure .identity { display: grid; grid-template-columns: repeat(2, 1fr); gap: 0 32px;
  margin: 20px 0; }
.identity div { display: flex; gap: 12px; padding: 6px 0; border-bottom: 1px solid var(--line); }
.identity dt { flex: 0 0 116px; color: var(--faint); font-size: 13px; line-height: 22px; }
.identity dd { margin: 0; min-width: 0; max-height: 190px; overflow-y: auto; }
.identity .item:not(:last-child)::after { content: ", "; }
.smtp-exposure .counts { display: grid; grid-template-columns: repeat(6, 1fr); gap: 10px; }
.tile { display: flex; flex-direction: column; padding: 12px 14px; border: 1px solid var(--line);
  border-top: 4px solid currentcolor; border-radius: 6px; text-decoration: none; }
.smtp-exposure a.tile small, .smtp-exposure .tile small { color: var(--faint); font-size: 12px;
  line-height: 1.35; margin-top: 3px; }
.tile strong { font-size: 28px; line-height: 1.15; font-variant-numeric: tabular-nums; }
.tile span { font-weight: 600; }
.tile i { font-style: normal; display: inline-block; width: 1.2em; }
.smtp-exposure .tile.none { color: var(--faint); border-top-color: var(--line); }
.smtp-exposure a.tile:hover { background: var(--soft); }
.smtp-exposure .v-deviates { color: var(--bad); }
.smtp-exposure .v-error, .smtp-exposure .v-inconclusive { color: var(--warn); }
.smtp-exposure .v-waived, .smtp-exposure .v-not_assessed { color: var(--calm); }
.smtp-exposure .v-compliant { color: var(--good); }
"""

_PARTS = """
.smtp-exposure .scroll { overflow-x: auto; }
.smtp-exposure table { width: 100%; border-collapse: collapse; font-size: 14px;
  font-variant-numeric: tabular-nums; }
.smtp-exposure th, .smtp-exposure td { padding: 7px 14px 7px 0; text-align: left;
  vertical-align: top; border-bottom: 1px solid var(--line); min-width: 4em; }
.smtp-exposure tbody th { font-weight: 600; }
.smtp-exposure thead th { font-size: 12.5px; font-weight: 600; color: var(--faint);
  border-bottom: 2px solid var(--line); vertical-align: bottom; overflow-wrap: normal; }
.smtp-exposure .short { white-space: nowrap; }
.smtp-exposure .number { text-align: right; white-space: nowrap; }
.chip { display: inline-block; padding: 0 8px; margin-right: 6px; border: 1px solid currentcolor;
  border-radius: 10px; font-size: 12px; font-weight: 600; line-height: 19px; white-space: nowrap; }
.chip.critical { background: var(--bad); border-color: var(--bad); color: var(--paper); }
.chip.high { color: var(--bad); }
.chip.medium { color: var(--warn); }
.chip.low, .chip.level { color: var(--calm); }
.chip.advice { color: var(--faint); border-style: dashed; }
.sign { display: inline-block; width: 1.4em; }
.entry { margin: 0 0 16px; padding: 16px 20px; border: 1px solid var(--line); border-radius: 8px;
  border-left: 4px solid var(--calm); }
.told-deviates .entry { border-left-color: var(--bad); }
.told-error .entry, .told-inconclusive .entry { border-left-color: var(--warn); }
.smtp-exposure .tags { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 10px;
  margin-bottom: 6px; }
.smtp-exposure .rationale { max-width: 80ch; color: var(--faint); }
.target { padding-top: 8px; }
.target > summary { margin-bottom: 4px; }
.findings th, .findings td { width: 34%; }
.findings tbody th { font-family: ui-monospace, "Cascadia Mono", Consolas, Menlo, "DejaVu Sans Mono",
  monospace; font-size: 13px; width: 32%; }
.smtp-exposure .detail { margin: 4px 0 0; color: var(--faint); font-style: italic; }
.smtp-exposure .problem { padding: 12px 16px; border: 1px solid var(--warn); border-radius: 6px;
  background: var(--warn-soft); }
.smtp-exposure .confirm { list-style: none; padding: 0; max-width: 80ch; }
.confirm li { padding: 4px 0 4px 30px; position: relative; }
.confirm li::before { content: ""; position: absolute; left: 2px; top: 8px; width: 15px;
  height: 15px; border: 1.5px solid var(--faint); border-radius: 3px; }
"""

_MAP = """
.smtp-exposure .scroll:has(> .overview) { margin-bottom: 24px; }
.overview thead th { white-space: nowrap; }
.smtp-exposure .overview thead th:nth-child(n+3) { text-align: right; }
.legend .swatch { align-self: start; }
.server { margin: 0 0 14px; padding: 14px 20px; border: 1px solid var(--line); border-radius: 8px; }
.server > summary .told { margin: 0 10px 0 6px; color: var(--faint); }
.smtp-exposure .map { display: grid; grid-template-columns: minmax(0, 700px) minmax(300px, 1fr);
  gap: 6px 36px; margin: 14px 0 8px; }
.map figcaption { grid-column: 1; color: var(--faint); font-size: 13px; margin-top: 4px; }
.map svg { grid-column: 1; display: block; width: 100%; height: auto; }
.smtp-exposure .legend { grid-column: 2; grid-row: 1 / span 4; align-self: start; }
.smtp-exposure .legend { list-style: none; margin: 0; padding: 28px 0 0; font-size: 14px; }
.legend li { display: grid; grid-template-columns: 34px 1fr; padding: 0 0 12px; }
.legend span:not(.swatch) { grid-column: 2; color: var(--faint); }
.legend strong { font-weight: 600; }
.letter { font: 700 14px system-ui, "Segoe UI", sans-serif; text-anchor: middle; }
.letter.small { font-size: 9px; }
.mark { font: 8px system-ui, "Segoe UI", sans-serif; }
.landmark { font: 10.5px system-ui, "Segoe UI", sans-serif; fill: var(--faint); }
.swatch { display: inline-block; width: 22px; margin-right: 9px; border-radius: 3px;
  text-align: center; font-weight: 700; line-height: 20px; }
.interval { display: inline-block; white-space: nowrap; margin-right: 14px; }
.smtp-exposure .answers .mono { font-size: 12.5px; }
.answers td:nth-child(2) { min-width: 15em; }
.answers td:nth-child(3) { white-space: nowrap; }
.answers td:nth-child(4) { min-width: 13em; }
.answers td:nth-child(5) { min-width: 9em; }
.answers td { overflow-wrap: break-word; }
.answers .place-special, .answers .place-inside { color: var(--faint); }
"""

_STATES = "".join(
    f".s-{name} {{ fill: var(--{key}); }} .t-{name} {{ fill: var(--{key}-ink); }}\n"
    f".w-{name} {{ background: var(--{key}); color: var(--{key}-ink); }}\n"
    for name, key in {
        "offered": "x",
        "undecided": "u",
        "nobody": "n",
        "anonymous": "a",
        "closed": "c",
        "inside": "i",
        "special": "s",
    }.items()
)

_SIZES = """
@media screen { .smtp-exposure .entry, .smtp-exposure .server { content-visibility: auto;
  contain-intrinsic-size: auto 300px; } }
@media screen and (max-width: 860px) {
  .smtp-exposure .map { grid-template-columns: minmax(0, 1fr); }
  .smtp-exposure .legend { grid-column: 1; grid-row: auto; }
  .smtp-exposure .counts { grid-template-columns: repeat(3, 1fr); }
  .smtp-exposure .identity { grid-template-columns: minmax(0, 1fr); }
}
@media screen and (max-width: 560px) {
  .smtp-exposure { padding: 12px 12px 40px; }
  .smtp-exposure header { padding: 16px; }
  .smtp-exposure h1 { font-size: 18px; }
  .smtp-exposure h1 strong { font-size: 27px; }
  .smtp-exposure .counts { grid-template-columns: repeat(2, 1fr); }
  .entry, .server { padding: 12px; }
  .identity dt { flex-basis: 92px; }
  .smtp-exposure h2 small { display: block; margin: 0; }
  .smtp-exposure .stand-in { padding: 10px 16px; font-size: 15px; }
  .stacked thead { display: none; }
  .smtp-exposure .stacked :is(tr, th, td) { display: block; width: auto; min-width: 0; border: 0;
    padding: 2px 0; text-align: left; }
  .smtp-exposure .stacked td:empty { display: none; }
  .smtp-exposure .stacked tr { border-bottom: 1px solid var(--line); padding: 8px 0; }
  .stacked [data-label]::before { content: attr(data-label) ": "; color: var(--faint); }
  .stacked .interval { white-space: normal; }
}
@media print {
  @page { size: A4; margin: 14mm 13mm; }
  .smtp-exposure { max-width: none; padding: 0; font-size: 10pt; }
  .smtp-exposure h1 { font-size: 14pt; }
  .smtp-exposure h1 strong { font-size: 24pt; }
  .smtp-exposure h2, .smtp-exposure h3, .smtp-exposure h4, .smtp-exposure h5,
  .smtp-exposure summary, .tags { break-after: avoid; }
  .smtp-exposure tr, .smtp-exposure svg, .tile, header, .entry { break-inside: avoid; }
  .smtp-exposure thead { display: table-header-group; }
  .smtp-exposure table, .smtp-exposure pre { font-size: 8.5pt; }
  .smtp-exposure .scroll { overflow: visible; }
  .identity dd { max-height: none; }
  .print details::details-content, [class^="told-"] details::details-content {
    content-visibility: visible; height: auto; }
  .smtp-exposure a { color: inherit; text-decoration: none; }
  .smtp-exposure .map { grid-template-columns: 116mm minmax(0, 1fr); gap: 4px 20px;
    break-inside: avoid; }
  .smtp-exposure .legend { font-size: 8.5pt; }
  .smtp-exposure .counts { gap: 6px; }
  .smtp-exposure .tile { padding: 8px; }
  .smtp-exposure .tile small { font-size: 7.5pt; }
  .smtp-exposure .server, .smtp-exposure .entry { padding: 10px 12px; }
  .smtp-exposure .rationale { break-after: avoid; }
  #again { break-inside: avoid; }
}
"""

STYLE = _COLOURS + _FRAME + _TOP + _PARTS + _MAP + _STATES + _SIZES
