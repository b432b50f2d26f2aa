import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export interface ChartProps {
  /** Seconds since 1970, rising. */
  readonly times: readonly number[];
  readonly lines: readonly { readonly label: string; readonly values: readonly (number | null)[] }[];
  readonly format: (value: number) => string;
  /** What the chart shows, in a sentence, for those who do not see it. */
  readonly summary: string;
  readonly height: number;
  /** A price stays until the next bid: steps, not slopes. */
  readonly isStepped?: boolean;
  /** A point in time that is marked, seconds since 1970. */
  readonly mark?: number | undefined;
}

const PALETTE = ['--accent', '--gold', '--info', '--bad'];
const color = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** uPlot on a canvas, in the colours of the page, as wide as its place. */
export default function DrawnChart(props: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const labels = props.lines.map(({ label }) => label).join('\n');

  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn anew for other lines; new values come by setData below
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsOf(latest, element.clientWidth), dataOf(latest.current), element);
    };
    draw();
    const resized = new ResizeObserver(() => {
      plot.current?.setSize({ width: element.clientWidth, height: latest.current.height });
    });
    resized.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    return () => {
      resized.disconnect();
      scheme.removeEventListener('change', draw);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [labels, props.height, props.isStepped]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is drawn is read from the newest props
  useEffect(() => {
    plot.current?.setData(dataOf(latest.current));
  }, [props.times, props.lines, props.mark]);

  return <div ref={place} aria-hidden="true" />;
}

const dataOf = ({ times, lines }: ChartProps): uPlot.AlignedData => [
  times as number[],
  ...lines.map(({ values }) => values as (number | null)[]),
];

function optionsOf(latest: { readonly current: ChartProps }, width: number): uPlot.Options {
  const { lines, height, isStepped } = latest.current;
  const axis: uPlot.Axis = {
    stroke: color('--muted'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  };
  return {
    width,
    height,
    legend: { show: lines.length > 1, live: false },
    // A line that lies flat at nothing is drawn at the bottom, with room above it.
    ...(!isStepped && { scales: { y: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] } } }),
    cursor: { y: false, drag: { x: false, y: false } },
    padding: [12, 8, 0, 0],
    axes: [
      { ...axis, space: 70 },
      { ...axis, size: 72, values: (_, ticks) => ticks.map((tick) => latest.current.format(tick)) },
    ],
    series: [
      {},
      ...lines.map(({ label }, i) => {
        const stroke = color(PALETTE[i % PALETTE.length] ?? '--accent');
        const stepped = isStepped && uPlot.paths.stepped?.({ align: 1 });
        return {
          label,
          stroke,
          width: 2,
          ...(lines.length === 1 && { fill: `${stroke}22` }),
          points: { show: false },
          value: (_: uPlot, value: number | null) => (value === null ? '–' : latest.current.format(value)),
          ...(stepped && { paths: stepped }),
        };
      }),
    ],
    hooks: { draw: [(drawn) => drawMark(drawn, latest.current.mark)] },
  };
}

function drawMark(plot: uPlot, mark: number | undefined): void {
  if (mark === undefined) return;
  const { ctx, bbox } = plot;
  const x = Math.round(plot.valToPos(mark, 'x', true));
  ctx.save();
  ctx.strokeStyle = color('--gold');
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}
