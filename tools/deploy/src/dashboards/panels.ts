import { VisibilityMode } from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardLinkBuilder,
  DashboardLinkType,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import * as heatmaps from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import * as stats from '@grafana/grafana-foundation-sdk/stat';
import * as timeSeries from '@grafana/grafana-foundation-sdk/timeseries';
import type { Query } from './query.ts';

export interface PanelOptions {
  readonly title: string;
  /** What it shows, in a sentence. */
  readonly description: string;
  /** A unit of Grafana's: `s`, `reqps`, `percentunit`, `bytes`, `short`. */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** Columns of the 24 that it takes. */
  readonly width?: number;
}

export interface StatOptions extends PanelOptions {
  /** From where on it is yellow, and from where on red; downwards, when yellow is the higher one. */
  readonly limits?: readonly [yellow: number, red: number];
}

/** The data source that all queries go to, by the uid that deploy/grafana/provisioning gives it. */
export const prometheus = { type: 'prometheus', uid: 'prometheus' };

/** Lines over time. */
export function lines(options: PanelOptions): timeSeries.PanelBuilder {
  return described(new timeSeries.PanelBuilder(), options, { width: 12, height: 8 })
    .targets(options.queries.map((query, index) => target(query, index).range()))
    .legend({ build: () => ({ ...timeSeries.defaultOptions().legend, showLegend: true }) })
    .min(0)
    .fillOpacity(10)
    .showPoints(VisibilityMode.Never);
}

/** Lines of services, each of which leads to its dashboard. */
export function linesOfServices(options: PanelOptions): timeSeries.PanelBuilder {
  const link = new DashboardLinkBuilder('${__field.labels.job}')
    .type(DashboardLinkType.Link)
    .url('/d/service?var-job=${__field.labels.job}&${__url_time_range}');
  return lines(options).dataLinks([link]);
}

/** The last value, as a number for each series. */
export function numbers({ limits, ...options }: StatOptions): stats.PanelBuilder {
  return described(new stats.PanelBuilder(), options, { width: 4, height: 4 })
    .targets(options.queries.map((query, index) => target(query, index).instant()))
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(stepsOf(limits)));
}

/** How many took how long, over time. Its one query gives the buckets of a histogram. */
export function heat(options: PanelOptions): heatmaps.PanelBuilder {
  return described(new heatmaps.PanelBuilder(), options, { width: 12, height: 8 })
    .targets(options.queries.map((query, index) => target(query, index).range().format(PromQueryFormat.Heatmap)))
    .yAxis(new heatmaps.YAxisConfigBuilder().unit(options.unit));
}

interface Describable {
  title(title: string): this;
  description(description: string): this;
  unit(unit: string): this;
  datasource(source: typeof prometheus): this;
  span(width: number): this;
  height(height: number): this;
}

function described<B extends Describable>(
  builder: B,
  options: PanelOptions,
  size: { width: number; height: number },
): B {
  const { title, description, unit, width = size.width } = options;
  const named = builder.title(title).description(description).unit(unit);
  return named.datasource(prometheus).span(width).height(size.height);
}

function target({ expr, legend = '', exemplars = false }: Query, index: number): DataqueryBuilder {
  const query = new DataqueryBuilder()
    .refId(String.fromCharCode(65 + index))
    .datasource(prometheus)
    .expr(expr);
  return query.legendFormat(legend).exemplar(exemplars);
}

function stepsOf(limits: StatOptions['limits']) {
  if (limits === undefined) return [{ value: null, color: 'blue' }];
  const [yellow, red] = limits;
  const colors = yellow <= red ? ['green', 'yellow', 'red'] : ['red', 'yellow', 'green'];
  return [null, ...limits.toSorted((a, b) => a - b)].map((value, index) => ({ value, color: colors[index] ?? '' }));
}
