/** Finds the models that may not be picked, by what is known of them beside the benchmark: filters, needs, expiry. */
import { invalid } from '../options.js';
import type { ExclusionReason, IndexInfo, ModelInfo, ModelRecord, Needs, RouteTaskOptions } from '../types.js';
import { clock } from './days.js';
import { makerOf } from './names.js';

type Models = Pick<IndexInfo, 'models'>;

/** Makers are cut in messages. */
const MOST_SHOWN = 100;

/** Compares two dates by the parts that both have. */
function isBefore(a: string, b: string): boolean {
  const length = Math.min(a.length, b.length);
  return a.slice(0, length) < b.slice(0, length);
}

const DISPLAY = /[^a-z0-9]+/g;
/** Writes a maker in one way: as the part of names before the slash. */
const plainMaker = (maker: string) => (makerOf(`${maker.trim().replace(/\s+/g, '-')}/`) ?? '').replace(DISPLAY, '');

/** Returns a model's maker under all its names: that of its record, and that of its own name. */
function makersOf({ name, record }: ModelInfo): string[] {
  return [record?.maker, makerOf(name)].flatMap((maker) => (maker === undefined ? [] : [plainMaker(maker)]));
}

type Filters = { [Key in 'released' | 'makers' | 'openWeights' | 'needs']: RouteTaskOptions[Key] | undefined };

/** Something that is needed of each model. */
interface Need {
  /** Returns whether a model has it; `undefined` if that is not known. */
  isMetBy(record: ModelRecord): boolean | undefined;
  lacking: ExclusionReason;
  /** Reason for models of which it is not known; absent if they stay. */
  unknown?: ExclusionReason;
}

const contextNeed = (tokens: number): Need => ({
  isMetBy: ({ context }) => (context === undefined ? undefined : context >= tokens),
  lacking: 'context_too_small',
});
const modalitiesNeed = (wanted: readonly string[]): Need => ({
  isMetBy: ({ modalities }) =>
    modalities === undefined ? undefined : wanted.every((kind) => modalities.in.includes(kind)),
  lacking: 'lacks_modality',
  unknown: 'unknown_modalities',
});
const TOOLS_NEED: Need = { isMetBy: ({ tools }) => tools, lacking: 'lacks_tools', unknown: 'unknown_tools' };
const STRUCTURE_NEED: Need = {
  isMetBy: ({ structuredOutput }) => structuredOutput,
  lacking: 'lacks_structured_output',
  unknown: 'unknown_structured_output',
};

const hasSome = (kinds: readonly string[] | null | undefined): kinds is readonly string[] =>
  kinds != null && kinds.length > 0;

/** Returns the needs of an input, except for its context. */
function impliedNeeds({ modalities, tools }: Needs): Need[] {
  const needs = hasSome(modalities) ? [modalitiesNeed(modalities)] : [];
  return tools ? [...needs, TOOLS_NEED] : needs;
}

/** Returns the words for the needs of an input of which it is not known whether a model meets them, for a note. */
export function uncheckedNeeds(implied: Needs, { record = {} }: Pick<ModelInfo, 'record'>): string[] {
  const unchecked = impliedNeeds(implied).filter((need) => need.isMetBy(record) === undefined);
  return unchecked.map(({ lacking }) => (lacking === 'lacks_tools' ? 'tools' : 'files'));
}

/**
 * Returns all needs: those of the caller, and those of the input. These keep models of which it is not known, unless a
 * candidate is known to meet them.
 */
function allNeeds(given: Needs | null | undefined, implied: Needs, candidates: () => readonly ModelInfo[]): Need[] {
  const { context, modalities, tools, structuredOutput } = given ?? {};
  const needs = impliedNeeds(implied).map((need) => {
    const isMet = candidates().some(({ record }) => record !== undefined && need.isMetBy(record) === true);
    return isMet ? need : { isMetBy: need.isMetBy, lacking: need.lacking };
  });
  if (context != null) needs.push({ ...contextNeed(context), unknown: 'unknown_context' });
  else if (implied.context != null) needs.push(contextNeed(implied.context));
  if (hasSome(modalities)) needs.push(modalitiesNeed(modalities));
  if (tools) needs.push(TOOLS_NEED);
  if (structuredOutput) needs.push(STRUCTURE_NEED);
  return needs;
}

