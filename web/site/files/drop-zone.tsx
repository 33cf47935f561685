/** A zone that accepts files dropped anywhere in it; its fields do the same by keyboard. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { type DroppedFile, droppedFiles } from './dropped-files.js';

interface ChooserProps {
  id: string;
  label: string;
  isFolder?: boolean;
  accept?: string;
  onFiles: (files: File[]) => void;
}

export function Chooser({ id, label, isFolder = false, accept, onFiles }: ChooserProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    input.current?.toggleAttribute('webkitdirectory', isFolder);
  }, [isFolder]);
  return (
    <div>
      <label for={id}>{label}</label>
      <input
        ref={input}
        id={id}
        type="file"
        multiple={accept === undefined}
        accept={accept}
        // Clearing the value allows choosing the same file again after it was fixed.
        onClick={(event) => {
          event.currentTarget.value = '';
        }}
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          if (files.length > 0) onFiles(files);
        }}
      />
    </div>
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
