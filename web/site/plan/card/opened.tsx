/** A card that came with a link. */
import { useEffect, useRef } from 'preact/hooks';
import { LAMP_WORDS, lampOf } from '../lamp.js';
import { readResult } from './link.js';
import { CardPicture } from './picture.js';

interface Props {
  fragment: string;
  onClose: () => void;
}

export function OpenedCard({ fragment, onClose }: Props) {
  const host = useRef<HTMLElement>(null);
  useEffect(() => host.current?.scrollIntoView(), [fragment]);
  const found = readResult(fragment);
  if (found === undefined) return null;
  return (
    <article ref={host} class="card-opened" aria-label="Result from a link" data-card-opened>
      {'problem' in found ? (
        <p class="failed" role="alert">
          The link to a result cannot be read: {found.problem}.
        </p>
      ) : (
        <>
          <CardPicture figures={found.figures} />
          <p>
            <b>{LAMP_WORDS[lampOf(found.figures)]}.</b> Somebody shared this result. Its figures came with the link, and
            nobody has checked them. Drop your own graded prompts below to get yours.
          </p>
        </>
      )}
      <p class="actions">
        <button type="button" class="secondary outline small" data-card-close onClick={onClose}>
          Close
        </button>
      </p>
    </article>
  );
}
