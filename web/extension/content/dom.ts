/** Ways through a document that has shadow roots, open or closed. */

interface Openers {
  /** Chromium's. */
  dom?: { openOrClosedShadowRoot(element: Element): ShadowRoot | null };
}

/** The shadow root of an element. Both browsers let extensions into closed ones, each in its own way. */
function shadowOf(element: Element): ShadowRoot | null {
  const { dom } = chrome as unknown as Openers;
  try {
    if (dom !== undefined && element instanceof HTMLElement) return dom.openOrClosedShadowRoot(element);
  } catch {
    return element.shadowRoot;
  }
  const { openOrClosedShadowRoot } = element as { openOrClosedShadowRoot?: ShadowRoot | null };
  return openOrClosedShadowRoot ?? element.shadowRoot;
}

/** The element that has the focus, inside the shadow roots around it. */
export function focusedIn(document: Document): Element | undefined {
  return document.activeElement === null ? undefined : focusedBelow(document.activeElement);
}

/** The same, from an element on; the element itself where its shadow root has no focus, or where there is none. */
export function focusedBelow(element: Element): Element {
  let found = element;
  for (;;) {
    const inner = shadowOf(found)?.activeElement;
    if (inner === null || inner === undefined) return found;
    found = inner;
  }
}

/** The next element outwards; out of a shadow root that is its host. */
export function outwards(node: Node): Element | undefined {
  const parent = node.parentNode;
  if (parent instanceof ShadowRoot) return parent.host;
  return parent instanceof Element ? parent : undefined;
}

/** An element, and all that it lies in. */
export function* chainOf(element: Element): Generator<Element> {
  for (let at: Element | undefined = element; at !== undefined; at = outwards(at)) yield at;
}

/** The shadow roots that an element lies in: what scrolls in there, scrolls unheard outside. */
export function rootsOf(element: Element): ShadowRoot[] {
  const roots: ShadowRoot[] = [];
  for (const at of chainOf(element)) if (at.parentNode instanceof ShadowRoot) roots.push(at.parentNode);
  return roots;
}
