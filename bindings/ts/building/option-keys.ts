/** The keys of the options of signalbox/build, and checks of their values before anything is read. */
import { anEmbedder, aWasmSource } from '../files/load-options.js';
import { SOURCES } from '../importing/records.js';
import {
  aCallback,
  aCount,
  aFlag,
  aList,
  aNumber,
  aPlainObject,
  aSignal,
  aText,
  type Check,
  checkOptions,
  type Keys,
  oneOf,
  textsOf,
  wrongKind,
} from '../options.js';
import { aPriceList } from '../routing/price-match.js';
import { CODE_TYPES } from '../types.js';
import type { BuildOptions } from './build-index.js';
import type { BuildSettings } from './from-files.js';
import type { BuildFromFilesOptions } from './types.js';

/** Accepts rules for datasets whose values pass the check. */
const perDataset =
  (check: Check): Check =>
  (rules, name) => {
    aList(rules, name);
    for (const rule of rules as { datasets: unknown; value: unknown }[]) {
      checkOptions(rule, { datasets: aText, value: check }, name);
      aText(rule.datasets, `${name}: datasets`);
      check(rule.value, `${name}: value`);
    }
  };

const aRange: Check = (value, name) => {
  const isPair = Array.isArray(value) && value.length === 2 && value.every((limit) => typeof limit === 'number');
  if (!isPair) throw wrongKind(value, name, '[worst, best]');
};

export const SETTINGS_KEYS: Keys<BuildSettings> = {
  from: oneOf(SOURCES),
  metrics: perDataset(aText),
  ranges: perDataset(aRange),
  thresholds: perDataset(aNumber),
  datasets: textsOf,
  models: textsOf,
  excludeDatasets: textsOf,
  excludeModels: textsOf,
  codes: oneOf(CODE_TYPES),
  dims: aCount,
  maxRows: aCount,
  name: aText,
  routing: aPlainObject,
  prices: aPriceList,
  maxWork: aNumber,
  dropCutOff: aFlag,
  texts: aFlag,
  words: aFlag,
};

export const FROM_FILES_KEYS: Keys<BuildFromFilesOptions> = {
  ...SETTINGS_KEYS,
  embedder: anEmbedder,
  wasm: aWasmSource,
  labWasm: aWasmSource,
  measure: aFlag,
  signal: aSignal,
  onProgress: aCallback,
};

export const BUILD_KEYS: Keys<BuildOptions> = { wasm: aWasmSource, signal: aSignal };
