/** The page's prompt with both embedders, side by side. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { taskLabel } from 'signalbox';
import { Wide } from '../../shared/wide.js';
import { qualityFigure } from '../../shared/words.js';
import { benchmark, info, prompt, refinement } from '../state.js';
import { type Comparison, comparing, comparison, isSeen, type Side } from './compare.js';
import { large } from './large.js';
import { model } from './model.js';

/** Formats a time with three significant figures, on slow and fast devices alike. */
const msWords = (ms: number) => `${ms < 1 ? ms.toFixed(1) : Number(ms.toPrecision(3)).toLocaleString('en')} ms`;

const timeWords = ({ ms, runs }: Side) => (
  <>
    {msWords(ms)} <small>{runs === 1 ? '1 run' : `median of ${runs} runs`}</small>
  </>
);

function qualityOf({ decision }: Side): string {
  if (decision === undefined) return '';
  const { value, label } = qualityFigure(decision);
  return `${value}, ${label}`;
}

const tasksOf = ({ decision }: Side) =>
  decision?.tasks
    .slice(0, 3)
    .map(({ task }) => (info.value === undefined ? task : taskLabel(info.value, task)))
    .join('; ') || 'none';

const readWords = ({ tokens, isTruncated }: Side) =>
  `${tokens ?? 0}${isTruncated ? ', the beginning of the prompt only' : ''}`;

function Row({ name, of, sides }: { name: string; of: (side: Side) => ComponentChildren; sides: Comparison }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td dir="auto">{of(sides.small)}</td>
      <td dir="auto">{of(sides.large)}</td>
    </tr>
  );
}

/** Returns the names of the models, sorted. */
const namesOf = (found: { models: readonly { name: string }[] } | undefined) =>
  (found?.models ?? [])
    .map(({ name }) => name)
    .sort()
    .join('\n');

function agreementWords({ small, large: other }: Comparison): string {
  const [left, right] = [small.decision?.model, other.decision?.model];
  if (left === undefined || right === undefined) return '';
  if (namesOf(info.value) !== namesOf(large.value?.router.info)) {
    return `They cannot agree: the small embedder uses ${benchmark.value.name}, the large one uses ${large.value?.name}, and these have different models.`;
  }
  return left === right
    ? `They agree: both pick ${left}.`
    : `They disagree: the small embedder picks ${left}, the large one picks ${right}.`;
}

function Table({ found }: { found: Comparison }) {
  const hasBoth = found.large.decision !== undefined;
  return (
    <Wide label="Comparison">
      <table class="sides" data-sides aria-busy={found.prompt !== prompt.value}>
        <caption class="visually-hidden">The same prompt through both embedders</caption>
        <thead>
          <tr>
            <td />
            <th scope="col">Small, shipped</th>
            <th scope="col">{refinement.value?.name ?? 'Large'}</th>
          </tr>
        </thead>
        <tbody>
          {hasBoth && (
            <>
              <Row name="Pick" of={({ decision }) => <b>{decision?.model}</b>} sides={found} />
              <Row name="Quality" of={qualityOf} sides={found} />
              <Row name="Reason" of={({ decision }) => decision?.reasons.choice} sides={found} />
              <Row name="Similar tasks" of={tasksOf} sides={found} />
            </>
          )}
          <Row name="Tokens read" of={readWords} sides={found} />
          <Row name={hasBoth ? 'Embedding and routing' : 'Time'} of={timeWords} sides={found} />
        </tbody>
      </table>
    </Wide>
  );
}

function Found() {
  const found = comparison.value;
  if (comparing.value.kind === 'failed') {
    const { error } = comparing.value;
    return (
      <p role="alert" class="failed">
        {error instanceof Error ? error.message : String(error)}
      </p>
    );
  }
  if (found === undefined) return <p class="placeholder">Measuring</p>;
  const isMissing = found.large.decision === undefined;
  return (
    <>
      <Table found={found} />
      <p role="status" class="agreement" dir="auto" data-agreement>
        {isMissing
          ? 'The large embedder has no index yet, so it only reads the prompt. Open or build an index to see its decision.'
          : agreementWords(found)}
      </p>
    </>
  );
}

const SHOWN_CHARACTERS = 160;

function beginningOf(text: string): string {
  const all = [...text.slice(0, 2 * SHOWN_CHARACTERS)];
  return all.length <= SHOWN_CHARACTERS ? text : `${all.slice(0, SHOWN_CHARACTERS).join('')}…`;
}

/** The comparison; measures only while it is on screen. */
export function SideBySide() {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => {
      isSeen.value = entries.some(({ isIntersecting }) => isIntersecting);
    });
    if (place.current !== null) observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  const isReady = model.value.kind === 'ready';
  return (
    <div ref={place}>
      <p>
        For <a href="#prompt">your prompt</a>:{' '}
        <q dir="auto" data-compared-prompt>
          {beginningOf(prompt.value)}
        </q>
      </p>
      {isReady ? <Found /> : <p class="placeholder">Load a model to see the comparison.</p>}
      {isReady && comparison.value?.large.runs === 1 && (
        <small>Measured only once: this model is slow on this device.</small>
      )}
    </div>
  );
}
