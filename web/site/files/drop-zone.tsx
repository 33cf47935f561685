/** A zone that accepts files dropped anywhere in it; its fields do the same by keyboard. */
import './style.css';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { type DroppedFile, droppedFiles } from './dropped-files.js';

interface ChooserProps {
  id: string;
  /** Says what to choose, as a button does. */
  label: string;
  isFolder?: boolean;
  /** Types of the one file that may be chosen; without them, several files of any type. */
  accept?: string;
  /** The id of an explanation. */
  describedBy?: string;
  onFiles: (files: File[]) => unknown;
}

/** A button that chooses files. */
export function Chooser({ id, label, isFolder = false, accept, describedBy, onFiles }: ChooserProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    input.current?.toggleAttribute('webkitdirectory', isFolder);
  }, [isFolder]);
  return (
    <span class="chooser">
      <label for={id} class="button outline small">
        {label}
      </label>
      <input
        ref={input}
        id={id}
        type="file"
        multiple={accept === undefined}
        accept={accept}
        aria-describedby={describedBy}
        // Clearing the value allows choosing the same file again after it was fixed.
        onClick={(event) => {
          event.currentTarget.value = '';
        }}
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          if (files.length > 0) onFiles(files);
        }}
      />
    </span>
  );
}

interface DropZoneProps {
  label: string;
  onFiles: (files: DroppedFile[]) => unknown;
  onFailed: (error: unknown) => void;
  children: ComponentChildren;
}

export function DropZone({ label, onFiles, onFailed, children }: DropZoneProps) {
  const isOver = useSignal(false);
  const over = (event: DragEvent, is: boolean) => {
    event.preventDefault();
    isOver.value = is;
  };
  const drop = async (event: DragEvent) => {
    over(event, false);
    if (event.dataTransfer === null) return;
    try {
      await onFiles(await droppedFiles(event.dataTransfer));
    } catch (error) {
      onFailed(error);
    }
  };
  return (
    <fieldset
      class={isOver.value ? 'drop over' : 'drop'}
      aria-label={label}
      onDragOver={(event) => over(event, true)}
      onDragLeave={(event) => over(event, false)}
      onDrop={drop}
    >
      {children}
    </fieldset>
  );
}
