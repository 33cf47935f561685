/** Addresses that open a site's chat with a model. None of them sends anything: that is left to the person. */
import type { AdapterName } from '../stored/schema.js';
import { cut } from './text.js';

/** Longer ones are refused by some servers. */
const LONGEST = 2000;

export interface ChatLink {
  /** Of the site; nothing else is ever linked to. */
  origin: string;
  /** LibreChat's. */
  endpoint: string;
  /** The site's own name of the model. */
  siteModel: string;
  prompt: string;
}

/** Halves of characters have no code in an address. */
const encode = (text: string) => encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));

/** As much of the prompt as the address has room for. */
function withPrompt(address: string, { origin, prompt }: ChatLink): string {
  const room = LONGEST - origin.length - address.length - '&prompt='.length;
  let length = Math.min(prompt.length, Math.max(0, room));
  let encoded = encode(cut(prompt, length));
  while (encoded.length > room && length > 0) {
    // Each step is as large as what is left over demands: a character takes up to nine.
    length -= Math.max(1, Math.ceil((encoded.length - room) / 9));
    encoded = encode(cut(prompt, length));
  }
  return encoded === '' ? address : `${address}&prompt=${encoded}`;
}

const ADDRESSES: Partial<Record<AdapterName, (link: ChatLink) => string>> = {
  // Its `q` would be sent at once.
  'open-webui': ({ siteModel }) => `/?models=${encode(siteModel)}`,
  // Its `prompt` is only filled in: it is sent where `submit=true` stands beside it.
  librechat: (link) => {
    const endpoint = link.endpoint === '' ? '' : `endpoint=${encode(link.endpoint)}&`;
    return withPrompt(`/c/new?${endpoint}model=${encode(link.siteModel)}`, link);
  },
  openrouter: ({ siteModel }) => `/chat?models=${encode(siteModel)}`,
};

/** The address that opens the chat with this model; undefined where the site has none. */
export function chatLink(adapter: AdapterName, link: ChatLink): string | undefined {
  const isOpenRouter = adapter === 'auto' && link.origin === 'https://openrouter.ai';
  const addressOf = ADDRESSES[isOpenRouter ? 'openrouter' : adapter];
  if (addressOf === undefined || link.siteModel === '') return undefined;
  try {
    const url = new URL(addressOf(link), link.origin);
    const isOfSite = url.origin === link.origin && (url.protocol === 'https:' || url.protocol === 'http:');
    return isOfSite && url.href.length <= LONGEST ? url.href : undefined;
  } catch {
    return undefined; // What claims to be an origin is none.
  }
}
