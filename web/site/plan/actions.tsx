/** The uses of a plan: download it, copy it, or route with it in this page. */
import { useSignal } from '@preact/signals';
import { planCode, planReport, planTable } from 'signalbox/build';
import { Folded } from '../../shared/folded.js';
import { save } from '../../shared/save.js';
import { backToShipped } from '../building/build.js';
import { remember } from '../kept/remembered.js';
import { benchmark, routeOn } from '../state.js';
import { ShareCard } from './card/share.js';
import type { Shown } from './run.js';

/** Benchmarks of the page that were made of a plan. */
const routed = new WeakMap<object, Shown>();

function routeWith(shown: Shown): void {
  const next = { name: `plan for ${shown.name}`, index: shown.index };
  routed.set(next, shown);
  remember(undefined);
  routeOn(next);
}

function Routing({ shown }: { shown: Shown }) {
  if (routed.get(benchmark.value) !== shown) {
    return (
      <button type="button" class="secondary outline small" data-route-with onClick={() => routeWith(shown)}>
        Route with it in this page
      </button>
    );
  }
  return (
    <button type="button" class="secondary outline small" data-route-shipped onClick={backToShipped}>
      Route with the shipped benchmark again
    </button>
  );
}

interface TextProps {
  name: string;
  summary: string;
  text: string;
}

/** A text to read, and to copy by hand where the browser does not let the page copy. */
function Text({ name, summary, text }: TextProps) {
  return (
    <Folded summary={summary}>
      {() => (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
        <pre class="wide" tabIndex={0} data-text={name}>
          {text}
        </pre>
      )}
    </Folded>
  );
}

export function Actions({ shown }: { shown: Shown }) {
  const said = useSignal('');
  const say = (text: string) => {
    said.value = text;
  };
  const report = async () => {
    try {
      save('plan.html', 'text/html', [await planReport(shown.plan)]);
    } catch (error) {
      say(`The report could not be made: ${error instanceof Error ? error.message : String(error)}.`);
    }
  };
  const copy = async (name: string, text: string) => {
    try {
      await navigator.clipboard.writeText(text);
      say(`Copied the ${name}.`);
    } catch {
      say(`The browser does not let the page copy. Open the ${name} below, and copy it there.`);
    }
  };
  const texts = [
    {
      name: 'table',
      summary: 'The table: the plan in ten lines, for use without the router',
      text: planTable(shown.plan),
    },
    { name: 'code', summary: 'The code that calls the router', text: planCode(shown.plan) },
  ];
  return (
    <>
      <h3>Use it</h3>
      <div class="actions">
        <button
          type="button"
          class="small"
          data-download-plan
          onClick={() => save('plan.sbx', 'application/octet-stream', [shown.index])}
        >
          Download plan.sbx
        </button>
        <button type="button" class="secondary outline small" data-download-report onClick={report}>
          Download the report
        </button>
        {texts.map(({ name, text }) => (
          <button
            key={name}
            type="button"
            class="secondary outline small"
            data-copy={name}
            onClick={() => copy(name, text)}
          >
            Copy the {name}
          </button>
        ))}
        <Routing shown={shown} />
      </div>
      <p role="status" class="status" data-plan-said>
        {said}
      </p>
      <p role="status" data-plan-routed>
        {routed.get(benchmark.value) === shown && (
          <>
            The page now routes with this plan: try it on <a href="#prompt">your prompt</a>. It is forgotten when you
            close the page, unless you <a href="#benchmark">keep it</a>.
          </>
        )}
      </p>
      <Folded id="plan-card" summary="A card of this result, to send on">
        {() => <ShareCard plan={shown.plan} />}
      </Folded>
      {texts.map((text) => (
        <Text key={text.name} {...text} />
      ))}
    </>
  );
}
