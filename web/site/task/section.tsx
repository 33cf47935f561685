/** One model for a whole task: policies side by side, a few labels, and every input by itself. */
import './style.css';
import { EachInput } from './each-input.js';
import { Input } from './input.js';
import { Labelling } from './labelling.js';
import { SideBySide } from './side-by-side.js';
import { decisions, embedded, task, work } from './task.js';

/** What screen readers hear when the task was decided. */
function Said() {
  const pick = decisions.value.signalbox?.model;
  const isSettled = work.value.kind === 'idle' && pick !== undefined;
  return (
    <p role="status" class="visually-hidden">
      {isSettled ? `For the whole task: ask ${pick}.` : ''}
    </p>
  );
}

export function TaskSection() {
  const now = task.value;
  return (
    <>
      <p class="lead">
        One model for a whole set of prompts of one kind. Candidates, prices and the dial are those set for the page.
      </p>
      <Input />
      <Said />
      {now !== undefined && embedded.value !== undefined && (
        <>
          <SideBySide />
          <Labelling key={now.id} />
          <EachInput />
        </>
      )}
    </>
  );
}
