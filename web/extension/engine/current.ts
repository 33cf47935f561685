/** The model that the user is on. */
import { pickedOn } from '../chats/index.js';
import type { PageFacts } from '../messages.js';
import type { OwnIndex, Site } from '../stored/schema.js';
import type { Engine } from './engine.js';

/**
 * Returns the model that the picker shows, or else the one that the user mostly uses there; `null` if neither is known. A
 * picker that shows something else, such as a mode of the site's own, says that it is not the usual model.
 */
export async function currentOn(
  { names, usual }: Site,
  page: PageFacts | undefined,
  engine: Pick<Engine, 'resolve'>,
  index: OwnIndex | null,
): Promise<string | null> {
  const picked = page?.picked ?? null;
  if (picked === null) return usual;
  return pickedOn(page?.chat, names, picked) ?? (await engine.resolve(picked, index));
}
