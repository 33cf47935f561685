/** What an index holds of its samples, copied out of the file (models/FORMAT.md), which the core checked when it opened it. */
import { SignalboxError } from '../errors.js';
import type { IndexInfo, Samples, SamplesOptions } from '../types.js';

const MOST_PLACE = 65535;

function check(options: SamplesOptions): void {
  for (const [key, value] of Object.entries(options)) {
    if (key === 'signal') continue;
    if (key !== 'ids' && key !== 'outcomes') {
      throw new SignalboxError('invalid_argument', `options: '${key}' is not known, expected ids, outcomes or signal`);
    }
    if (value !== undefined && typeof value !== 'boolean') {
      throw new SignalboxError('invalid_argument', `${key} is ${String(value)}, expected true or false`);
    }
  }
}

/** Strings that follow one another, after the offsets at which each begins and the last ends. */
function strings(section: Uint8Array, count: number): string[] {
  const offsets = new Uint32Array(section.slice(0, 4 * (count + 1)).buffer);
  const text = section.subarray(4 * (count + 1));
  // A mark at the beginning of an id is part of it.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return Array.from({ length: count }, (_, i) => decoder.decode(text.subarray(offsets[i], offsets[i + 1])));
}

interface OutcomeSections {
  outcomes: Uint8Array;
  /** Undefined where nothing is missing. */
  measured: Uint8Array | undefined;
}

/** [rows, models]: bits or grades, and NaN where the mask says so. */
function unpack({ outcomes, measured }: OutcomeSections, { rows, models, graded }: IndexInfo): Float32Array {
  const width = models.length;
  const stride = Math.ceil(width / 8);
  const isSet = (bits: Uint8Array, row: number, model: number) =>
    ((bits[row * stride + (model >> 3)] as number) >> (model & 7)) & 1;
  const out = graded ? new Float32Array(outcomes.slice().buffer) : new Float32Array(rows * width);
  for (let row = 0, at = 0; row < rows; ++row) {
    for (let model = 0; model < width; ++model, ++at) {
      if (measured !== undefined && isSet(measured, row, model) === 0) out[at] = Number.NaN;
      else if (!graded) out[at] = isSet(outcomes, row, model);
    }
  }
  return out;
}

/** Errors: `invalid_argument` for options that are not known. */
export function samplesIn(file: Uint8Array, info: IndexInfo, options: SamplesOptions): Samples {
  check(options);
  const section = (name: string): Uint8Array | undefined => {
    const found = info.sections.find((one) => one.name === name);
    return found && file.subarray(found.offsetBytes, found.offsetBytes + found.sizeBytes);
  };
  const needed = (name: string) => section(name) as Uint8Array;
  const ids = options.ids === false ? undefined : section('sample_ids');
  const places = section('map');
  // The mask may be there for nothing, and then counts for nothing.
  const measured = info.missingOutcomes > 0 ? section('measured') : undefined;
  return {
    tasks: new Uint16Array(needed('row_tasks').slice().buffer),
    ids: ids === undefined ? null : strings(ids, info.rows),
    map: places === undefined ? null : Float32Array.from(new Uint16Array(places.slice().buffer), (x) => x / MOST_PLACE),
    outcomes:
      options.outcomes === false ? new Float32Array() : unpack({ outcomes: needed('outcomes'), measured }, info),
  };
}
