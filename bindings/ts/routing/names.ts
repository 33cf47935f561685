/** Finds the model of an index that a name means: an alias, a vendor's own spelling, a host's, a dated version. */

import { editDistance } from '../options.js';

/** A model, with the other names that are known for it. */
export interface NamedModel {
  name: string;
  aliases?: readonly string[] | undefined;
  huggingFaceId?: string | undefined;
}

/** A model that a name means, and how directly: 0 is its exact name, a higher grade a weaker likeness. */
export interface Resolved {
  model: string;
  grade: number;
}

/** Longer texts are not names of models. */
const MOST_LENGTH = 200;

/** Makers by their other names: those of hosts, organisations and libraries. */
const MAKERS: ReadonlyMap<string, string> = /* @__PURE__ */ new Map(
  Object.entries({
    alibaba: 'qwen',
    dashscope: 'qwen',
    'alibaba-cloud': 'qwen',
    amazon: 'amazon',
    'arcee-ai': 'arcee',
    bytedance: 'bytedance-seed',
    'deepseek-ai': 'deepseek',
    coherelabs: 'cohere',
    cohereforai: 'cohere',
    gemini: 'google',
    'google-ai-studio': 'google',
    ibm: 'ibm-granite',
    'meta-llama': 'meta',
    facebook: 'meta',
    minimaxai: 'minimax',
    mistral: 'mistralai',
    moonshot: 'moonshotai',
    'moonshot-ai': 'moonshotai',
    'stepfun-ai': 'stepfun',
    thudm: 'z-ai',
    xai: 'x-ai',
    xiaomimimo: 'xiaomi',
    zai: 'z-ai',
    'zai-org': 'z-ai',
    zhipu: 'z-ai',
    zhipuai: 'z-ai',
  }),
);
/** Makers that may stand before a dot or a colon, as on Bedrock. */
const DOTTED = /* @__PURE__ */ new Set([
  ...MAKERS.keys(),
  ...MAKERS.values(),
  ...['ai21', 'anthropic', 'cohere', 'deepseek', 'google', 'nvidia', 'openai', 'writer'],
]);

const REGION = /^(?:us|eu|apac|ap|jp|au|in|ca|sa|uk|global|us-gov)\./;
/** Bedrock's version: `-v1:0`, `-1:0`, `-v2:1:200k`. */
const BEDROCK_VERSION = /-v?\d+:\d+(?::\w+)?$/;
/** Offers of hosts for one and the same model. */
const VARIANT = /:(?:free|nitro|floor|online|exacto|extended|beta|batch|latest|default)$/;
const DATE = /[-@:_](?:20\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])|latest|default)$/;
/** Endings that only some lists write. */
const ENDINGS = /-(?:instruct|it|preview|maas|hf|fp8|bf16|v1|00\d)$/;

/** A name in parts, in lower case. */
interface Parts {
  /** Its makers or hosts, the nearest one last. */
  owners: string[];
  model: string;
  /** `true` for the name of a region, where the price may differ. */
  isRegional: boolean;
}

function partsOf(name: string): Parts {
  const owners = name.toLowerCase().trim().split('/');
  let model = (owners.pop() as string).replace(BEDROCK_VERSION, '').replace(VARIANT, '');
  const local = model.replace(REGION, '');
  const at = local.search(/[.:]/);
  const before = local.slice(0, Math.max(at, 0));
  const isRegional = local !== model && DOTTED.has(before);
  if (DOTTED.has(before)) {
    owners.push(before);
    model = local.slice(at + 1);
  }
  return { owners: owners.map((owner) => MAKERS.get(owner) ?? owner), model, isRegional };
}

/** Returns the maker of a name such as `vendor/model`, in lower case and under its usual name; `undefined` without one. */
export const makerOf = (name: string): string | undefined => partsOf(name).owners.at(-1);

/** Writes a name of a model in one way, whatever its separators: `claude-opus-4.8` and `Claude Opus 4-8` are the same. */
const plain = (model: string) =>
  model
    .replace(/[\s_.:@-]+/g, '-')
    .replace(/([a-z])-(?=\d)/g, '$1')
    .replace(/^-|-$/g, '');

const undated = (model: string) => model.replace(DATE, '');

function bare(model: string): string {
  let out = undated(model);
  for (let last = ''; last !== out; ) {
    last = out;
    out = out.replace(ENDINGS, '');
  }
  return out;
}

