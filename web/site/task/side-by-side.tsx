/** The task's decisions by each policy, side by side. */
import type { TaskDecision } from 'signalbox';
import { range } from '../../shared/format.js';
import { comparedWords, noteWords } from '../../shared/words.js';
import { POLICY_WORDS, pickOf, reliabilityWords, TASK_POLICIES, type TaskPolicy, twoPlaces } from './policies.js';
import { decisions, work } from './task.js';

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

export function SideBySide() {
  const first = decisions.value.signalbox;
  return (
    <>
      <div class="task-policies" aria-busy={work.value.kind === 'deciding'}>
        {TASK_POLICIES.map((policy) => (
          <Column key={policy} policy={policy} />
        ))}
      </div>
      {first && (
        <p data-distance>
          Distance to the benchmark: u = {twoPlaces(first.u)}, larger than for{' '}
          {Math.min(99, Math.round(first.coverage.percentile))}% of the benchmark's own samples.
        </p>
      )}
    </>
  );
}
