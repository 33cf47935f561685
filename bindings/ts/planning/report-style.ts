/** The style of a plan's report: one column, system fonts, light or dark by preference, phones, and print. */
export const PLAN_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --raised: #f5f7fa; --ink: #1b2026; --soft: #515b66; --rule: #dde2e8; --plan: #0b5cad; --band: #0b5cad22;
  --other: #8a5a00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12161b; --raised: #1a2027; --ink: #e8edf2; --soft: #a9b4c0; --rule: #2c343c; --plan: #6db3ff; --band: #6db3ff26;
    --other: #e3b341;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2.2rem 1.25rem 4rem; max-width: 60rem; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
h1 { font-size: 1.55rem; line-height: 1.3; letter-spacing: -.01em; font-weight: 650; margin: .3rem 0 0; overflow-wrap: anywhere; text-wrap: pretty; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .4rem; }
h3 { font-size: 1rem; margin: 1.6rem 0 .4rem; }
p, ul { max-width: 46rem; margin: .5rem 0; overflow-wrap: anywhere; }
ul { padding-left: 1.2rem; }
.soft { color: var(--soft); }
.small { font-size: .88rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: .75rem; margin: 1.3rem 0 0; padding: 0; max-width: none; list-style: none; }
.tiles li { background: var(--raised); border: 1px solid var(--rule); border-radius: .6rem; padding: .75rem .95rem; }
.tiles b { display: block; font-size: 1.5rem; font-weight: 650; line-height: 1.3; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.tiles span { color: var(--soft); font-size: .88rem; display: block; overflow-wrap: anywhere; }
figure { margin: 0; }
figcaption { font-size: .9rem; max-width: 46rem; margin: .5rem 0; color: var(--soft); }
.chart { display: block; width: 100%; height: auto; font-size: 12px; }
.chart.narrow { display: none; }
.chart text { fill: var(--soft); }
.chart .grid { stroke: var(--rule); }
.chart .zero { stroke: var(--soft); }
.chart .band { fill: var(--band); }
.chart .curve { fill: none; stroke: var(--plan); stroke-width: 2; }
.chart .setting { fill: var(--plan); }
.chart .mixtures { fill: none; stroke: var(--other); stroke-width: 1.5; stroke-dasharray: 2 4; }
.chart .model circle { fill: var(--ground); stroke: var(--other); stroke-width: 1.5; }
.chart .model text { fill: var(--ink); font-weight: 600; font-size: 11px; }
.chart .plan line { stroke: var(--ink); stroke-width: 1.5; }
.chart .plan circle { fill: var(--ink); stroke: var(--ground); stroke-width: 2; }
.chart .plan text { fill: var(--ink); font-weight: 650; font-size: 13px; paint-order: stroke; stroke: var(--ground); stroke-width: 4px; stroke-linejoin: round; }
.key { display: inline-block; width: 1.5em; height: 0; vertical-align: .25em; margin-right: .3em; border-top: 2px solid var(--plan); }
.key.dotted { border-top: 2px dotted var(--other); }
.key.dot { width: .7em; height: .7em; border: 0; border-radius: 50%; background: var(--ink); vertical-align: 0; }
.letter { display: inline-block; min-width: 1.5em; margin-right: .15em; border: 1px solid var(--other); border-radius: 1em; text-align: center; font-size: .8em; line-height: 1.4; }
.scroll { overflow-x: auto; margin: .6rem 0; border: 1px solid var(--rule); border-radius: .5rem; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; font-variant-numeric: tabular-nums; }
th, td { padding: .4rem .7rem; text-align: right; white-space: nowrap; }
thead th { white-space: normal; vertical-align: bottom; min-width: 5rem; font-weight: 600; color: var(--soft); background: var(--raised); border-bottom: 1px solid var(--rule); }
tbody th { font-weight: 600; }
th:first-child, .text { text-align: left; }
tbody th, td.text { white-space: normal; overflow-wrap: anywhere; min-width: 10rem; }
tbody tr + tr > * { border-top: 1px solid var(--rule); }
tr.worst th::after { content: " (worst)"; font-weight: 400; color: var(--soft); }
summary { cursor: pointer; color: var(--plan); width: fit-content; }
:focus-visible { outline: 2px solid var(--plan); outline-offset: 2px; border-radius: 2px; }
@media (max-width: 40rem) {
  body { padding-top: 1.2rem; }
  h1 { font-size: 1.3rem; }
  .chart.wide { display: none; }
  .chart.narrow { display: block; }
  th, td { padding: .4rem .5rem; }
  tbody th, td.text { min-width: 8rem; }
}
@media print {
  :root { --ground: #fff; --raised: #fff; --ink: #000; --soft: #444; --rule: #bbb; --plan: #0b5cad; --band: #0b5cad22; --other: #8a5a00; color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 10.5pt; print-color-adjust: exact; }
  h2, h3 { break-after: avoid; }
  figure, .tiles li, tr { break-inside: avoid; }
  .chart.wide { display: block; }
  .chart.narrow { display: none; }
  .scroll { overflow: visible; border: 0; }
  table { font-size: 8.5pt; }
  th, td { padding: .2rem .35rem; white-space: normal; }
  summary { display: none; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
@media (forced-colors: active) {
  .chart .curve, .chart .plan line { stroke: CanvasText; }
  .chart .setting, .chart .plan circle { fill: CanvasText; }
  .chart text, .chart .model text, .chart .plan text { fill: CanvasText; stroke: none; }
  .key, .key.dot { forced-color-adjust: none; }
}
`;
