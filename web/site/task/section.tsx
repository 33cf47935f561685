/** One model for a batch of similar prompts, a model for each of them, labels, and the policies side by side. */
import './style.css';
import { EachInput } from './each-input.js';
import { Input } from './input.js';
import { Labelling } from './labelling.js';
import { Answer, Expert } from './side-by-side.js';
import { decisions, embedded, task, work } from './task.js';

/** Announces the decision to screen readers. */
function Announcement() {
  const pick = decisions.value.signalbox?.model;
  const isSettled = work.value.kind === 'idle' && pick !== undefined;
  return (
    <p role="status" class="visually-hidden">
      {isSettled ? `Suggested model for all prompts: ${pick}.` : ''}
    </p>
  );
}

export function TaskSection() {
  const now = task.value;
  return (
    <>
      <p>
        One model for many similar prompts, or one for each. The candidates, prices and the dial of this page apply. The
        prompts stay on this device.
      </p>
      <Input />
      <Announcement />
      {now !== undefined && embedded.value !== undefined && (
        <>
          <Answer />
          <EachInput />
          <Labelling key={now.id} />
          <Expert />
        </>
      )}
    </>
  );
}
