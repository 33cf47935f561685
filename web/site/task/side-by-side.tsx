/** The decision for the whole batch, and for experts those of each policy side by side. */
import { useEffect, useRef } from 'preact/hooks';
import type { TaskDecision } from 'signalbox';
import { count, range } from '../../shared/format.js';
import { ModelName } from '../../shared/model-name.js';
import { comparedWords, noteWords } from '../../shared/words.js';
import { recordOf } from '../state.js';
import { POLICY_WORDS, pickOf, reliabilityWords, TASK_POLICIES, type TaskPolicy, twoPlaces } from './policies.js';
import { PolicyHistory } from './policy-history.js';
import { decisions, task, work } from './task.js';

function Figures({ decision, policy }: { decision: TaskDecision; policy: TaskPolicy }) {
  const picked = pickOf(decision);
  return (
    <dl class="task-figures">
      {picked && (
        <>
          <div>
            <dt>{POLICY_WORDS[policy].score}</dt>
            <dd>
              <b data-chance>{comparedWords(decision, picked.pCorrect)}</b>{' '}
              {decision.chance !== null && <small>{range(picked.interval)}</small>}
            </dd>
          </div>
          <div>
            <dt>p, how often the predictor is right</dt>
            <dd>
              <b data-p>{twoPlaces(picked.p)}</b> <small>{reliabilityWords(decision)}</small>
            </dd>
          </div>
        </>
      )}
      <div class="task-small">
        <dt>confidence</dt>
        <dd>
          <b>{twoPlaces(decision.confidence)}</b>
        </dd>
      </div>
      <div class="task-small">
        <dt>fallback</dt>
        <dd>
          <b>{decision.fallback ? 'yes' : 'no'}</b>
        </dd>
      </div>
    </dl>
  );
}

function Column({ policy }: { policy: TaskPolicy }) {
  const decision = decisions.value[policy];
  const { name, meaning } = POLICY_WORDS[policy];
  return (
    <article class="task-policy" aria-labelledby={`task-${policy}`} data-policy={policy}>
      <h3 id={`task-${policy}`}>{name}</h3>
      <p class="task-meaning">{meaning}</p>
      <p class="task-pick">
        {decision ? (
          <strong data-task-pick>{decision.model}</strong>
        ) : (
          <span class="placeholder">Not decided yet.</span>
        )}
      </p>
      {decision ? <Figures decision={decision} policy={policy} /> : <div />}
      <p class="task-trust">{decision?.reasons.choice}</p>
      <details>
        <summary>Details</summary>
        <p class="task-reason">
          {decision?.reasons.resemblance} {decision?.reasons.price} {decision?.notes.map(noteWords).join(' ')}
        </p>
      </details>
    </article>
  );
}

/** The distance of the batch to the benchmark. */
function Distance({ decision: { u, coverage } }: { decision: TaskDecision }) {
  return (
    <p data-distance>
      Distance to the benchmark: u = {twoPlaces(u)}, larger than for {Math.min(99, Math.round(coverage.percentile))}% of
      the benchmark's own samples.
    </p>
  );
}

/** The model for the whole batch. */
export function Answer() {
  const decision = decisions.value.signalbox;
  const host = useRef<HTMLElement>(null);
  const id = task.value?.id;
  const isThere = decision !== undefined;
  // The answer to a new batch scrolls into sight.
  useEffect(() => {
    if (isThere) host.current?.scrollIntoView({ block: 'nearest' });
  }, [id, isThere]);
  const picked = decision && pickOf(decision);
  return (
    <article
      ref={host}
      class="board task-answer"
      aria-label="Suggested model for the batch"
      aria-busy={work.value.kind === 'deciding'}
      data-batch-answer
    >
      <p class="task-meaning">One model for {count(task.value?.prompts.length ?? 0, 'prompt')}</p>
      <p class="task-pick">
        {decision ? (
          <strong>
            <ModelName name={decision.model} record={recordOf(decision.model)} />
          </strong>
        ) : (
          <span class="placeholder">Not decided yet.</span>
        )}
      </p>
      {decision && picked && decision.chance !== null && (
        <p>
          Expected to be right on <b>{comparedWords(decision, picked.pCorrect)}</b> of them (95% interval{' '}
          {range(picked.interval)}).
        </p>
      )}
      {decision && (
        <p class="task-trust">
          {decision.reasons.choice} {decision.reasons.resemblance}
        </p>
      )}
    </article>
  );
}

/** The policies of the paper, and their figures. */
export function Expert() {
  const first = decisions.value.signalbox;
  return (
    <details class="folded" data-expert>
      <summary>Expert: the policies of the paper side by side</summary>
      <div class="task-policies" aria-busy={work.value.kind === 'deciding'}>
        {TASK_POLICIES.map((policy) => (
          <Column key={policy} policy={policy} />
        ))}
      </div>
      {first && <Distance decision={first} />}
      <PolicyHistory />
    </details>
  );
}
