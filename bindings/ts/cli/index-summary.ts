/** An index in a few lines, for people: how large it is, which models it knows, and what their results are about. */
import { field, textField } from '../files/fields.js';
import type { IndexInfo, ModelInfo } from '../types.js';
import { familiesText, price, size, style, table } from './decision-text.js';

const SHOWN_MODELS = 12;
const SHOWN_DOMAINS = 8;

const count = (n: number, one: string) => `${n.toLocaleString('en')} ${one}${n === 1 ? '' : 's'}`;

/** Returns "2025-02 to 2026-11", one date, or `undefined` without any. */
function periodOf(dates: readonly (string | undefined)[]): string | undefined {
  const known = dates.filter((date) => date !== undefined).sort();
  const [first, last] = [known[0], known[known.length - 1]];
  return first === last ? first : `${first} to ${last}`;
}

/** Returns how many tasks each domain has, the largest first; what is not named counts as other. */
function domainsOf({ tasks }: IndexInfo): string {
  const counts = new Map<string, number>();
  for (const { record } of tasks) {
    if (record?.domain !== undefined) counts.set(record.domain, (counts.get(record.domain) ?? 0) + 1);
  }
  const sorted = [...counts].sort((a, b) => b[1] - a[1]);
  const named = sorted.slice(0, SHOWN_DOMAINS).map(([domain, n]) => `${domain} ${n}`);
  const others = sorted.slice(SHOWN_DOMAINS).reduce((sum, [, n]) => sum + n, 0);
  return [...named, ...(others > 0 ? [`others ${others}`] : [])].join(', ');
}

function modelRow({ name, meanOutcome, record, usdPerMTokIn, usdPerMTokOut }: ModelInfo): string[] {
  const mean = meanOutcome === null ? '-' : `${(100 * meanOutcome).toFixed(0)} of 100`;
  return [name, mean, record?.released ?? '-', price(usdPerMTokIn), price(usdPerMTokOut)];
}

/** Returns the summary; texts of the index are printable. */
export function indexSummary(info: IndexInfo): string {
  const { models, tasks, rows, sizeBytes, bestSingleModel, families, metadata } = info;
  const best = [...models].sort((a, b) => (b.meanOutcome ?? -1) - (a.meanOutcome ?? -1)).slice(0, SHOWN_MODELS);
  const released = periodOf(models.map(({ record }) => record?.released?.slice(0, 7)));
  const priced = periodOf(models.map(({ record }) => record?.price?.date));
  const domains = domainsOf(info);
  const [name, description] = [textField(metadata, 'name'), textField(metadata, 'description')];
  const caveats = field(metadata, 'caveats');
  const warnings = Array.isArray(caveats) ? caveats.filter((caveat) => typeof caveat === 'string') : [];
  const rest = models.length - best.length;
  return [
    style(
      'bold',
      [name, count(models.length, 'model'), count(tasks.length, 'task'), count(rows, 'sample')]
        .filter(Boolean)
        .join(', '),
    ),
    ...(description === undefined ? [] : [description]),
    '',
    `best single model ${bestSingleModel ?? '-'}`,
    ...(released === undefined ? [] : [`models of         ${released}`]),
    ...(priced === undefined ? [] : [`prices of         ${priced}`]),
    ...(domains === '' ? [] : [`tasks about       ${domains}`]),
    ...(families === undefined ? [] : [`families          ${familiesText(families)}`]),
    `size              ${size(sizeBytes)}`,
    `embedder          ${info.embedder.id || '-'}`,
    '',
    ...table(['model', 'mean', 'released', '$/MTok in', 'out'], best.map(modelRow)),
    ...(rest > 0
      ? [style('dim', `  and ${rest} more: --all shows all models and tasks, and the sections of the file`)]
      : []),
    ...(warnings.length > 0 ? ['', ...warnings.map((caveat) => `- ${caveat}`)] : []),
  ].join('\n');
}
