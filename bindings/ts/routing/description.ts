/** Describes an index that the core has opened. */
import { detailsIn } from '../embedding/embedder-details.js';
import { checkRecords } from '../files/records.js';
import type { IndexInfo } from '../types.js';
import type { Core } from '../wasm/core-module.js';

/** Describes an open index, with the details of its embedder from the metadata. */
export function describe(core: Core, handle: number): IndexInfo {
  const info = core.describeIndex(handle);
  checkRecords(info);
  const details = detailsIn(info.metadata);
  return details === undefined ? info : { ...info, embedder: { ...info.embedder, details } };
}
