/** What a person says about the files, as the builder takes it. */
import type { CodeType } from 'signalbox';
import type { BenchmarkFile, BuildSettings, ModelPrice } from 'signalbox/build';

/** As it was typed; empty: not said. */
export interface Rules {
  name: string;
  /** A line each: a metric for all datasets, or `datasets=metric`. */
  metrics: string;
  low: string;
  high: string;
  threshold: string;
  codes: CodeType;
  prices: readonly [string, ModelPrice][] | undefined;
}

export const NO_RULES: Rules = {
  name: '',
  metrics: '',
  low: '',
  high: '',
  threshold: '',
  codes: 'int8',
  prices: undefined,
};

function metricsOf(text: string): BuildSettings['metrics'] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const rules = lines.map((line) => {
    const at = line.indexOf('=');
    return { datasets: at < 0 ? '*' : line.slice(0, at).trim(), value: line.slice(at + 1).trim() };
  });
  return rules.length === 0 ? undefined : rules;
}

const forAll = <T>(value: T) => [{ datasets: '*', value }];

/** Numbers come from fields that take nothing else; what they may be is the builder's to say. */
export function settingsOf({ name, metrics, low, high, threshold, codes, prices }: Rules): BuildSettings {
  const hasRange = low !== '' || high !== '';
  return {
    ...(name === '' ? {} : { name }),
    codes,
    prices,
    metrics: metricsOf(metrics),
    ranges: hasRange ? forAll([Number(low === '' ? 0 : low), Number(high === '' ? 1 : high)] as const) : undefined,
    thresholds: threshold === '' ? undefined : forAll(Number(threshold)),
  };
}

export const pathOf = (file: BenchmarkFile) =>
  file instanceof File ? file.webkitRelativePath || file.name : file.path;

export const sizeOf = (file: BenchmarkFile) => (file instanceof File ? file : file.file).size;

/** What files are called together: the folder that all are in, or the only one's name. */
export function nameOf(files: readonly BenchmarkFile[]): string {
  const paths = files.map(pathOf);
  const [first = ''] = paths;
  const folder = first.includes('/') ? first.slice(0, first.indexOf('/')) : '';
  if (folder !== '' && paths.every((path) => path.startsWith(`${folder}/`))) return folder;
  if (paths.length === 1) return first.replace(/(\.[a-z0-9]{1,8})+$/i, '') || first;
  return `${paths.length} files of your own`;
}
