import { lazy, Suspense } from 'react';
import type { ChartProps } from './drawn-chart.js';

const DrawnChart = lazy(() => import('./drawn-chart.js'));

/** A chart is drawn by a part that is loaded once one is shown; its place is kept free until then. */
export const Chart = (props: ChartProps) => (
  <figure className="chart" style={{ minHeight: props.height }}>
    <Suspense fallback={null}>
      <DrawnChart {...props} />
    </Suspense>
    <figcaption className="for-ears">{props.summary}</figcaption>
  </figure>
);
