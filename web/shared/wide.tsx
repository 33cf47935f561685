/** A part that scrolls sideways where it is too wide for the screen; only then the keyboard stops at it, to scroll it. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

export function Wide({ label, children }: { label: string; children: ComponentChildren }) {
  const host = useRef<HTMLDivElement>(null);
  const [isScrollable, setScrollable] = useState(false);
  useEffect(() => {
    const here = host.current;
    if (here === null) return;
    const watch = new ResizeObserver(() => setScrollable(here.scrollWidth > here.clientWidth + 1));
    watch.observe(here);
    // The content may grow alone.
    for (const child of here.children) watch.observe(child);
    return () => watch.disconnect();
  }, []);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields
    <div ref={host} class="wide" role="group" aria-label={label} {...(isScrollable ? { tabIndex: 0 } : {})}>
      {children}
    </div>
  );
}
