/** Creates a plot once its element is on the page, and keeps it up to date. */
import { useEffect, useRef } from 'preact/hooks';

interface LivePlot<Data> {
  show(data: Data): void;
  /** Fits the plot to the size and the colours of the page. */
  refit(): void;
  destroy(): void;
}

export function usePlot<Data, Plot extends LivePlot<Data>>(
  create: (host: HTMLElement, data: Data) => Plot,
  data: Data,
) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | undefined>(undefined);
  const first = useRef({ create, data });
  useEffect(() => {
    if (host.current === null) return;
    const mine = first.current.create(host.current, first.current.data);
    plot.current = mine;
    const resized = new ResizeObserver(() => mine.refit());
    resized.observe(host.current);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const recolour = () => mine.refit();
    scheme.addEventListener('change', recolour);
    return () => {
      resized.disconnect();
      scheme.removeEventListener('change', recolour);
      mine.destroy();
    };
  }, []);
  useEffect(() => plot.current?.show(data), [data]);
  return { host, plot };
}
