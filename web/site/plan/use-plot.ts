/** Creates the plot once its element is on the page, and keeps it up to date. */
import { useEffect, useRef } from 'preact/hooks';
import { PlanPlot, type PlotData } from './plot.js';

export function usePlot(data: PlotData) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<PlanPlot | undefined>(undefined);
  const first = useRef(data);
  useEffect(() => {
    if (host.current === null) return;
    const mine = new PlanPlot(host.current, first.current);
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
