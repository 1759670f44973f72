import type { Messages } from './en.js';
import type { Durations } from './durations.js';

/** The texts of the parts that the page loads later, in English. Every other language has the same texts. */
export function laterEnglish({ formats: { number, plural } }: Messages, durations: Durations) {
  const { short, minutes, hours } = durations;
  return {
    durations,
    /** The outcome of one task. */
    outcomes: { completed: 'completed', failed: 'failed', skipped: 'skipped', unknown: 'unknown outcome' },
    lastTask: (ago: string): string => `Last task ${ago}`,
    timeLeft: 'Remaining',
    fewSeconds: 'a few seconds',
    underAMinute: 'less than a minute',
    aboutMinutes: (value: number): string => `about ${minutes(value)}`,
    aboutHours: (value: number): string => `about ${hours(value)}`,
    howEstimated: 'How this is estimated',
    estimate: (pace: number, left: number): string =>
      `A task took ${short(pace)} on average so far, and ${plural(left, { one: `${number(left)} is`, other: `${number(left)} are` })} left. Tasks differ, so this is a rough guess.`,

    timeline: 'Tasks',
    timelineRows: 'Tasks and steps, newest first',
    show: 'Show',
    filters: { all: 'All', failed: 'Failed', skipped: 'Skipped' },
    failuresFirst: 'Failures first',
    groupByTest: 'Group by test',
    search: 'Search tasks',
    empty: { all: 'No messages yet.', failed: 'No failures.', skipped: 'No skipped tasks.' },
    noMessages: 'No messages.',
    nothingFound: 'No task matches the search.',
    newest: 'Newest',
    moreRows: (count: number): string => `${number(count)} earlier rows are not printed.`,
    test: (name: string): string => `Test ${name}`,
    /** Words in the ids of tasks; a word that is missing here is shown as it is. */
    taskWords: {} as Readonly<Record<string, string>>,

    actions: 'Actions',
    copyLink: 'Copy link',
    copied: 'Copied',
    notCopied: 'Not copied',
    json: 'JSON',
    jsonTitle: 'The summary of this job as JSON',
    notify: 'Notify me',
    notifyTitle: 'Show a notification when the job is over and this tab is in the background',
    notifyOn: 'Will notify',
    notifyDenied: 'Notifications blocked',
    jobNotification: (headline: string, id: string): string => `${headline}: ${id}`,
  };
}

/** The texts of the later parts in one language. A language without one of the texts does not compile. */
export type LaterMessages = ReturnType<typeof laterEnglish>;
