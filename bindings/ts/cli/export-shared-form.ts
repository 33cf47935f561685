/** Writes the outcomes of an index in the form of Every Eval Ever: totals, and a line per sample, of each model. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { outcomeText, type ReadOutcomes, writeTexts } from './export-rows.js';

const SCHEMA = '0.2.1';
/** An outcome from here on counts as correct, where a sample has to be one or the other. */
const CORRECT = 0.5;

/** Returns a name as a part of a path. */
const safe = (name: string) => name.replace(/[^\w.+-]+/g, '_').replace(/^\.+/, '_') || '_';

/** A model's records, and the sums of its outcomes by task. */
class ModelExport {
  readonly id = randomUUID();
  readonly model: string;
  readonly #read: ReadOutcomes;
  readonly #number: number;
  readonly #evaluation: string;
  readonly #created: string;
  readonly #sums = new Map<number, { sum: number; count: number }>();
  readonly #hash = createHash('sha256');
  #lines = 0;

  constructor(read: ReadOutcomes, number: number, created: string) {
    this.#read = read;
    this.#number = number;
    this.#created = created;
    this.model = read.info.models[number]?.name ?? '';
    this.#evaluation = `signalbox/${this.model}/${created}`;
  }

  *lines(): Generator<string> {
    for (const { task, id, text, outcomes } of this.#read.rows()) {
      const outcome = outcomes[this.#number] as number;
      if (Number.isNaN(outcome)) continue;
      const total = this.#sums.get(task) ?? { sum: 0, count: 0 };
      this.#sums.set(task, { sum: total.sum + outcome, count: total.count + 1 });
      this.#lines += 1;
      const line = {
        schema_version: SCHEMA,
        evaluation_id: this.#evaluation,
        model_id: this.model,
        evaluation_name: this.#taskName(task),
        sample_id: id,
        interaction_type: 'single_turn',
        input: { raw: text, reference: [] },
        output: { raw: [] },
        messages: null,
        answer_attribution: [],
        evaluation: { score: Number(outcomeText(outcome)), is_correct: outcome >= CORRECT },
      };
      yield `${JSON.stringify(line)}\n`;
    }
  }

  takeBytes(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** Returns the totals, after all lines. */
  totals(samplesFile: string): unknown {
    return {
      schema_version: SCHEMA,
      evaluation_id: this.#evaluation,
      retrieved_timestamp: this.#created,
      source_metadata: {
        source_name: 'signalbox export',
        source_type: 'evaluation_run',
        source_organization_name: 'unknown',
        evaluator_relationship: 'other',
      },
      eval_library: { name: 'signalbox', version: 'unknown' },
      model_info: { name: this.model, id: this.model },
      evaluation_results: [...this.#sums].map(([task, { sum, count }]) => this.#result(task, sum / count)),
      detailed_evaluation_results: {
        format: 'jsonl',
        file_path: samplesFile,
        hash_algorithm: 'sha256',
        checksum: this.#hash.digest('hex'),
        total_rows: this.#lines,
      },
    };
  }

  #taskName(task: number): string {
    return this.#read.info.tasks[task]?.name ?? '';
  }

  #result(task: number, score: number): unknown {
    const name = this.#taskName(task);
    return {
      evaluation_name: name,
      source_data: { dataset_name: name, source_type: 'other' },
      metric_config: {
        evaluation_description: 'outcome of an index of signalbox: 0 is the worst score, 1 the best',
        lower_is_better: false,
        score_type: 'continuous',
        min_score: 0,
        max_score: 1,
      },
      score_details: { score: Number(outcomeText(score)) },
    };
  }
}

/** Writes into an empty folder; returns the number of models. */
export async function writeSharedForm(
  folder: string,
  read: ReadOutcomes,
  signal: AbortSignal,
  onModel: (done: number, total: number) => Promise<void>,
): Promise<number> {
  const created = String(Math.floor(Date.now() / 1000));
  const { models } = read.info;
  for (const number of models.keys()) {
    const of = new ModelExport(read, number, created);
    const [developer = 'unknown', ...rest] = of.model.includes('/') ? of.model.split('/') : ['unknown', of.model];
    const place = path.join(safe(developer), safe(rest.join('/')));
    await mkdir(path.join(folder, place), { recursive: true });
    const samples = path.join(place, `${of.id}_samples.jsonl`);
    await writeTexts(path.join(folder, samples), of.lines(), signal, (bytes) => of.takeBytes(bytes));
    const totals = of.totals(samples.split(path.sep).join('/'));
    await writeFile(path.join(folder, place, `${of.id}.json`), `${JSON.stringify(totals, null, 1)}\n`, { signal });
    await onModel(number + 1, models.length);
  }
  return models.length;
}
