/** One model for a batch of similar prompts: policies side by side, labels, and the prompts one by one. */
import './style.css';
import { EachInput } from './each-input.js';
import { Input } from './input.js';
import { Labelling } from './labelling.js';
import { SideBySide } from './side-by-side.js';
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
      <p class="lead">Find one model for a set of similar prompts. The page's candidates, prices and dial apply.</p>
      <Input />
      <Announcement />
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