/** The models of a key: one, or several that share it. */
type Found = Map<string, Set<string>>;

function add(found: Found, key: string, model: string): void {
  const models = found.get(key);
  if (models === undefined) found.set(key, new Set([model]));
  else models.add(model);
}

/** Ways to write the model's part of a name, from faithful to loose: of the name that is sought, and of known names. */
const WAYS: readonly (readonly [sought: (model: string) => string, known: (model: string) => string])[] = [
  [(model) => model, (model) => model],
  [undated, (model) => model],
  [undated, undated],
  [bare, bare],
];

/** The names of an index's models. */
export class ModelNames {
  readonly #names: ReadonlySet<string>;
  readonly #makers = new Set<string>();
  readonly #lower: Found = new Map();
  readonly #aliases: Found = new Map();
  /** By way: with and without the maker. */
  readonly #ways: readonly Found[] = WAYS.map(() => new Map());

  constructor(models: readonly NamedModel[]) {
    this.#names = new Set(models.map(({ name }) => name));
    for (const { name, aliases = [], huggingFaceId } of models) {
      add(this.#lower, name.toLowerCase(), name);
      const [maker] = partsOf(name).owners.slice(-1);
      if (maker !== undefined) this.#makers.add(maker);
      this.#addWays(name, name);
      for (const alias of huggingFaceId === undefined ? aliases : [...aliases, huggingFaceId]) {
        add(this.#aliases, alias.toLowerCase(), name);
        this.#addWays(alias, name);
      }
    }
  }

  #addWays(known: string, name: string): void {
    const { owners, model } = partsOf(known);
    for (const [i, [, write]] of WAYS.entries()) {
      const found = this.#ways[i] as Found;
      const written = plain(write(model));
      if (written === '') continue;
      add(found, written, name);
      const maker = owners.at(-1);
      if (maker !== undefined) add(found, `${maker}/${written}`, name);
    }
  }

  /** Returns the models that a name may mean, by the most faithful way that knows it; their names in the index's order. */
  #candidates(name: string): { models: readonly string[]; grade: number } {
    if (this.#names.has(name)) return { models: [name], grade: 0 };
    if (typeof name !== 'string' || name.length > MOST_LENGTH) return { models: [], grade: 0 };
    const lower = name.toLowerCase().trim();
    for (const [i, found] of [this.#lower, this.#aliases].entries()) {
      const models = found.get(lower);
      if (models !== undefined) return { models: [...models], grade: 1 + i };
    }
    const { owners, model, isRegional } = partsOf(name);
    const maker = owners.filter((owner) => this.#makers.has(owner)).at(-1);
    for (const [i, [write]] of WAYS.entries()) {
      const written = plain(write(model));
      const models = this.#ways[i]?.get(maker === undefined ? written : `${maker}/${written}`);
      // A host's entry ranks behind the maker's own and a bare name.
      const isHosted = isRegional || owners.length > (maker === undefined ? 0 : 1);
      if (models !== undefined) return { models: [...models], grade: 3 + 2 * i + Number(isHosted) };
    }
    return { models: [], grade: 0 };
  }

  /** Returns the model that a name means; `null` without one, or if there are several. */
  find(name: string): Resolved | null {
    const { models, grade } = this.#candidates(name);
    const [model] = models;
    return model === undefined || models.length > 1 ? null : { model, grade };
  }

  /** Returns the name in the index; see `find`. */
  resolve(name: string): string | null {
    return this.find(name)?.model ?? null;
  }

  /** Returns the names nearest to one that means no model, at most three: by their edit distance, without makers. */
  nearest(name: string): string[] {
    const sought = plain(partsOf(name.slice(0, MOST_LENGTH)).model);
    const least = Math.max(2, Math.floor((2 * sought.length) / 5) + 1);
    const distances = [...this.#names].flatMap((model) => {
      const other = plain(partsOf(model).model);
      if (sought === '' || Math.abs(other.length - sought.length) >= least) return [];
      const distance = editDistance(sought, other);
      return distance < least ? [{ model, distance }] : [];
    });
    return distances
      .sort((a, b) => a.distance - b.distance)
      .slice(0, 3)
      .map(({ model }) => model);
  }

  /** Returns the models that an ambiguous name may mean; empty for every other name. */
  ambiguous(name: string): readonly string[] {
    const { models } = this.#candidates(name);
    return models.length > 1 ? models : [];
  }
}
