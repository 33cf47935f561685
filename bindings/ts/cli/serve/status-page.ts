/** The gateway's page, with its decisions and what they save. */
import { html } from '../../files/html-template.js';
import type { Metrics } from './metrics.js';

/** Describes the settings that the gateway was started with. */
export interface Settings {
  to: string | undefined;
  models: readonly string[];
  shadow: boolean;
  baseline: string | undefined;
}

const sum = (counts: Iterable<number>) => [...counts].reduce((total, count) => total + count, 0);

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.5rem; }
dd { margin: 0; }
td + td, th + th { text-align: end; padding-inline-start: 2rem; }
table, dd { font-variant-numeric: tabular-nums; }`;

/** The policy for the page: it has a style sheet in itself, and nothing else. */
export const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** Returns the page as HTML. Names come from outside; everything is escaped. */
export function statusPage(metrics: Metrics, { to, models, shadow, baseline }: Settings): string {
  const decided = sum(metrics.decisions.values());
  const against = baseline ?? 'the best single model';
  const saved = `$${metrics.savedUsd.toFixed(4)} against ${against}, by the prices and lengths of the index, over ${metrics.priced} of ${decided} decisions`;
  const facts: [string, string][] = [
    ['Mode', shadow ? 'shadow: decisions are logged, not acted on' : 'acting'],
    ['Sends to', to ?? 'nowhere: only /v1/route answers'],
    ['Models', `${models.length}`],
    ['Since', metrics.startedAt.toISOString()],
    ['Requests', `${sum(metrics.requests.values())}`],
    ['In flight', `${metrics.inFlight}`],
    [shadow ? 'Would save' : 'Saved', decided === 0 ? 'nothing decided yet' : saved],
    ['Decided by the fallback', `${metrics.routerErrors}`],
    ['Models that failed', `${metrics.failovers}`],
  ];
  const rows = [...metrics.decisions].sort((a, b) => b[1] - a[1]);
  const table = rows.map(([model, count]) => html`<tr><td>${model}</td><td>${count}</td></tr>\n`);
  const page = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="10">
<title>signalbox gateway</title>
<style>${STYLE}</style>
<h1>signalbox gateway</h1>
<dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>\n`)}</dl>
<table>
<caption>Decisions</caption>
<tr><th scope="col">Model</th><th scope="col">Times</th></tr>
${table}</table>
<p>Prompts are not shown here. Counts for Prometheus: <a href="/metrics">/metrics</a>.</p>
</html>
`;
  return page.text;
}
