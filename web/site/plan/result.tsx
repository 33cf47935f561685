/** The plan, in the order of its questions: what to do, the picture, the families, the remarks, and how to use it. */
import { useMemo } from 'preact/hooks';
import { planSentences } from 'signalbox/build';
import { Folded } from '../../shared/folded.js';
import { Actions } from './actions.js';
import { Chart } from './chart.js';
import { Families } from './families.js';
import { planning, shown } from './run.js';

function List({ lines }: { lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <ul class="plain">
      {lines.map((line) => (
        <li key={line} dir="auto">
          {line}
        </li>
      ))}
    </ul>
  );
}

export function Result() {
  const now = shown.value;
  const plan = now?.plan;
  const words = useMemo(() => (plan === undefined ? undefined : planSentences(plan)), [plan]);
  if (now === undefined || plan === undefined || words === undefined) return null;
  const { headline, worst, month, why, risk, notes } = words;
  return (
    <article
      class="plan"
      aria-label="Plan"
      aria-busy={planning.value.kind === 'busy'}
      data-plan={plan.target.kind}
      data-verdict={words.verdict}
    >
      <div class="plan-answer">
        <h3 dir="auto" data-headline>
          {headline}
        </h3>
        <p dir="auto">
          {worst} {month}
        </p>
      </div>
      <Chart key={now.name} plan={plan} />
      <Families shown={now} />
      <List lines={[...risk, ...notes]} />
      <Folded summary="How this was estimated">{() => <List lines={why} />}</Folded>
      <Actions shown={now} />
      <Folded summary="How the file was read">
        {() => (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
          <pre class="wide" tabIndex={0}>
            {now.reading}
          </pre>
        )}
      </Folded>
    </article>
  );
}
