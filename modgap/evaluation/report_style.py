"""How the report of an evaluation looks: on paper, on a screen and at the width of a phone, in light and dark."""

STYLE = """
:root { color-scheme: light dark; --ink: #12181f; --soft: #515c69; --line: #d7dde4; --paper: #fff; --sunk: #f1f4f7;
  --all: #37414c; --image: #e8590c; --text: #2f6fd6; }
@media (prefers-color-scheme: dark) { :root { --ink: #edf1f5; --soft: #a3afbc; --line: #2b3541; --paper: #141b23;
  --sunk: #0c1117; --all: #b9c2cc; --image: #ff8b47; --text: #5b97f5; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--sunk); color: var(--ink); font: 16px/1.5 "IBM Plex Sans", system-ui, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 40px 24px 64px; }
h1 { font-size: 34px; line-height: 1.15; letter-spacing: -0.02em; margin: 0 0 6px; overflow-wrap: anywhere; }
h2 { font-size: 23px; margin: 44px 0 8px; overflow-wrap: anywhere; } h3 { font-size: 17px; margin: 26px 0 6px; }
p { margin: 6px 0; } .soft { color: var(--soft); }
.lead { font-size: 20px; line-height: 1.4; margin: 10px 0; max-width: 62ch; }
.sheet { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 6px 18px 12px;
  overflow-x: auto; margin: 0 0 16px; }
.wide { padding-left: 0; padding-right: 0; } .wide .caption { padding-left: 18px; padding-right: 18px; }
table { border-collapse: separate; border-spacing: 0; width: 100%; font-variant-numeric: tabular-nums; }
.caption { font-weight: 700; padding: 8px 0 2px; margin: 0; position: sticky; left: 0; }
th, td { padding: 7px 12px 7px 0; text-align: right; border-bottom: 1px solid var(--line); vertical-align: top; }
th:first-child { text-align: left; position: sticky; left: 0; padding-left: 18px; background: var(--paper); }
th:last-child, td:last-child { padding-right: 18px; }
thead th { font-weight: 400; color: var(--soft); white-space: nowrap; }
tbody th { font-weight: 400; } tbody tr:last-child > * { border-bottom: 0; }
th small, td small { display: block; color: var(--soft); font-size: 12.5px; font-weight: 400; }
td small { white-space: nowrap; } thead small { white-space: normal; }
td.best { font-weight: 700; } td.best::before { content: "\\2605\\00a0"; color: var(--soft); font-size: 12px; }
.settings th, .settings td { text-align: left; overflow-wrap: anywhere; } .settings th { width: 12em; }
.note { border-left: 3px solid var(--soft); padding: 2px 0 2px 12px; margin: 8px 0; overflow-wrap: anywhere; }
dl { margin: 6px 0; } dt { font-weight: 700; margin-top: 8px; } dd { margin: 0; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(400px, 100%), 1fr)); gap: 0 16px; }
.row { display: grid; grid-template-columns: 9.5em 1fr; gap: 0 12px; align-items: center; padding: 5px 0; }
.name { text-align: right; font-size: 13px; line-height: 1.2; overflow-wrap: anywhere; }
.bars { margin-right: 34px; background: linear-gradient(90deg, var(--line) 1px, transparent 1px) 0 0 / 25% 100%; }
.bar { position: relative; height: 13px; }
.bar > * { position: absolute; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.fill { top: 1px; height: 11px; left: 0; border-radius: 0 2px 2px 0; opacity: 0.85; }
.range { top: 6px; height: 1.5px; min-width: 1px; background: var(--ink); }
.value { top: -2px; font-size: 12px; line-height: 17px; padding-left: 5px; font-variant-numeric: tabular-nums; }
.axis { position: relative; height: 18px; margin-right: 34px; font-size: 12px; color: var(--soft); }
.axis span { position: absolute; transform: translateX(-50%); } .axis span:first-child { transform: none; }
.key { display: inline-block; width: 11px; height: 11px; border-radius: 2px; margin-right: 5px;
  print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.legend { margin: 6px 0; } .legend span { margin-right: 14px; white-space: nowrap; } .legend .key { margin-right: 5px; }
@media (max-width: 600px) { main { padding: 24px 14px 40px; } h1 { font-size: 27px; } .lead { font-size: 18px; }
  .sheet { padding: 6px 12px 10px; } .wide { padding-left: 0; padding-right: 0; }
  .row { grid-template-columns: 1fr; padding: 7px 0; } .name { text-align: left; }
  th:first-child, .wide .caption { padding-left: 12px; } th:last-child, td:last-child { padding-right: 12px; }
  tbody th:first-child { max-width: 8.5em; overflow-wrap: break-word; } tbody th small { display: none; }
  .settings th { width: 7.5em; }
  .row > span:empty { display: none; } }
@media print { body { background: #fff; } main { max-width: none; padding: 0; }
  .sheet { border: 0; padding: 0; overflow: visible; break-inside: avoid; } table { font-size: 11px; }
  th, td { padding: 4px 8px 4px 0; } th small, td small { font-size: 9px; } th:first-child { position: static; } }
"""
