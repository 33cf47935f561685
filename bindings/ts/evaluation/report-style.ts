/** The style of the report: one column, system fonts, light or dark by preference, and print. */
export const REPORT_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --raised: #f6f8fa; --ink: #1f2328; --soft: #57606a; --rule: #dfe3e8; --accent: #0b5cad;
}
@media (prefers-color-scheme: dark) {
  :root { --ground: #12161b; --raised: #1a2027; --ink: #e8edf2; --soft: #a9b4c0; --rule: #2c343c; --accent: #6db3ff; }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 74rem;
  background: var(--ground); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
h1 { font-size: 1.9rem; line-height: 1.2; letter-spacing: -.02em; margin: 0 0 .4rem; }
h2 { font-size: 1.3rem; letter-spacing: -.01em; margin: 3.2rem 0 .3rem; padding-top: 1.1rem; border-top: 1px solid var(--rule); }
h3 { font-size: 1rem; margin: 2rem 0 .4rem; }
p { max-width: 46rem; margin: .5rem 0; overflow-wrap: anywhere; }
.soft, figcaption, dt { color: var(--soft); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); gap: .75rem; margin: 1.6rem 0 0; }
.tile { background: var(--raised); border: 1px solid var(--rule); border-radius: .6rem; padding: .9rem 1rem; }
.tile b { display: block; font-size: 1.65rem; font-weight: 650; line-height: 1.25; font-variant-numeric: tabular-nums; }
.tile span { color: var(--soft); font-size: .86rem; display: block; overflow-wrap: anywhere; }
figure { margin: 1.4rem 0 0; }
figcaption { font-size: .9rem; max-width: 46rem; margin: .3rem 0 .6rem; }
.plot { min-height: 300px; }
details { margin: .6rem 0; }
summary { cursor: pointer; color: var(--accent); font-size: .9rem; width: fit-content; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
.scroll { overflow-x: auto; margin: .6rem 0; border: 1px solid var(--rule); border-radius: .5rem; }
table.numbers { border-collapse: collapse; width: 100%; font-size: .84rem; font-variant-numeric: tabular-nums; }
.numbers th, .numbers td { padding: .38rem .7rem; text-align: right; white-space: nowrap; }
.numbers thead th { font-weight: 600; color: var(--soft); background: var(--raised); border-bottom: 1px solid var(--rule); }
.numbers tbody th { font-weight: 600; }
.numbers th:first-child, .numbers td:first-child { text-align: left; }
.numbers tbody tr + tr > * { border-top: 1px solid var(--rule); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.2rem; font-size: .92rem; margin: .8rem 0; }
dd { margin: 0; overflow-wrap: anywhere; }
.uplot { font: inherit; color: var(--ink); width: 100%; }
.u-legend { font-size: .84rem; text-align: left; margin-top: .3rem; }
.u-legend .u-marker { border-radius: 2px; }
.u-inline.u-live th::after { content: ""; }
.u-legend .u-value { min-width: 3.4em; }
@media (max-width: 34rem) { body { padding-top: 1.5rem; } dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } }
@media print {
  :root { --ground: #fff; --raised: #fff; --ink: #000; --soft: #444; --rule: #bbb; --accent: #000; color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 11pt; }
  h2, h3, figcaption { break-after: avoid; }
  figure, .tile { break-inside: avoid; }
  .scroll { overflow: visible; border: 0; }
  table.numbers { font-size: 7.5pt; }
  .numbers th, .numbers td { padding: .2rem .3rem; white-space: normal; }
  summary { display: none; }
}
`;
