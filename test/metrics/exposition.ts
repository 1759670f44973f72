/** One metric of a scrape. */
export interface ScrapedMetric {
  readonly type: string;
  readonly samples: readonly ScrapedSample[];
}

interface ScrapedSample {
  /** The name with its suffix, such as `_bucket`. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Parses the text format of Prometheus. */
export function parseExposition(text: string): Map<string, ScrapedMetric> {
  const metrics = new Map<string, ScrapedMetric & { samples: ScrapedSample[] }>();
  let current: ScrapedSample[] = [];
  for (const line of text.split('\n')) {
    const head = /^# TYPE (\S+) (\S+)$/.exec(line);
    if (head) metrics.set(head[1]!, { type: head[2]!, samples: (current = []) });
    else if (line !== '' && !line.startsWith('#')) current.push(parseSample(line));
  }
  return metrics;
}

/** The value of a sample, by name and labels; `undefined` when there is none. */
export function sampleValue(
  text: string,
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  const all = [...parseExposition(text).values()].flatMap(({ samples }) => samples);
  return all.find(
    (sample) =>
      sample.name === name &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  )?.value;
}

function parseSample(line: string): ScrapedSample {
  const [, name, list = '', value] = /^([^{ ]+)(?:\{(.*)\})? (\S+)$/.exec(line)!;
  const labels = [...list.matchAll(/(\w+)="([^"]*)"/g)].map((match) => [match[1]!, match[2]!] as const);
  return { name: name!, labels: Object.fromEntries(labels), value: Number(value) };
}
