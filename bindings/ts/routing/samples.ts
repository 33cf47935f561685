/** Copies the samples of an open index out of its file. */
import {
  decodeMap,
  decodeOutcomes,
  decodeRowTasks,
  decodeStrings,
  findSection,
  outcomeSections,
  type SectionName,
} from '../files/index-file.js';
import type { IndexInfo, Samples, SamplesOptions } from '../types.js';

/** Returns the samples of an index, from its file and the core's description. */
export function samplesIn(file: Uint8Array, info: IndexInfo, options: SamplesOptions): Samples {
  const section = (name: SectionName): Uint8Array | undefined => {
    const found = findSection(info, name);
    return found && file.subarray(found.offsetBytes, found.offsetBytes + found.sizeBytes);
  };
  const needed = (name: SectionName) => section(name) as Uint8Array;
  const ids = options.ids === false ? undefined : section('sample_ids');
  const map = section('map');
  const texts = options.texts === true ? section('texts') : undefined;
  const { outcomes, measured } = outcomeSections(info);
  return {
    tasks: decodeRowTasks(needed('row_tasks')),
    ids: ids === undefined ? null : decodeStrings(ids, info.rows),
    map: map === undefined ? null : decodeMap(map),
    outcomes:
      options.outcomes === false
        ? new Float32Array()
        : decodeOutcomes(info, needed(outcomes), measured && section(measured)),
    texts: texts === undefined ? null : decodeStrings(texts, info.rows),
  };
}
