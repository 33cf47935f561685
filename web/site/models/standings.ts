/** The standing of a model among the others: on each task, in each domain, and within its price. */
import { type Interval, wilson } from './statistics.js';
import type { Facts, Model, Result, Task } from './types.js';

/** Tasks measured with fewer models say nothing of what to expect from a model's strength. */
const FEWEST_MODELS = 8;

/** Weight of the guess that scores follow strength one to one, in models. */
const PRIOR = 3;

/** Prices this many times as high or as low are like each other. */
const LIKE_PRICE = 1.6;
const MOST_PEERS = 5;

/** Smaller leads are not worth a word. */
const LEAST_LEAD = 0.02;

const logit = (share: number) => {
  const inside = Math.min(0.99, Math.max(0.01, share));
  return Math.log(inside / (1 - inside));
};
const share = (value: number) => 1 / (1 + Math.exp(-value));

interface TaskStanding {
  /** All results on the task, the best first. */
  scores: number[];
  best: Model;
  /** The score that a model of this strength has on average. */
  expected: ((strength: number) => number) | undefined;
}

/** Fits logits of scores to logits of strengths. */
function fit(points: readonly [strength: number, score: number][]): ((strength: number) => number) | undefined {
  if (points.length < FEWEST_MODELS) return undefined;
  const xs = points.map(([strength]) => logit(strength));
  const ys = points.map(([, score]) => logit(score));
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(xs), mean(ys)];
  const products = xs.reduce((sum, x, i) => sum + (x - meanX) * ((ys[i] as number) - meanY), 0);
  const squares = xs.reduce((sum, x) => sum + (x - meanX) ** 2, 0);
  const prior = (PRIOR * squares) / xs.length;
  const slope = (products + prior) / (squares + prior || 1);
  return (strength) => share(meanY + slope * (logit(strength) - meanX));
}

/** Returns the standing of every task. */
export function standingsOf({ models, tasks, results }: Facts): TaskStanding[] {
  const on: { model: Model; score: number }[][] = tasks.map(() => []);
  results.forEach((own, i) => {
    for (const { task, score } of own) on[task]?.push({ model: models[i] as Model, score });
  });
  return on.map((all) => {
    all.sort((a, b) => b.score - a.score);
    return {
      scores: all.map(({ score }) => score),
      best: all[0]?.model as Model,
      expected: fit(all.map(({ model, score }) => [model.strength, score])),
    };
  });
}

export interface OnTask {
  task: Task;
  result: Result;
  interval: Interval;
  /** Place among the models measured, from 1; equal scores share it. */
  place: number;
  of: number;
  best: Model;
  bestScore: number;
  /** Score less what its strength makes expect; `null` if too few models were measured. */
  lead: number | null;
}

export function tasksOf(facts: Facts, standings: readonly TaskStanding[], model: number): OnTask[] {
  const { strength } = facts.models[model] as Model;
  return (facts.results[model] ?? []).map((result) => {
    const { scores, best, expected } = standings[result.task] as TaskStanding;
    return {
      task: facts.tasks[result.task] as Task,
      result,
      interval: wilson(result.score, result.questions),
      place: scores.filter((score) => score > result.score).length + 1,
      of: scores.length,
      best,
      bestScore: scores[0] as number,
      lead: expected === undefined ? null : result.score - expected(strength),
    };
  });
}

export interface InDomain {
  domain: string;
  tasks: OnTask[];
  questions: number;
  /** Mean lead over its tasks with the interval that the number of questions leaves; `null` if none has one. */
  lead: number | null;
  interval: Interval;
  /** Set if the lead is certainly above or below zero, and large enough to mention. */
  standsOut: 'above' | 'below' | null;
}

function summary(domain: string, tasks: OnTask[]): InDomain {
  const known = tasks.filter(({ lead }) => lead !== null);
  const questions = tasks.reduce((sum, { result }) => sum + result.questions, 0);
  const lead = known.length === 0 ? null : known.reduce((sum, one) => sum + (one.lead ?? 0), 0) / known.length;
  const spread = Math.hypot(...known.map(({ interval: [low, high] }) => (high - low) / 2)) / Math.max(1, known.length);
  const middle = lead ?? 0;
  const isClear = lead !== null && Math.abs(lead) >= Math.max(LEAST_LEAD, spread);
  return {
    domain,
    tasks,
    questions,
    lead,
    interval: [middle - spread, middle + spread],
    standsOut: !isClear ? null : middle > 0 ? 'above' : 'below',
  };
}

/** Groups the tasks of a model by domain, the highest lead first. */
export function domainsOf(tasks: readonly OnTask[]): InDomain[] {
  const groups = new Map<string, OnTask[]>();
  for (const one of tasks) {
    const group = groups.get(one.task.domain);
    if (group === undefined) groups.set(one.task.domain, [one]);
    else group.push(one);
  }
  const lowest = Number.NEGATIVE_INFINITY;
  return [...groups].map(([name, own]) => summary(name, own)).sort((a, b) => (b.lead ?? lowest) - (a.lead ?? lowest));
}

/** US dollars per million tokens, three of input to one of output. */
export const blendedPrice = ({ price }: Model) => (price === null ? null : (3 * price.in + price.out) / 4);

export interface Rivals {
  best: Model;
  /** The cheapest model that is at least as strong; `undefined` if that is the model itself. */
  cheaper: Model | undefined;
  /** The strongest models of a like price, or of a like strength if the price is unknown. */
  peers: Model[];
}

export function rivalsOf({ models }: Facts, own: Model): Rivals {
  const byStrength = [...models].sort((a, b) => a.place - b.place);
  const price = blendedPrice(own);
  const others = byStrength.filter((model) => model !== own);
  const isLike = (model: Model) => {
    const other = blendedPrice(model);
    if (price === null || other === null) return false;
    return price === 0 || other === 0 ? price === other : Math.max(price / other, other / price) <= LIKE_PRICE;
  };
  const near = (model: Model) => Math.abs(model.place - own.place);
  const peers =
    price === null
      ? [...others].sort((a, b) => near(a) - near(b)).slice(0, MOST_PEERS)
      : others.filter(isLike).slice(0, MOST_PEERS);
  const asGood = byStrength.filter((model) => model.strength >= own.strength && blendedPrice(model) !== null);
  asGood.sort((a, b) => (blendedPrice(a) ?? 0) - (blendedPrice(b) ?? 0));
  const [cheapest] = asGood;
  const isCheaper = cheapest !== undefined && (price === null || (blendedPrice(cheapest) ?? 0) < price);
  return { best: byStrength[0] as Model, cheaper: isCheaper ? cheapest : undefined, peers };
}
