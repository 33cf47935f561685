/** The planner: progress, the plan, and its options. Loaded with the first file. */
import '../cost/style.css';
import './style.css';
import { ChosenFiles } from '../files/chosen-files.js';
import { PriceListField } from '../files/price-list-field.js';
import { Amount } from './amount.js';
import { Progress } from './progress.js';
import { Result } from './result.js';
import { chosen, shown, wish, wishes } from './run.js';

export { failed, take, takeExample } from './run.js';

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

export function Planner() {
  return (
    <div class="planner">
      {chosen.value.length > 0 && <ChosenFiles files={chosen.value} />}
      {chosen.value.length > 0 && <Options />}
      {shown.value === undefined && <Progress />}
      <Result />
    </div>
  );
}
