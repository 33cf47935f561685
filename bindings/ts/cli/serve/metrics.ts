/** Counts what a gateway does, for Prometheus and the status page. */
import type { RoutingTrace } from '../../integrations/chooser.js';

/** Upper bounds of the histogram of decision times, in seconds. */
const BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5];

/** Escapes a label's value as the text format wants it. */
const label = (value: string) => value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');

const add = (counts: Map<string, number>, key: string, by = 1) => counts.set(key, (counts.get(key) ?? 0) + by);

export class Metrics {
  readonly startedAt = new Date();
  /** Requests by "path status". */
  readonly requests = new Map<string, number>();
  /** Decisions by the model that answered, or in shadow mode would have. */
  readonly decisions = new Map<string, number>();
  routerErrors = 0;
  failovers = 0;
  /** Expected US dollars that the decisions save against the baseline. */
  savedUsd = 0;
  /** Decisions whose saving is known. */
  priced = 0;
  inFlight = 0;
  refused = 0;
  logErrors = 0;
  readonly #buckets = new Array<number>(BOUNDS.length + 1).fill(0);
  #seconds = 0;

  countRequest(path: string, status: number): void {
    add(this.requests, `${path} ${status}`);
  }

  countDecision({ model, failed, savedUsd, error }: RoutingTrace): void {
    add(this.decisions, model);
    this.failovers += failed.length;
    if (error !== undefined) this.routerErrors += 1;
    if (savedUsd === null) return;
    this.savedUsd += savedUsd;
    this.priced += 1;
  }

  countTime(seconds: number): void {
    const within = BOUNDS.findIndex((bound) => seconds <= bound);
    const bucket = within < 0 ? BOUNDS.length : within;
    this.#buckets[bucket] = (this.#buckets[bucket] as number) + 1;
    this.#seconds += seconds;
  }

  /** Returns all counts in Prometheus's text format. */
  text(): string {
    const lines: string[] = [];
    const family = (name: string, type: string, help: string, samples: readonly (readonly [string, number])[]) => {
      lines.push(`# HELP signalbox_${name} ${help}`, `# TYPE signalbox_${name} ${type}`);
      for (const [labels, value] of samples) lines.push(`signalbox_${name}${labels} ${value}`);
    };
    const requests = [...this.requests].map(([key, count]) => {
      const [path = '', status = ''] = key.split(' ');
      return [`{path="${label(path)}",status="${status}"}`, count] as const;
    });
    const decisions = [...this.decisions].map(([model, count]) => [`{model="${label(model)}"}`, count] as const);
    family('requests_total', 'counter', 'Requests by path and status.', requests);
    family('decisions_total', 'counter', 'Decisions by model.', decisions);
    family('router_errors_total', 'counter', 'Decisions that the fallback model replaced.', [['', this.routerErrors]]);
    family('failovers_total', 'counter', 'Models that failed before another one answered.', [['', this.failovers]]);
    family('refused_total', 'counter', 'Requests refused because too many were in flight.', [['', this.refused]]);
    family('log_errors_total', 'counter', 'Lines of the log that could not be written.', [['', this.logErrors]]);
    family('saved_usd', 'gauge', 'Expected US dollars saved against the baseline.', [['', this.savedUsd]]);
    family('in_flight', 'gauge', 'Requests that are not answered completely.', [['', this.inFlight]]);
    let below = 0;
    const buckets = [...BOUNDS, '+Inf'].map((bound, i) => {
      below += this.#buckets[i] as number;
      return [`_bucket{le="${bound}"}`, below] as const;
    });
    const totals = [['_sum', this.#seconds] as const, ['_count', below] as const];
    family('decision_seconds', 'histogram', 'Time of a decision.', [...buckets, ...totals]);
    return `${lines.join('\n')}\n`;
  }
}
