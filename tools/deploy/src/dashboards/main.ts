// Writes the dashboards of Grafana: deploy/grafana/dashboards.
import { writeFile } from 'node:fs/promises';
import { dashboardFiles } from './files.ts';

for (const [path, content] of await dashboardFiles()) await writeFile(path, content);
