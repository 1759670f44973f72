import { expect, test } from 'vitest';
import { toRows } from '../../../web/dashboard/monitor-sample.js';
import { PlotHistory, rateOf, type SampleValue } from '../../../web/dashboard/plot-history.js';
import { sampleAt } from '../../fixtures/web/admin-data.js';

const connections: SampleValue = (sample) => sample.connections;

/** A history with a sample at each of these seconds. The number of messages is ten times the second. */
function historyOf(...seconds: number[]): PlotHistory {
  const history = new PlotHistory();
  for (const second of seconds) history.add(sampleOf(second));
  return history;
}

function sampleOf(second: number, messages = second * 10) {
  return sampleAt(second * 1000, { messages, connections: second });
}

test('a rate is the growth of a total per second, and the first sample has none', () => {
  expect(historyOf(1, 2, 4).columns([rateOf('messages')])).toEqual([
    [1, 2, 4],
    [null, 10, 10],
  ]);
});

test('missing samples are a gap in every column, and the next rate is unknown', () => {
  expect(historyOf(1, 2, 10, 11).columns([rateOf('messages'), connections])).toEqual([
    [1, 2, 2.001, 10, 11],
    [null, 10, null, null, 10],
    [1, 2, null, 10, 11],
  ]);
});

test('after a restart of the monitor a total is smaller, and the rate is unknown', () => {
  const history = historyOf(1, 2);
  history.add(sampleOf(3, 0));
  history.add(sampleOf(4, 7));
  expect(history.columns([rateOf('messages')])[1]).toEqual([null, 10, null, 7]);
});

test('samples older than 15 minutes are dropped', () => {
  const history = historyOf(...Array.from({ length: 2000 }, (_, second) => second));
  const [times] = history.columns([]);
  expect([times[0], times.at(-1), times.length]).toEqual([1099, 1999, 901]);
});

test('a sample that is not newer is ignored, and a clock that was set back starts the history again', () => {
  const history = historyOf(100, 101, 101, 100);
  expect(history.columns([])[0]).toEqual([100, 101]);
  history.add(sampleOf(50));
  expect(history.columns([])[0]).toEqual([50]);
});

test('tells that samples are missing', () => {
  const history = historyOf(1);
  expect(history.add(sampleOf(2))).toBe(false);
  expect(history.add(sampleOf(9))).toBe(true);
});

test('what the monitor has kept fills a gap, and samples of a process that has ended stay', () => {
  const history = historyOf(1, 2, 10);
  history.merge([3, 4, 9].map((second) => sampleOf(second)));
  expect(history.columns([])[0]).toEqual([1, 2, 3, 4, 4.001, 9, 10]);
  history.merge([]);
  expect(history.latestTime).toBe(10_000);
});

test('the history of the monitor comes in columns; unknown values are null', () => {
  const [first, second] = toRows({
    samples: { time: [1000, 2000], messages: [5, 6], latency_p99: [null, 0.5] },
  });
  expect(first).toMatchObject({ time: 1000, messages: 5, latency_p99: null, event_loop_max: null });
  expect(second).toMatchObject({ time: 2000, messages: 6, latency_p99: 0.5, connections: 0 });
  expect(toRows({ samples: {} })).toEqual([]);
});
