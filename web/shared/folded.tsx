/** A disclosure whose content is rendered when it is first opened: it may be hundreds of rows. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

interface Props {
  id?: string;
  summary: string;
  children: () => ComponentChildren;
}

export function Folded({ id, summary, children }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details id={id} class="folded" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{summary}</summary>
      {isOpen && children()}
    </details>
  );
}
