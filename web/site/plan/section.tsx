/**
 * The user's own graded prompts: which model to send which of them to, what that saves and what it risks. The page loads
 * only the drop zone; the planner follows with the first file.
 */
import './section.css';
import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { BenchmarkFile } from 'signalbox/build';
import { Chooser, DropZone } from '../files/drop-zone.js';
import { handed } from '../handed.js';
import { hasStore } from '../kept/storage.js';
import { LoadFailed } from '../lazy-section.js';
import { checkVersion } from '../offline/version.js';
import { RESULT } from './card/name.js';
import { lastPlan } from './last.js';

type Planner = typeof import('./planner.js');
type Start = (planner: Planner) => unknown;
type Opened = typeof import('./card/opened.js')['OpenedCard'];

/** Shows the card of a link to a result, now and whenever the address changes. */
function Result() {
  const fragment = useSignal('');
  const opened = useSignal<Opened | undefined>(undefined);
  const isFailed = useSignal(false);
  const read = async () => {
    fragment.value = location.hash;
    if (!location.hash.startsWith(RESULT)) return;
    isFailed.value = false;
    try {
      opened.value = (await import('./card/opened.js')).OpenedCard;
    } catch {
      await checkVersion();
      isFailed.value = true;
    }
  };
  useEffect(() => {
    read();
    addEventListener('hashchange', read);
    return () => removeEventListener('hashchange', read);
  }, []);
  if (!fragment.value.startsWith(RESULT)) return null;
  if (isFailed.value) return <LoadFailed onAgain={read} />;
  const Card = opened.value;
  if (Card === undefined) return null;
  return (
    <Card
      fragment={fragment.value}
      onClose={() => {
        history.replaceState(history.state, '', location.pathname + location.search);
        fragment.value = '';
      }}
    />
  );
}

export function PlanSection() {
  const planner = useSignal<Pick<Planner, 'Planner' | 'KeptPlans'> | undefined>(undefined);
  const list = useSignal<Planner['KeptPlans'] | undefined>(undefined);
  const state = useSignal<'idle' | 'loading' | 'failed'>('idle');
  const last = useSignal<Start>(() => undefined);
  const start = async (action: Start) => {
    last.value = action;
    state.value = 'loading';
    try {
      const loaded = await import('./planner.js');
      planner.value = loaded;
      state.value = 'idle';
      action(loaded);
    } catch {
      await checkVersion();
      state.value = 'failed';
    }
  };
  const take = (files: readonly BenchmarkFile[]) => start((loaded) => loaded.take(files));
  const fail = (error: unknown) => start((loaded) => loaded.failed(error));
  const takeExample = () => start((loaded) => loaded.takeExample());
  useSignalEffect(() => {
    const next = handed.value;
    if (next === undefined) return;
    handed.value = undefined;
    if (next === 'example') takeExample();
    else if ('error' in next) fail(next.error);
    else take(next);
  });
  const showKept = async () => {
    if (await hasStore()) list.value = (await import('./kept-plans.js')).KeptPlans;
  };
  useEffect(() => {
    const id = lastPlan();
    if (id !== undefined) start((loaded) => loaded.showAgain(id, false));
    else showKept().catch(checkVersion);
  }, []);
  const Body = planner.value?.Planner;
  const Kept = planner.value?.KeptPlans ?? list.value;
  return (
    <div class="own-prompts">
      <Result />
      <p>
        Drop a table of prompts with grades for the answers of two or more models. In a few seconds you know which model
        to send which kind of prompt to, what that saves, and what it risks. The file does not leave this device.
      </p>
      <DropZone label="Graded prompts" onFiles={take} onFailed={fail}>
        <p class="actions">
          <b>Drop graded prompts here</b> or
          <Chooser id="plan-files" label="Choose files" onFiles={take} />
          <Chooser id="plan-folder" label="Choose a folder" isFolder onFiles={take} />
          <button type="button" class="small" data-plan-example onClick={takeExample}>
            Try an example
          </button>
        </p>
        <p>
          <small>
            CSV or JSON lines: a column <code>prompt</code>, and a column per model with its grades, 0 to 1 or yes and
            no. Columns such as <code>gpt-5.5|cost_usd</code> bring in the costs. At least 30 rows; 100 or more are
            better.
          </small>
        </p>
      </DropZone>
      <div class={state.value === 'idle' && Body === undefined ? undefined : 'plan-room'}>
        {state.value === 'loading' && <p role="status">Loading the planner</p>}
        {state.value === 'failed' && <LoadFailed onAgain={() => start(last.value)} />}
        {Body !== undefined && <Body />}
      </div>
      {Kept !== undefined && <Kept onShow={(id) => start((loaded) => loaded.showAgain(id, true))} />}
    </div>
  );
}
