import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
  type Panel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { prometheus } from './panels.ts';

/* eslint-disable @typescript-eslint/no-deprecated -- the next version of the format is behind a feature toggle in Grafana 12 */
export type Dashboard = ReturnType<DashboardBuilder['build']>;

export interface DashboardOptions {
  /** Its id in URLs, and the name of its file. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables?: readonly Variable[];
  readonly rows: readonly Row[];
}

export interface Variable {
  readonly name: string;
  readonly label: string;
  /** What its values are, as Grafana asks Prometheus for them: `label_values(up, job)`. */
  readonly query: string;
  /** Whether one value is picked, or any number of them. */
  readonly several?: boolean;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly { build(): Panel }[];
}

/** One of our processes' services. What is generated later comes by itself. */
export const job: Variable = { name: 'job', label: 'Service', query: 'label_values(build_info, job)' };

/** Its instances, all unless some are picked. */
export const instance: Variable = {
  name: 'instance',
  label: 'Instance',
  query: 'label_values(build_info{job="$job"}, instance)',
  several: true,
};

const tag = 'system';

/** A dashboard that looks like the others and leads to them. */
export function dashboard({ uid, title, description, variables = [], rows }: DashboardOptions): Dashboard {
  const others = new DashboardLinkBuilder('Dashboards').type(DashboardLinkType.Dashboards).tags([tag]);
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([tag])
    .time({ from: 'now-30m', to: 'now' })
    .refresh('10s')
    .tooltip(DashboardCursorSync.Crosshair)
    .variables(variables.map(variable))
    .links([
      others.includeVars(true).keepTime(true),
      ...(variables.some(({ name }) => name === job.name) ? [logs()] : []),
    ]);
  for (const { title: name, panels } of rows) {
    builder.withRow(new RowBuilder(name));
    for (const panel of panels) builder.withPanel(panel);
  }
  return numbered(builder.build());
}

function variable({ name, label, query, several = false }: Variable): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(prometheus)
    .query({ query, refId: name })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(several)
    .includeAll(several)
    .current(several ? { text: 'All', value: '$__all' } : { text: '', value: '' });
}

/** To the log lines of the service that is shown. */
function logs(): DashboardLinkBuilder {
  const datasource = { type: 'loki', uid: 'loki' };
  const queries = [{ refId: 'A', datasource, expr: '{service_name="${job}"}' }];
  const panes = { logs: { datasource: 'loki', queries, range: { from: '${__from}', to: '${__to}' } } };
  const encoded = encodeURIComponent(JSON.stringify(panes)).replaceAll(/%24%7B(\w+)%7D/g, '${$1}');
  return new DashboardLinkBuilder('Logs')
    .type(DashboardLinkType.Link)
    .icon('doc')
    .tooltip('Its log lines')
    .url(`/explore?schemaVersion=1&panes=${encoded}`);
}

/** A panel without an id gets another one each time it is loaded, and links to it lead nowhere. */
function numbered(board: Dashboard): Dashboard {
  return { ...board, panels: board.panels?.map((panel, index) => ({ ...panel, id: index + 1 })) ?? [] };
}
