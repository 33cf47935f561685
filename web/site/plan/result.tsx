/** The plan, in the order of its questions: what to do, the picture, the families, the remarks, and how to use it. */
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { planSentences } from 'signalbox/build';
import { Folded } from '../../shared/folded.js';
import { Actions } from './actions.js';
import { Chart } from './chart.js';
import { Families } from './families.js';
import { LAMP_WORDS, lampOf } from './lamp.js';
import { arrived, planning, shown } from './run.js';

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
  const answer = useRef<HTMLDivElement>(null);
  const arrivals = arrived.value;
  // The plan for new files scrolls into sight.
  useEffect(() => {
    if (arrivals > 0) answer.current?.scrollIntoView();
  }, [arrivals]);
  if (now === undefined || plan === undefined || words === undefined) return null;
  const { headline, worst, month, why, risk, notes } = words;
  const lamp = lampOf({ ...plan.proposed, baseline: plan.baseline });
  return (
    <article
      class="plan"
      aria-label="Plan"
      aria-busy={planning.value.kind === 'busy'}
      data-plan={plan.target.kind}
      data-verdict={words.verdict}
    >
      <div ref={answer} class="plan-answer board">
        <p class="plan-lamp">
          <span class={`lamp ${lamp}`} aria-hidden="true" />
          {LAMP_WORDS[lamp]}
        </p>
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
