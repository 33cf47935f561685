/** Announces the steps of the planner, and shows its progress and errors. */
import { planSentences } from 'signalbox/build';
import { planning, shown, stop } from './run.js';

export function Progress() {
  const now = planning.value;
  const hasPlan = shown.value !== undefined;
  if (now.kind === 'failed') {
    const message = now.error instanceof Error ? now.error.message : String(now.error);
    return (
      <div role="alert" class="failed" data-plan-error>
        <p class="message" dir="auto">
          No plan was made: {/[.!?]$/.test(message) ? message : `${message}.`}
        </p>
        {hasPlan && <p>The plan that is shown is the one before.</p>}
      </div>
    );
  }
  const words = {
    idle: '',
    stopped: hasPlan ? 'Stopped. The plan that is shown is the one before.' : 'Stopped.',
    done: 'The plan is ready.',
  };
  return (
    <div class="plan-progress" data-planning={now.kind}>
      <p role="status" class="status">
        {now.kind === 'busy' ? now.step : now.kind === 'incomplete' ? now.text : words[now.kind]}
        {now.kind === 'done' && shown.value !== undefined && (
          <span class="visually-hidden"> {planSentences(shown.value.plan).headline}</span>
        )}
      </p>
      {now.kind === 'busy' && (
        <div class="actions">
          <progress aria-label="Planning" {...(now.share === undefined ? {} : { value: now.share })} />
          <button type="button" class="small" data-plan-stop onClick={stop}>
            Stop
          </button>
        </div>
      )}
    </div>
  );
}
