/** The card of a decision for one site. */
import type { Card } from '../../shared/card.js';
import type { Site } from '../stored/schema.js';

/** Returns the card with the site's own name for the model, and without prices where they do not count. */
export function onSite(card: Card, site: Site | undefined): Card {
  if (site === undefined) return card;
  const name = Object.hasOwn(site.names, card.model) ? site.names[card.model] : undefined;
  return {
    ...card,
    ...(name === undefined ? {} : { record: { ...card.record, displayName: name } }),
    // The first figure is that of the quality.
    ...(site.pays === 'plan' ? { figures: card.figures.slice(0, 1) } : {}),
  };
}
