/** The list of what this browser keeps of plans: the plans, the rows of their files, and grades. */
import './kept-plans.css';
import { useEffect } from 'preact/hooks';
import { bytes } from '../../shared/format.js';
import type { KeptPlan } from '../kept/plans.js';
import { currentPlace, kept, refresh, remove, said, setRows } from './keeping.js';

const day = (time: number) => new Date(time).toLocaleDateString('en', { dateStyle: 'medium' });

function partsOf({ hasPlan, hasRows, hasGrades, keptAt, sizeBytes }: KeptPlan): string {
  const parts = [
    hasPlan && `plan of ${day(keptAt)}, ${bytes(sizeBytes)}`,
    hasRows && 'the rows of its files',
    hasGrades && 'grades that you gave',
  ];
  return parts.filter(Boolean).join('; ');
}

interface Props {
  /** Shows a plan again: the planner may not be loaded yet. */
  onShow: (id: string) => void;
}

function Item({ one, onShow }: Props & { one: KeptPlan }) {
  const { id, name, hasPlan, hasRows } = one;
  const isHere = currentPlace() === id;
  return (
    <li data-kept-plan={id}>
      <div>
        <b dir="auto">{name}</b> {isHere && <small>this plan</small>}
        <br />
        <small>{partsOf(one)}</small>
        {isHere && hasPlan && (
          <label class="keep-rows">
            <input
              type="checkbox"
              data-keep-rows
              checked={hasRows}
              onChange={(event) => setRows(event.currentTarget.checked)}
            />
            Keep the rows of the file, too, to plan again another day
          </label>
        )}
      </div>
      <div class="actions">
        {hasPlan && !isHere && (
          <button
            type="button"
            class="secondary outline small"
            aria-label={`Show the plan for ${name}`}
            data-show-plan
            onClick={() => onShow(id)}
          >
            Show
          </button>
        )}
        <button
          type="button"
          class="secondary outline small"
          aria-label={`Delete what is kept of ${name}`}
          data-delete-plan
          onClick={() => remove([id])}
        >
          Delete
        </button>
      </div>
    </li>
  );
}

export function KeptPlans({ onShow }: Props) {
  useEffect(() => {
    refresh();
  }, []);
  const list = kept.value;
  return (
    <div class="kept kept-plans" data-kept-plans={list.length}>
      {list.length > 0 && (
        <>
          <h3>Kept on this device</h3>
          <p>Plans, rows and grades stay in this browser until you delete them. Nothing is sent anywhere.</p>
          <ul>
            {list.map((one) => (
              <Item key={one.id} one={one} onShow={onShow} />
            ))}
          </ul>
          {list.length > 1 && (
            <p class="actions">
              <button
                type="button"
                class="secondary outline small"
                data-delete-plans
                onClick={() => remove(list.map(({ id }) => id))}
              >
                Delete all {list.length}
              </button>
            </p>
          )}
        </>
      )}
      <p role="status" class="status" data-kept-said>
        {said}
      </p>
    </div>
  );
}
