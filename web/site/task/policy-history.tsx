/** The effect of each label on the decision of every policy. */
import { count, shortName } from '../../shared/format.js';
import type { Change } from './history.js';
import { SHORT_NAMES, TASK_POLICIES, twoPlaces } from './policies.js';
import { history } from './task.js';

function ChangeWords({ change: { from, to } }: { change: Change }) {
  const [before, after] = [twoPlaces(from.p), twoPlaces(to.p)];
  const pick =
    from.model === to.model ? (
      shortName(to.model)
    ) : (
      <strong>
        {shortName(from.model)} → {shortName(to.model)}
      </strong>
    );
  return (
    <>
      {pick}, p{'\u00a0'}
      {before === after ? before : `${before} → ${after}`}
    </>
  );
}

export function PolicyHistory() {
  if (history.value.length === 0) return null;
  return (
    <>
      <h4>Effect of the labels</h4>
      <ol class="task-history">
        {history.value.map(({ id, labels: known, changes }) => (
          <li key={id}>
            After {count(known, 'label')}
            <dl>
              {TASK_POLICIES.map((policy) => {
                const change = changes[policy];
                return (
                  change && (
                    <div key={policy} data-change={policy}>
                      <dt>{SHORT_NAMES[policy]}</dt>
                      <dd>
                        <ChangeWords change={change} />
                      </dd>
                    </div>
                  )
                );
              })}
            </dl>
          </li>
        ))}
      </ol>
    </>
  );
}
