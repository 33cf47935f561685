/** The form for the target of a plan. Each change plans again, because the estimates belong to a target. */
import type { ComponentChildren } from 'preact';
import { Folded } from '../../shared/folded.js';
import { Amount } from './amount.js';
import { Progress } from './progress.js';
import { chosen, shown, wish, wishes } from './run.js';
import type { TargetKind } from './wishes.js';

function Choice({ kind, label, children }: { kind: TargetKind; label: string; children?: ComponentChildren }) {
  return (
    <div class="plan-choice">
      <label>
        <input
          type="radio"
          name="plan-target"
          value={kind}
          checked={wishes.value.target === kind}
          onChange={() => wish({ target: kind })}
        />
        {label}
      </label>
      {children && <span>{children}</span>}
    </div>
  );
}

/** The choice of the model that the plan is compared with. */
function Baseline() {
  const models = shown.value?.plan.models ?? [];
  return (
    <div class="plan-baseline">
      <label for="plan-baseline">Compared with</label>
      <select
        id="plan-baseline"
        value={wishes.value.baseline}
        onChange={(event) => wish({ baseline: event.currentTarget.value })}
      >
        <option value="">the best single model</option>
        {models.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

export function TargetForm() {
  return (
    <form class="plan-target" onSubmit={(event) => event.preventDefault()}>
      <fieldset disabled={chosen.value.length === 0}>
        <legend>What should the plan reach?</legend>
        <Choice kind="knee" label="The best trade" />
        <Choice kind="at-most" label="Lose at most">
          <Amount id="plan-at-most" label="Points that may be lost" field="atMost" target="at-most" /> points
        </Choice>
        <Choice kind="max-loss" label="Promise to lose at most">
          <Amount id="plan-max-loss" label="Points of the promise" field="maxLoss" target="max-loss" /> points
        </Choice>
        <Choice kind="save" label="Save at least">
          <Amount id="plan-save" label="Percent of the cost to save" field="save" target="save" /> %
        </Choice>
        <Choice kind="budget" label="Spend at most $">
          <Amount id="plan-budget" label="US dollars a month" field="budget" target="budget" /> a month
        </Choice>
        <div class="plan-choice plan-volume">
          <span>Answers a month</span>
          <span>
            <Amount id="plan-volume" label="Answers a month" field="volume" />
          </span>
        </div>
        <Baseline />
      </fieldset>
      {chosen.value.length === 0 && (
        <p data-no-rows>The rows of the file are not kept. Choose the file again to plan for another target.</p>
      )}
      <Folded summary="What the targets mean">
        {() => (
          <ul class="plain target-notes">
            <li>The best trade: after it, the next dollar saved costs clearly more right answers.</li>
            <li>Lose, save, spend: the best setting that is estimated to reach it.</li>
            <li>A promise: a bound with 95% confidence. Three of ten prompts make the rule, and the others test it.</li>
            <li>Each change plans again: the estimates are for the whole way of choosing, the target included.</li>
          </ul>
        )}
      </Folded>
      <Progress />
    </form>
  );
}
