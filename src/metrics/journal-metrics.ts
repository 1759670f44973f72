import type { JournalService, JournalState } from '../journal/journal.service.js';
import { samplesBy, type MetricSet } from './metric-set.js';

const STATES: readonly JournalState[] = ['off', 'copying', 'writing', 'degraded'];

export function addJournalMetrics(metrics: MetricSet, journal: JournalService): void {
  const { counters } = journal;
  metrics.gauge({
    name: 'journal_state',
    help: '1 for the state of the journal, 0 for the other states.',
    labels: ['state'],
    read: () =>
      samplesBy('state', Object.fromEntries(STATES.map((state) => [state, state === journal.state ? 1 : 0]))),
  });
  metrics.gauge({
    name: 'journal_bytes',
    help: 'Bytes of the journal on disk.',
    read: () => journal.bytes,
  });
  metrics.gauge({
    name: 'journal_bytes_limit',
    help: 'journal.max_bytes.',
    read: () => journal.maxBytes,
  });
  metrics.gauge({
    name: 'journal_waiting_bytes',
    help: 'Bytes that wait for the disk of the journal.',
    read: () => journal.waitingBytes,
  });
  metrics.counter({
    name: 'journal_failures_total',
    help: 'Times that the journal could not be written.',
    read: () => counters.failures,
  });
  metrics.gauge({
    name: 'journal_damaged_files',
    help: 'Files of the journal that were damaged at the start.',
    read: () => counters.damaged,
  });
  metrics.gauge({
    name: 'journal_restored_channels',
    help: 'Channels restored at the start.',
    read: () => counters.restoredChannels,
  });
  metrics.gauge({
    name: 'journal_restored_messages',
    help: 'Messages restored at the start.',
    read: () => counters.restoredMessages,
  });
}
