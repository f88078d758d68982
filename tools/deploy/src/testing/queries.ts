import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dashboard } from '../dashboards/dashboard.ts';

export interface DashboardVariable {
  readonly name: string;
  /** As Grafana asks Prometheus for its values. */
  readonly query: string;
  readonly isSeveral: boolean;
}

/** Its panels that show something: rows are panels, too. */
export function panelsOf({ panels = [] }: Dashboard): readonly Panel[] {
  return panels.filter((panel): panel is Panel => panel.type !== 'row');
}

/** What a panel asks Prometheus. */
export function queriesOf({ targets = [] }: Panel): readonly string[] {
  return targets.flatMap((target) => ('expr' in target && typeof target.expr === 'string' ? [target.expr] : []));
}

export function variablesOf({ templating }: Dashboard): readonly DashboardVariable[] {
  return (templating.list ?? []).map(({ name, definition = '', multi = false }) => {
    return { name, query: definition, isSeveral: multi };
  });
}

/** The metrics that an expression reads. All of ours have a `_` or `:` in their names, functions and labels aside. */
export function metricsIn(expr: string): readonly string[] {
  const bare = expr
    .replaceAll(/\{[^}]*\}|"[^"]*"|\[[^\]]*\]/g, ' ')
    .replaceAll(/\b(by|without|on|ignoring)\s*\([^)]*\)/g, ' ');
  const names = Array.from(bare.matchAll(/\b[a-z]\w*[_:][\w:]*\b(?!\s*\()/g), ([name]) => name);
  return [...new Set(names)];
}
