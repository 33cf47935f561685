/** The way to the picked model on the person's own site. Its address may hold the prompt: it goes there when the link is followed, and not before. */
import type { Decision } from 'signalbox';
import { chatLink } from '../chats/index.js';
import { origin, site } from './state.js';

export function OpenChat({ decision: { model }, prompt }: { decision: Decision; prompt: string }) {
  const here = site.value;
  const page = origin.value;
  const siteModel = here && Object.hasOwn(here.names, model) ? here.names[model] : undefined;
  if (here === undefined || page === null || siteModel === undefined) return null;
  const link = chatLink(here.adapter, { origin: page, endpoint: here.endpoint, siteModel, prompt });
  return (
    <p class="open-chat">
      {link === undefined ? (
        <>
          On this site it is called <b dir="auto">{siteModel}</b>.
        </>
      ) : (
        <a href={link} target="_blank" rel="noreferrer" data-open-chat>
          Open the chat with <bdi>{siteModel}</bdi>
        </a>
      )}
    </p>
  );
}
