/** Chats on sites of their own, which are recognised by their address and differ in little but selectors. */
import type { Chat, Offer } from './chat.js';
import { editableOf } from './editable.js';
import { modelShown } from './offer.js';
import { pickedIn } from './picked.js';

interface Hosted<Name extends string> {
  name: Name;
  label: string;
  homes: readonly string[];
  /** Selector of the prompt box, or of an element directly around it. */
  box: string;
  /** Selectors of the picker, from the surest on. */
  picker: readonly string[];
  /** The part of the picker's label before the name of the model. */
  prefix?: RegExp;
  offer: Offer;
}

/** Returns the record of such a chat. It has no link: what these sites do with a prompt in an address differs and changes. */
export function hosted<Name extends string>(site: Hosted<Name>): Chat & { name: Name } {
  const { name, label, homes, box, picker, prefix, offer } = site;
  return {
    name,
    label,
    homes,
    offer,
    fits: (_, { origin }) => homes.includes(origin),
    isHealthy: (document) => document.querySelector(box) !== null,
    box: (element) => {
      const editable = editableOf(element);
      return editable?.closest(box) === null ? undefined : editable;
    },
    link: () => undefined,
    picked: (document) => {
      const texts = pickedIn(document, picker, prefix);
      // A page may have other elements of the same kind.
      return texts.find((text) => modelShown(offer.models, text) !== undefined) ?? texts[0];
    },
  };
}
