/** Writes a plan's policy for people: a table of a few lines, and the code that calls the router. */

import { printable } from '../files/printable.js';
import { countWords, percentWords, signedPoints, usdWords } from './amounts.js';
import type { Plan, PlanFamily } from './types.js';

/** Families that the table lists; the last of its ten lines is for all other prompts. */
const MOST_FAMILIES = 9;

/** The policy as a table of texts. */
export interface PolicyTable {
  columns: string[];
  rows: string[][];
}

/** Returns the model that gets most of the prompts that the table does not list. */
function pickOfRest(plan: Plan, rest: readonly PlanFamily[]): string {
  const rows = new Map<string, number>();
  for (const family of rest) rows.set(family.pick, (rows.get(family.pick) ?? 0) + family.rows);
  return [...rows].sort(([, a], [, b]) => b - a)[0]?.[0] ?? plan.baseline.model;
}

/** Names the model that a family goes to, with its share if the router sends some of the family elsewhere. */
function sendTo({ pick, picks }: PlanFamily): string {
  const share = picks.find(({ model }) => model === pick)?.share ?? 1;
  return share < 1 ? `${printable(pick)} (${percentWords(share)})` : printable(pick);
}

/**
 * Returns the policy as a table: where to send each family, for use without the router. It has at most ten lines; the last
 * one is for all other prompts. The router decides per prompt, which is finer: "gpt-5.4 (67%)" means that it sends the rest of
 * the family to other models.
 *
 * @example
 * ```js
 * const { columns, rows } = policyTable((await plan(files)).plan);
 * console.log(columns.join(' | '), rows.length);
 * ```
 */
export function policyTable(plan: Plan): PolicyTable {
  const hasCosts = plan.proposed.usdPer1000 !== null;
  const listed = plan.families.slice(0, MOST_FAMILIES);
  const rest = plan.families.slice(MOST_FAMILIES);
  const restRows = rest.reduce((sum, { rows }) => sum + rows, 0);
  const cells = (family: PlanFamily) => [
    printable(family.name),
    sendTo(family),
    countWords(family.rows),
    percentWords(family.share),
    signedPoints(family.points.value),
    ...(hasCosts ? [family.usdPer1000 === null ? '' : usdWords(family.usdPer1000)] : []),
  ];
  const others = [
    'all others',
    printable(pickOfRest(plan, rest)),
    ...(restRows === 0 ? ['', ''] : [countWords(restRows), percentWords(restRows / plan.rows)]),
    '',
    ...(hasCosts ? [''] : []),
  ];
  return {
    columns: ['prompts like', 'send to', 'rows', 'share', 'points', ...(hasCosts ? ['per 1,000'] : [])],
    rows: [...listed.map(cells), others],
  };
}

/**
 * Formats the policy as lines of text with aligned columns.
 *
 * @example
 * ```js
 * console.log(planTable((await plan(files)).plan));
 * ```
 */
export function planTable(plan: Plan): string {
  const { columns, rows } = policyTable(plan);
  const widths = columns.map((_, i) => Math.max(...[columns, ...rows].map((row) => [...(row[i] as string)].length)));
  const pad = (cell: string, i: number) => {
    const blanks = ' '.repeat(Math.max(0, (widths[i] as number) - [...cell].length));
    return i < 2 ? cell + blanks : blanks + cell;
  };
  return [columns, ...rows].map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}

const quotedText = (text: string) => `'${printable(text).replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/**
 * Returns the code that routes a prompt by the plan, as a module for Node.js or a bundler. `index` is the address of the
 * index.
 *
 * @example
 * ```js
 * const made = await plan(files);
 * save(planCode(made.plan, './plan.sbx'), made.index);
 * ```
 */
export function planCode(plan: Plan, index = 'plan.sbx'): string {
  const models = plan.proposed.picks.map(({ model }) => printable(model)).join(' or ');
  return [
    "import { Router } from 'signalbox';",
    '',
    `const router = await Router.load({ index: ${quotedText(index)} });`,
    '',
    `/** Returns the model to call: ${models.replaceAll('*/', '* /')}. */`,
    'export async function modelFor(prompt) {',
    '  const { model } = await router.route(prompt);',
    '  return model;',
    '}',
    '',
  ].join('\n');
}
