import { scenario } from '../../src/cli/scenario.js';
import type { Tone } from '../../web/job-status.js';
import { unsignedJwt } from '../fixtures/jwt.js';
import type { TokenGate } from '../fixtures/token-gate.js';
import type { MonitorSettings, PageSetup } from './page-setup.js';
import { seededRandom } from './seeded-random.js';

/** A state of the page, and how a test brings the page there. */
export interface PageState {
  readonly settings?: MonitorSettings;
  readonly query?: string;
  /** Runs before the scripts of the page. */
  readonly script?: string;
  /** Messages of the job before the page is opened. */
  readonly messages?: readonly (readonly string[])[];
  /** Channels that each token permits. Without them, there is no access control. */
  readonly grants?: Readonly<Record<string, readonly string[]>>;
  /** What happens after the page has shown the messages. */
  readonly afterwards?: (setup: PageSetup, gate: TokenGate | undefined) => Promise<unknown> | void;
  readonly tone: Tone;
  /** The beginning of the headline in English. */
  readonly headline: string;
  /** A selector of something else that this state shows. */
  readonly has?: string;
}

const EXPECTED = '?expected=21';
const MIXED = scenario('failed-tasks', 21, seededRandom(7));
const UNFINISHED = MIXED.slice(0, 16);
const PERFECT = scenario('ok', 21, seededRandom(7));
const MONITOR_WITH_RESULTS = { page: { results_url: 'https://recodex.example.org/solutions/{id}' } };

const UUID = '2341b599-c388-4357-8fea-be1e3bb182e0';
const TASKS_OF_TESTS = ['01', '02', '03'].flatMap((test) => [
  ['TASK', `t${test}.${UUID}.run.1`, test === '02' ? 'FAILED' : 'COMPLETED'],
  ['TASK', `t${test}.${UUID}.judge.2`, test === '02' ? 'SKIPPED' : 'COMPLETED'],
]);

const TOKEN = unsignedJwt({ exp: 4_000_000_000 });
const EXPIRED = unsignedJwt({ exp: 1 });
const LAST_KNOWN = 'Last known state: Running';

/** No attempt to connect ends. */
const NEVER_CONNECTS = 'window.WebSocket = class extends EventTarget { close() {} }';
const CANNOT_CONNECT = `delete window.WebSocket; window.fetch = () => Promise.reject(new TypeError('no network'))`;
/** The clock of the page is `ahead` milliseconds ahead. */
const CLOCK = 'window.ahead = 0; const { now } = Date; Date.now = () => now.call(Date) + window.ahead';

