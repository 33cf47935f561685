/** Functions for walking a document with shadow roots, open or closed. */

interface Openers {
  /** Chromium only. */
  dom?: { openOrClosedShadowRoot(element: Element): ShadowRoot | null };
}

/** Returns the shadow root of an element. Each browser has its own way to give extensions access to closed ones. */
export function shadowOf(element: Element): ShadowRoot | null {
  const { dom } = chrome as unknown as Openers;
  try {
    if (dom !== undefined && element instanceof HTMLElement) return dom.openOrClosedShadowRoot(element);
  } catch {
    return element.shadowRoot;
  }
  const { openOrClosedShadowRoot } = element as { openOrClosedShadowRoot?: ShadowRoot | null };
  return openOrClosedShadowRoot ?? element.shadowRoot;
}

/** Returns the focused element, also if it is inside shadow roots. */
export function focusedIn(document: Document): Element | undefined {
  return document.activeElement === null ? undefined : focusedBelow(document.activeElement);
}

/** Returns the focused element inside an element's shadow root; the element itself if there is none. */
export function focusedBelow(element: Element): Element {
  let found = element;
  for (;;) {
    const inner = shadowOf(found)?.activeElement;
    if (inner === null || inner === undefined) return found;
    found = inner;
  }
}

/** Returns the parent element; for the top of a shadow root, its host. */
export function outwards(node: Node): Element | undefined {
  const parent = node.parentNode;
  if (parent instanceof ShadowRoot) return parent.host;
  return parent instanceof Element ? parent : undefined;
}

/** Yields an element and all elements around it. */
export function* chainOf(element: Element): Generator<Element> {
  for (let at: Element | undefined = element; at !== undefined; at = outwards(at)) yield at;
}

/** Returns the shadow roots around an element: scroll events inside of them are not heard outside. */
export function rootsOf(element: Element): ShadowRoot[] {
  const roots: ShadowRoot[] = [];
  for (const at of chainOf(element)) if (at.parentNode instanceof ShadowRoot) roots.push(at.parentNode);
  return roots;
}
