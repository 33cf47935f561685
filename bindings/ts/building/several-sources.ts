/** Keeps the datasets of several sources apart. */
import type { RecordSink, Source } from '../importing/records.js';

/** Our plain forms name datasets and samples in the user's own words: the same names are the same samples. */
const PLAIN: readonly Source[] = ['long', 'wide'];

/**
 * Names the datasets of several sources. Two tools may number other samples of a dataset with the same name: that of the
 * second one is `name (source)`.
 */
export class SourceNames {
  readonly #owners = new Map<string, string>();

  /** Returns a sink for the records of one source. */
  sinkFor(source: Source, sink: RecordSink): RecordSink {
    const owner = PLAIN.includes(source) ? 'plain' : source;
    const nameOf = (dataset: string) => {
      const first = this.#owners.get(dataset);
      if (first === undefined) this.#owners.set(dataset, owner);
      return first === undefined || first === owner ? dataset : `${dataset} (${source})`;
    };
    return {
      sample: (sample) => sink.sample({ ...sample, dataset: nameOf(sample.dataset) }),
      score: (...of) => sink.score(...of),
      answer: (...of) => sink.answer(...of),
      lowerIsBetter: (dataset, metric) => sink.lowerIsBetter(nameOf(dataset), metric),
      scale: (dataset, ...of) => sink.scale(nameOf(dataset), ...of),
      columns: (...of) => sink.columns?.(...of),
      drop: (...of) => sink.drop(...of),
    };
  }
}
