/** The planner: progress, the plan, and its options. Loaded with the first file. */
import '../cost/style.css';
import './style.css';
import { useSignal, useSignalEffect } from '@preact/signals';
import { ChosenFiles } from '../files/chosen-files.js';
import { PriceListField } from '../files/price-list-field.js';
import { Loaded } from '../lazy-section.js';
import { Amount } from './amount.js';
import { keepShown } from './keeping.js';
import { Progress } from './progress.js';
import { Result } from './result.js';
import { chosen, planning, sheet, shown, whenPlanned, wish, wishes } from './run.js';

export { showAgain } from './keeping.js';
export { KeptPlans } from './kept-plans.js';
export { failed, take, takeExample } from './run.js';

whenPlanned(keepShown);

function Options() {
  return (
    <details>
      <summary>Options: prices, range of scores, words of prompts</summary>
      <div class="plan-options">
        <PriceListField
          id="plan-prices"
          help="Used for models whose costs are not in the file."
          onPrices={(prices) => wish({ prices })}
        />
        <div>
          <div class="plan-choice">
            <span>Scores go from</span>
            <span>
              <Amount id="plan-low" label="Worst score" field="low" /> to{' '}
              <Amount id="plan-high" label="Best score" field="high" />
            </span>
          </div>
          <small>Needed only if they are not 0 to 1, or right and wrong.</small>
          <label>
            <input
              id="plan-no-words"
              type="checkbox"
              checked={!wishes.value.words}
              onChange={(event) => wish({ words: !event.currentTarget.checked })}
            />
            Keep words of prompts out of the plan, to share it
          </label>
        </div>
      </div>
    </details>
  );
}

/** Returns whether prompts of the files lack grades, or may: a file with too few makes no plan. */
function mayGrade(): boolean {
  if (chosen.value.length === 0) return false;
  const plan = shown.value?.plan;
  if (plan === undefined) return planning.value.kind === 'failed';
  return (shown.value?.ungraded ?? 0) > 0 || plan.models.some(({ measured }) => measured < plan.rows);
}

/** "Grade these next", once there is something to grade, or if the user asks for it. */
function Grade() {
  const isAsked = useSignal(false);
  const isWanted = isAsked.value || sheet.value !== undefined || mayGrade();
  useSignalEffect(() => {
    if (chosen.value.length === 0) isAsked.value = false;
  });
  if (isWanted)
    return <Loaded load={async () => (await import('./grading/section.js')).Grading} when={(act) => act()} />;
  if (shown.value === undefined || chosen.value.length === 0) return null;
  return (
    <p class="actions">
      <button
        type="button"
        class="secondary outline small"
        data-grade
        onClick={() => {
          isAsked.value = true;
        }}
      >
        Grade more prompts
      </button>
    </p>
  );
}

export function Planner() {
  return (
    <div class="planner">
      {chosen.value.length > 0 && <ChosenFiles files={chosen.value} />}
      {chosen.value.length > 0 && <Options />}
      {shown.value === undefined && <Progress />}
      <Result />
      <Grade />
    </div>
  );
}
