import type { Finding } from './finding.ts';

export function report(findings: readonly Finding[], options?: { readonly colour?: boolean }): string;
export function reportAsJson(findings: readonly Finding[]): string;
export function isHealthy(findings: readonly Finding[]): boolean;
