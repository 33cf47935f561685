/** Labels: whether a model's answer to a prompt was right. Immutable values. */
import type { Label } from 'signalbox';

export type Outcome = 0 | 1;
/** Outcomes by prompt and model. Maps, because a model may have any name. */
export type Labels = ReadonlyMap<number, ReadonlyMap<string, Outcome>>;

export const NO_LABELS: Labels = new Map();

/** Returns the labels with an outcome set or removed; prompts without outcomes have no entry. */
export function withLabel(labels: Labels, index: number, model: string, outcome: Outcome | undefined): Labels {
  const ofInput = new Map(labels.get(index));
  if (outcome === undefined) ofInput.delete(model);
  else ofInput.set(model, outcome);
  const next = new Map(labels);
  if (ofInput.size === 0) next.delete(index);
  else next.set(index, ofInput);
  return next;
}

export function countOutcomes(labels: Labels): number {
  let count = 0;
  for (const outcomes of labels.values()) count += outcomes.size;
  return count;
}

/** Converts the labels for the router. Labels outlive a benchmark: models that it lacks are left out. */
export function labelOptionsOf(labels: Labels, models: readonly { name: string }[]): Label[] {
  const known = new Set(models.map(({ name }) => name));
  const options: Label[] = [];
  for (const [index, outcomes] of labels) {
    const left = [...outcomes].filter(([model]) => known.has(model));
    if (left.length > 0) options.push({ index, outcomes: Object.fromEntries(left) });
  }
  return options.sort((a, b) => a.index - b.index);
}

export interface Mean {
  mean: number;
  count: number;
}

const meanOf = (values: readonly number[]): Mean | undefined =>
  values.length === 0 ? undefined : { mean: values.reduce((a, b) => a + b, 0) / values.length, count: values.length };

export interface Measured {
  /** Best first; ties go to the model with more labels. */
  models: ({ model: string } & Mean)[];
  /** Over prompts with at least two outcomes: the best known outcome, and the pick's if known. */
  oracle: Mean | undefined;
  pick: Mean | undefined;
}

export function measure(labels: Labels, pick: string | undefined): Measured {
  const byModel = new Map<string, number[]>();
  const best: number[] = [];
  const picks: number[] = [];
  for (const outcomes of labels.values()) {
    for (const [model, outcome] of outcomes) byModel.set(model, [...(byModel.get(model) ?? []), outcome]);
    if (outcomes.size < 2) continue;
    best.push(Math.max(...outcomes.values()));
    const ofPick = pick === undefined ? undefined : outcomes.get(pick);
    if (ofPick !== undefined) picks.push(ofPick);
  }
  const models = [...byModel].flatMap(([model, values]) => {
    const mean = meanOf(values);
    return mean === undefined ? [] : [{ model, ...mean }];
  });
  models.sort((a, b) => b.mean - a.mean || b.count - a.count);
  return { models, oracle: meanOf(best), pick: meanOf(picks) };
}
