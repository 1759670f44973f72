import { escapeUnsafe } from '../../text/escape.js';
import type { DoctorFinding, DoctorStatus } from './finding.js';

/** A finding with the name of its check. */
export interface NamedFinding extends DoctorFinding {
  readonly check: string;
}

const STATUS_WIDTH = 9;
const CHECK_WIDTH = 16;

/** Whether no finding is a problem. */
export function isHealthy(findings: readonly NamedFinding[]): boolean {
  return count(findings, 'problem') === 0;
}

/** The lines of a finding for a person. */
export function findingText({ status, check, text, advice }: NamedFinding): string {
  const indent = ' '.repeat(STATUS_WIDTH + CHECK_WIDTH);
  const lines = text.split('\n').map((line, index) => (index === 0 ? '' : indent) + escapeUnsafe(line));
  const head = status.padEnd(STATUS_WIDTH) + check.padEnd(CHECK_WIDTH);
  return `${head}${[...lines, ...(advice === undefined ? [] : [`${indent}${advice}`])].join('\n')}\n`;
}

/** The last line for a person. */
export function conclusion(findings: readonly NamedFinding[]): string {
  const [problems, warnings] = [count(findings, 'problem'), count(findings, 'warning')];
  if (problems + warnings === 0) return 'No problems.\n';
  return `${problems} ${problems === 1 ? 'problem' : 'problems'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}.\n`;
}

/** All findings as JSON. */
export function findingsJson(findings: readonly NamedFinding[]): string {
  return `${JSON.stringify({ ok: isHealthy(findings), findings }, null, 2)}\n`;
}

function count(findings: readonly NamedFinding[], status: DoctorStatus): number {
  return findings.filter((finding) => finding.status === status).length;
}
