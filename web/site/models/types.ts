/** The facts that the pages of models show. `scripts/pages/facts.mjs` reads them from the index. */

export interface Price {
  /** US dollars per million tokens. */
  in: number;
  out: number;
  cacheRead: number | null;
  date: string | null;
  source: string | null;
  tiered: boolean;
}

export interface Model {
  name: string;
  /** Part of the page's address. */
  slug: string;
  /** Place by `strength`, from 1. */
  place: number;
  title: string;
  maker: string | null;
  released: string | null;
  openWeights: boolean | null;
  context: number | null;
  input: string[] | null;
  tools: boolean | null;
  effort: string | null;
  huggingFaceId: string | null;
  paramsB: number | null;
  /** Mean score over the tasks of the index; those that were not measured are predicted. */
  strength: number;
  price: Price | null;
}

/** `elo`: the chance of beating a panel of models, from ratings. */
export type Measure = 'accuracy' | 'graded' | 'elo';

export interface Task {
  name: string;
  title: string;
  domain: string;
  benchmark: string;
  measure: Measure;
  weight: number;
  source: string | null;
  date: string | null;
  licence: string | null;
}

export interface Result {
  /** Number of the task. */
  task: number;
  score: number;
  /** Questions, or what ratings and compiled scores are worth in questions. */
  questions: number;
  /** The result on each question of the task, in a fixed order, if it is known. */
  outcomes?: (number | null)[];
}

export interface Kind {
  title: string;
  /** Prompts that the prediction is for. */
  prompts: number;
  /** Predicted place of each model. */
  places: number[];
}

export interface Facts {
  name: string;
  models: Model[];
  tasks: Task[];
  /** The results of each model, by ascending task. */
  results: Result[][];
  kinds: Kind[];
}
