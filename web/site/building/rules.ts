/** The user's options for a build, and their conversion for the builder. */
import type { CodeType } from 'signalbox';
import type { BenchmarkFile, BuildSettings, PriceList } from 'signalbox/build';

/** Options as typed; empty if not set. */
export interface Rules {
  name: string;
  /** One rule per line: a metric for all datasets, or `datasets=metric`. */
  metrics: string;
  low: string;
  high: string;
  threshold: string;
  codes: CodeType;
  prices: PriceList | undefined;
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

/** Converts the options. The fields accept only numbers; the builder checks their ranges. */
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

/** Names a set of files after the folder that contains them all, or after the only file. */
export function nameOf(files: readonly BenchmarkFile[]): string {
  const paths = files.map(pathOf);
  const [first = ''] = paths;
  const folder = first.includes('/') ? first.slice(0, first.indexOf('/')) : '';
  if (folder !== '' && paths.every((path) => path.startsWith(`${folder}/`))) return folder;
  if (paths.length === 1) return first.replace(/(\.[a-z0-9]{1,8})+$/i, '') || first;
  return `${paths.length} files of your own`;
}

/** Tells files apart in this browser's storage: by their name and size. */
export const placeOf = (files: readonly BenchmarkFile[]) =>
  `${nameOf(files)} ${files.reduce((sum, file) => sum + sizeOf(file), 0)}`;
