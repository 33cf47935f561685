/**
 * The link to the picked model on the user's site. Its address may contain the prompt, which is sent only when the user
 * follows the link.
 */
import type { Decision } from 'signalbox';
import { chatLink } from '../chats/index.js';
import { origin, site } from './state.js';

export function OpenChat({ decision: { model }, prompt }: { decision: Decision; prompt: string }) {
  const here = site.value;
  const page = origin.value;
  const siteModel = here && Object.hasOwn(here.names, model) ? here.names[model] : undefined;
  if (here === undefined || page === null || siteModel === undefined) return null;
  const link = chatLink(here.adapter, { origin: page, endpoint: here.endpoint, siteModel, prompt });
  // Without a link, the card has the site's name for the model.
  if (link === undefined) return null;
  return (
    <p class="open-chat">
      <a href={link} target="_blank" rel="noreferrer" data-open-chat>
        Open a chat with <bdi>{siteModel}</bdi>
      </a>
    </p>
  );
}