/** Returns why a model does not meet a need, if it does not. */
function unmet(needs: readonly Need[], record: ModelRecord = {}): ExclusionReason | undefined {
  for (const { isMetBy, lacking, unknown } of needs) {
    const isMet = isMetBy(record);
    const reason = isMet === undefined ? unknown : isMet ? undefined : lacking;
    if (reason !== undefined) return reason;
  }
  return undefined;
}

const expiring = /* @__PURE__ */ new WeakMap<readonly ModelInfo[], readonly ModelInfo[]>();

/** Returns the models with a day from which on they are no longer offered; every decision asks for them. */
function expiringOf({ models }: Models): readonly ModelInfo[] {
  const found = expiring.get(models) ?? models.filter(({ record }) => record?.expires !== undefined);
  expiring.set(models, found);
  return found;
}

/** Returns why a model does not pass the filters, if it does not. `today`: a day; one of a model is known to the month or to the day. */
function reasonOf(
  model: ModelInfo,
  today: string,
  filters: Filters,
  makers: readonly string[] | undefined,
  needs: readonly Need[],
): ExclusionReason | undefined {
  const { released, openWeights } = filters;
  const { record } = model;
  if (record?.expires !== undefined && !isBefore(today, record.expires)) return 'expired';
  if (released != null && (released.from ?? released.to) != null) {
    const day = record?.released;
    if (day === undefined) return 'unknown_released';
    if (released.from != null && isBefore(day, released.from)) return 'released_outside';
    if (released.to != null && isBefore(released.to, day)) return 'released_outside';
  }
  if (makers !== undefined) {
    const own = makersOf(model);
    if (own.length === 0) return 'unknown_maker';
    if (!own.some((maker) => makers.includes(maker))) return 'other_maker';
  }
  if (openWeights != null) {
    if (record?.openWeights === undefined) return 'unknown_open_weights';
    if (record.openWeights !== openWeights) return 'other_weights';
  }
  return unmet(needs, record);
}

/** Errors: `invalid_argument` for a maker of no model. */
function checkMakers(makers: readonly string[], { models }: Models): string[] {
  const all = new Set(models.flatMap(makersOf));
  return makers.map((maker) => {
    const plain = plainMaker(maker);
    if (all.has(plain)) return plain;
    const some = [...new Set(models.flatMap(({ name }) => makerOf(name) ?? []))].sort().slice(0, 20);
    throw invalid(
      `makers: no model of the index is by '${maker.slice(0, MOST_SHOWN)}', expected some of ${some.join(', ')}`,
    );
  });
}

/**
 * Returns the models that the filters and the needs of the input exclude, by reason; `undefined` if they exclude no model.
 * `isCandidate`: by the lists of names.
 */
export function excludedBy(
  filters: Filters,
  implied: Needs,
  info: Models,
  isCandidate: (model: string) => boolean,
): Partial<Record<ExclusionReason, string[]>> | undefined {
  const { released, makers, openWeights } = filters;
  const needs = allNeeds(filters.needs, implied, () => info.models.filter(({ name }) => isCandidate(name)));
  const isFiltered = released != null || makers != null || openWeights != null || needs.length > 0;
  const concerned = isFiltered ? info.models : expiringOf(info);
  if (concerned.length === 0) return undefined;
  const wanted = makers == null ? undefined : checkMakers(makers, info);
  const excluded: Partial<Record<ExclusionReason, string[]>> = {};
  const today = clock.today();
  for (const model of concerned) {
    const reason = reasonOf(model, today, filters, wanted, needs);
    if (reason === undefined) continue;
    const models = excluded[reason] ?? [];
    models.push(model.name);
    excluded[reason] = models;
  }
  return excluded;
}
