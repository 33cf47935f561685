// Slow and obvious reference for the choice of rows to grade next (src/routing/next_labels.h), in float64.
import { readLabels } from './task-mixture.mjs';

/** The sets of candidates: their share of the first one, and the labels at which they end. */
export const SETS = [
  { share: 1, labels: 5 },
  { share: 0.6, labels: 10 },
  { share: 0.4, labels: 20 },
  { share: 0.25, labels: Number.POSITIVE_INFINITY },
];
export const FIRST = 20;
export const FEWEST = 2;

const sum = (values) => values.reduce((total, x) => total + x, 0);
const isKnown = (x) => !Number.isNaN(x);

/** Returns the best models; ties go to the lower model. */
const best = (models, scores, count) => [...models].sort((a, b) => scores[b] - scores[a] || a - b).slice(0, count);

/**
 * Narrows the candidates, with their evidence { labelled, count, relative, total }, as readLabels returns it.
 * answers: [row][model], undefined if unknown; undefined without answers. labels: [{ row, outcomes: [model] }], NaN if missing.
 * models: those that may be candidates. forecast(evidence): [model].
 */
export function narrow({ rows, answers, labels, models, forecast }) {
  const disagree = (set, row) => {
    if (answers === undefined) return true;
    const first = answers[row][set[0]];
    return first === undefined || set.some((m) => answers[row][m] !== first);
  };

  /** Returns the evidence of the labels in D(S) for the models in S, relative to its mean. */
  const look = (set) => {
    const stratum = Array.from({ length: rows }, (_, row) => row).filter((row) => disagree(set, row));
    const inside = new Set(stratum);
    const graded = labels.filter(({ outcomes }) => set.some((m) => isKnown(outcomes[m])));
    const here = graded.filter(({ row }) => inside.has(row));
    const share = stratum.length / rows;
    const read = readLabels(
      here.map(({ outcomes }) => outcomes),
      set,
    );
    const evidence = new Map(
      read.labelled.map((m) => [m, { n: read.count[m] / share, deviation: read.relative[m] * share }]),
    );
    const left = stratum.filter((row) => !graded.some((label) => label.row === row));
    return { set, stratum, labelled: here.length, left, evidence };
  };

  /** Every model has the evidence of the last set that it was in, relative to the models of the sets after it. */
  const evidenceOf = (looks) => {
    const count = [];
    const relative = [];
    for (const { evidence } of looks) {
      if (evidence.size === 0) continue;
      const total = sum([...evidence.values()].map(({ n }) => n));
      const before = sum([...evidence].map(([m, { n }]) => n * (relative[m] ?? 0))) / total;
      for (const m of relative.keys()) if (relative[m] !== undefined) relative[m] -= before;
      for (const [m, { n, deviation }] of evidence) {
        count[m] = n;
        relative[m] = deviation;
      }
    }
    const all = [...relative.keys()].filter((m) => count[m] > 0);
    const total = sum(all.map((m) => count[m]));
    const centre = sum(all.map((m) => (count[m] * relative[m]) / total));
    for (const m of all) relative[m] -= centre;
    const counts = Array.from({ length: Math.max(...models) + 1 }, (_, m) => count[m] ?? 0);
    return { labelled: all, count: counts, relative, total };
  };

  const answered = models.filter((m) => answers === undefined || answers.some((row) => row[m] !== undefined));
  const first = best(answered, forecast(evidenceOf([])), FIRST);
  const looks = [look(first)];
  for (let step = 0; looks[step].labelled >= SETS[step].labels; ++step) {
    const size = Math.max(FEWEST, Math.round(SETS[step + 1].share * first.length));
    looks.push(look(best(looks[step].set, forecast(evidenceOf(looks)), Math.min(first.length, size))));
  }
  const evidence = evidenceOf(looks);
  const { set, stratum, labelled, left } = looks.at(-1);
  return { models: best(set, forecast(evidence), set.length), stratum, labelled, left, evidence };
}
