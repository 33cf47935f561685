/** What the extension keeps of a person's choices: plain data, judged whenever it is read. */
import * as v from 'valibot';
import { isHubId } from '../../shared/hub.js';
import { DEFAULT_SETTINGS } from '../../shared/settings.js';
import { CHATS, type ChatName } from '../chats/index.js';

/** Names of models come from benchmarks and from people. */
const NAME = v.pipe(v.string(), v.minLength(1), v.maxLength(300));
const USD = v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(1e6));

/** Chats of one's own seldom have a certificate. */
const LOCAL = /^(localhost|127\.|10\.|192\.168\.|\[::1\])/i;

/** What somebody typed, as the origin of a site; undefined for what is none. */
export function originOf(typed: string): string | undefined {
  const text = typed.trim();
  const scheme = LOCAL.test(text) ? 'http' : 'https';
  try {
    const { origin, protocol } = new URL(/^[a-z]+:\/\//i.test(text) ? text : `${scheme}://${text}`);
    // In a host's name a star is as good as any character; in the browser's permissions it stands for all sites.
    const isOne = !/\*|%2a/i.test(origin);
    return isOne && (protocol === 'https:' || protocol === 'http:') ? origin : undefined;
  } catch {
    return undefined;
  }
}

/** Without a path: "https://chat.example.com". */
const ORIGIN = v.pipe(
  v.string(),
  v.check((text) => originOf(text) === text, 'expected an origin, such as https://chat.example.com'),
);

/** See `Settings` of web/shared/settings. */
const SETTINGS = v.object({
  dial: v.pipe(v.number(), v.minValue(0), v.maxValue(100)),
  excluded: v.array(NAME),
  prices: v.record(NAME, v.union([USD, v.object({ in: USD, out: USD })])),
  pricedOnly: v.boolean(),
});

const SITE = v.object({
  /** Whether its pages get a badge. The browser's permission is another thing, and is asked of the browser. */
  isOn: v.boolean(),
  /** The kind of chat, under the name that the first version gave to this key. */
  adapter: v.picklist<ChatName[]>(['auto', ...CHATS.map(({ name }) => name)]),
  /** The site's own name of each model of the benchmark that it has. Where there is any, only these are suggested there. */
  names: v.record(NAME, NAME),
  /** LibreChat: the endpoint that its addresses name beside the model; may be empty. */
  endpoint: v.pipe(v.string(), v.maxLength(100)),
});
export type Site = v.InferOutput<typeof SITE>;

export const NEW_SITE: Site = { isOn: true, adapter: 'auto', names: {}, endpoint: '' };

/** An index of one's own; its bytes lie in IndexedDB under its id. */
const OWN_INDEX = v.object({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  name: v.pipe(v.string(), v.maxLength(300)),
  sizeBytes: v.pipe(v.number(), v.finite(), v.minValue(0)),
  /** The sentence transformer that it was built with, by its name on the hub; `null`: the shipped embedder. */
  model: v.nullable(v.pipe(v.string(), v.maxLength(200), v.check(isHubId, 'expected a name such as owner/name'))),
  /** Of the downloaded weights. */
  dtype: v.picklist(['q8', 'fp16', 'fp32']),
});
export type OwnIndex = v.InferOutput<typeof OWN_INDEX>;

export const VERSION = 1;

export const STORED = v.object({
  version: v.literal(VERSION),
  settings: SETTINGS,
  sites: v.record(ORIGIN, SITE),
  /** `null`: the shipped one. */
  index: v.nullable(OWN_INDEX),
});
export type Stored = v.InferOutput<typeof STORED>;

export const DEFAULT_STORED: Stored = {
  version: VERSION,
  settings: { ...DEFAULT_SETTINGS, excluded: [], prices: {} },
  sites: {},
  index: null,
};