export const PAGE_STATES: Readonly<Record<string, PageState>> = {
  connecting: { script: NEVER_CONNECTS, tone: 'waiting', headline: 'Connecting' },
  unreachable: { script: CANNOT_CONNECT, tone: 'lost', headline: 'No connection' },
  waiting: { tone: 'waiting', headline: 'Waiting for the first message' },
  'unknown id': {
    settings: MONITOR_WITH_RESULTS,
    script: CLOCK,
    afterwards: async ({ tab, shown }) => {
      await shown('.link.live', '');
      await tab!.page.evaluate('window.ahead = 6000');
    },
    tone: 'waiting',
    headline: 'No information about this job',
    has: '.results',
  },
  'without a token': { grants: {}, tone: 'lost', headline: 'No access' },
  'refused token': { grants: {}, query: `#token=${TOKEN}`, tone: 'lost', headline: 'No access' },
  'expired token': { grants: {}, query: `#token=${EXPIRED}`, tone: 'lost', headline: 'Access has expired' },
  'token of another job': {
    grants: { [TOKEN]: ['another'] },
    query: `#token=${TOKEN}`,
    tone: 'lost',
    headline: 'No access',
  },
  refused: { grants: { '': ['another'] }, tone: 'failed', headline: 'Not available' },
  running: { query: EXPECTED, messages: UNFINISHED, tone: 'running', headline: 'Running' },
  'without total': { messages: UNFINISHED, tone: 'running', headline: 'Running' },
  embedded: { query: '?embed&expected=21', messages: UNFINISHED, tone: 'running', headline: 'Running' },
  'in groups': {
    messages: [['STARTED'], ...TASKS_OF_TESTS],
    afterwards: ({ tab }) => tab!.page.locator('.toggles button').last().click(),
    tone: 'running',
    headline: 'Running',
    has: '.row [aria-expanded]',
  },
  'nothing found': {
    messages: [['STARTED'], ...TASKS_OF_TESTS],
    afterwards: ({ tab }) => tab!.page.locator('input[type=search]').fill('nothing'),
    tone: 'running',
    headline: 'Running',
    has: '.nothing',
  },
  'many tasks': {
    messages: Array.from({ length: 300 }, (_, task) => [
      'TASK',
      `task-${task}-${'name'.repeat(task % 40)}`,
      'COMPLETED',
    ]),
    tone: 'running',
    headline: 'Running',
    has: '.notice',
  },
  aborted: {
    messages: [['STARTED'], ['TASK', 'a', 'COMPLETED'], ['ABORTED']],
    tone: 'aborted',
    headline: 'Aborted',
  },
  'second attempt': {
    messages: [['STARTED'], ['TASK', 'a', 'COMPLETED'], ['ABORTED'], ['DOWNLOADED']],
    tone: 'running',
    headline: 'Running',
    has: '.words .attempt',
  },
  failed: {
    messages: scenario('failed-build', 21, seededRandom(7)),
    tone: 'failed',
    headline: 'Failed',
  },
  'without a worker': { messages: [['FAILED']], tone: 'failed', headline: 'Failed' },
  perfect: {
    settings: MONITOR_WITH_RESULTS,
    query: EXPECTED,
    messages: PERFECT,
    tone: 'finished',
    headline: 'Finished',
    has: '.results',
  },
  mixed: { query: EXPECTED, messages: MIXED, tone: 'mixed', headline: 'Finished' },
  'other total': { query: '?expected=25', messages: PERFECT, tone: 'mixed', headline: 'Finished' },
  partial: {
    messages: [['TASK', 'a', 'ODD'], ['FINISHED']],
    tone: 'mixed',
    headline: 'Finished',
    has: '.notice',
  },
  idle: {
    settings: { retention: { idle: 1 } },
    messages: [['STARTED'], ['TASK', 'a', 'COMPLETED']],
    tone: 'running',
    headline: LAST_KNOWN,
    has: '.link.ended',
  },
  'link lost': {
    query: EXPECTED,
    messages: UNFINISHED,
    afterwards: ({ line }) => line.cut(),
    tone: 'lost',
    headline: LAST_KNOWN,
    has: '.link.lost',
  },
  'dead link': {
    query: EXPECTED,
    messages: UNFINISHED,
    afterwards: ({ line, monitor }) => {
      line.freeze();
      line.cut();
      line.monitor = monitor.http;
    },
    tone: 'lost',
    headline: LAST_KNOWN,
    has: '.link.connecting',
  },
  offline: {
    query: EXPECTED,
    messages: UNFINISHED,
    afterwards: ({ tab }) => tab!.page.context().setOffline(true),
    tone: 'lost',
    headline: LAST_KNOWN,
    has: '.link.lost',
  },
  'link lost before the first message': {
    afterwards: async ({ line, shown }) => {
      await shown('.link.live', '');
      line.cut();
    },
    tone: 'lost',
    headline: 'Connection lost',
  },
  'expired during the job': {
    grants: { [TOKEN]: ['4711-*'] },
    query: `#token=${TOKEN}`,
    messages: UNFINISHED,
    afterwards: (_setup, gate) => gate!.expire(TOKEN),
    tone: 'running',
    headline: LAST_KNOWN,
    has: '.link.ended',
  },
  'new log': {
    query: EXPECTED,
    messages: UNFINISHED,
    afterwards: async (setup) => {
      await setup.restartMonitor({});
      await setup.play(['STARTED'], ['TASK', 'a', 'COMPLETED']);
    },
    tone: 'running',
    headline: 'Running',
    has: '.notice',
  },
};
