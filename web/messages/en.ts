import type { Formats } from './formats.js';

/** The texts of the first progress in English. Every other language has the same texts: the type `Messages` demands it. */
export function english(formats: Formats) {
  const { number, plural } = formats;
  const tasks = (count: number): string =>
    `${number(count)} ${plural(count, { one: 'task', other: 'tasks' })}`;
  const again = 'Open the job again with a new link.';
  return {
    language: 'en',
    formats,
    tasks,

    title: 'Job progress',
    job: 'Job',
    progress: 'Progress',
    attempt: (attempt: number): string => `Attempt ${number(attempt)}`,
    openResults: 'Open the results of this job',

    states: {
      connecting: { headline: 'Connecting', detail: 'Asking the monitor about this job.' },
      unreachable: {
        headline: 'No connection',
        detail: 'The monitor can’t be reached. This page keeps trying.',
      },
      lost: { headline: 'Connection lost', detail: 'No message arrived before that.' },
      waiting: {
        headline: 'Waiting for the first message',
        detail: 'Nothing has been reported for this job yet. This page updates by itself.',
      },
      noInformation: {
        headline: 'No information about this job',
        detail:
          'The monitor has no message for this id. The job may be over, it may not have started yet, or the id may be mistyped. New messages will appear here.',
      },
      tokenMissing: {
        headline: 'No access',
        detail: 'This page was opened without an access token. Open it with the complete link of the job.',
      },
      tokenRefused: {
        headline: 'No access',
        detail: `The monitor does not accept the access token of this page. ${again}`,
      },
      tokenExpired: {
        headline: 'Access has expired',
        detail: `The access token of this page has expired. ${again}`,
      },
      otherJob: {
        headline: 'No access',
        detail: 'The access token of this page does not include this job. Open this job with its own link.',
      },
      aborted: { headline: 'Aborted', detail: 'This attempt was aborted. The job may run again.' },
      failed: {
        headline: 'Failed',
        detail: 'The worker could not run the job to its end. New messages will appear here.',
      },
      failedForGood: { headline: 'Failed', detail: 'The job has failed and is over.' },
      noWorker: {
        headline: 'Failed',
        detail:
          'No worker took this job, so nothing was evaluated. Usually no worker that is connected can run this kind of job. Tell the administrator; you may have to submit again.',
      },
      finished: { headline: 'Finished', detail: 'All reported tasks were completed.' },
    },
    running: 'Running',
    finished: 'Finished',
    finishedWithProblems: 'Finished with problems',
    notAvailable: 'Not available',
    nothingReported: 'Nothing was reported',
    steps: {
      DOWNLOADED: 'A worker has downloaded the job.',
      STARTED: 'The evaluation is running.',
      ENDED: 'The evaluation has ended. The results come next.',
      UPLOADED: 'The results are uploaded.',
    },
    reporting: 'The job is reporting its progress.',
    lastKnownState: (headline: string): string => `Last known state: ${headline}`,
    refused: (reason: string): string => `The monitor refuses to show this job (${reason}).`,
    noLongerShown: (reason: string): string => `The monitor no longer shows this job (${reason}).`,
    noReason: 'no reason given',
    closedIdle:
      'No message arrived for a long time, so the monitor closed the stream. How the job ended is unknown.',
    closed: 'The stream was closed.',
    noConnection: (lastContact: string | undefined): string =>
      `No connection.${lastContact === undefined ? '' : ` Last contact with the monitor: ${lastContact}.`} This page may be out of date.`,

    someFailed: (failed: number, reported: number): string =>
      `${number(failed)} of ${tasks(reported)} failed.`,
    atLeastFailed: (failed: number): string => `At least ${tasks(failed)} failed.`,
    someSkipped: (skipped: number): string => `${tasks(skipped)} skipped.`,
    someUnknown: (unknown: number): string => `${tasks(unknown)} ended with an unknown outcome.`,
    lastAttemptAborted: 'The last attempt was aborted.',
    otherTotal: (reported: number, expected: number): string =>
      `${tasks(reported)} reported, ${number(expected)} expected.`,
    noTaskReported: 'No task was reported.',
    beginningMissing: 'The beginning of the job is missing, so other tasks may have failed.',

    newLog: 'The monitor started a new log for this job. This page no longer shows the old one.',
    partMissing:
      'A part of this job is missing: the monitor did not receive it or no longer keeps it. The counts are incomplete.',

    link: {
      connection: 'Connection:',
      live: 'Live',
      offline: 'Offline',
      connecting: 'Connecting…',
      reconnecting: 'Reconnecting…',
      reconnectingIn: (seconds: number): string => `Reconnecting in ${number(seconds)} s`,
      tryingAgainIn: (seconds: number): string => `Trying again in ${number(seconds)} s`,
      ended: { finished: 'Ended', idle: 'Closed, no messages', refused: 'Refused', closed: 'Closed' },
    },

    tasksOfJob: 'Tasks of this job',
    totalUnknown: 'Total unknown',
    percent: (percent: number): string => `${number(percent)} %`,
    percentInWords: (percent: number): string => `${number(percent)} percent`,
    atLeast: (text: string): string => `at least ${text}`,
    noTasks: 'no tasks',
    noTasksYet: 'no tasks yet',
    tasksSoFar: (done: number): string => `${tasks(done)} so far`,
    tasksOfExpected: (done: number, expected: number): string =>
      `${tasks(done)}, ${number(expected)} expected`,
    tasksOfTotal: (done: number, total: number): string => `${number(done)} of ${tasks(total)}`,
    tasksByOutcome: 'Tasks by outcome',
    /** The word after a number of tasks. */
    outcomeCounts: {
      completed: (_count: number): string => 'completed',
      failed: (_count: number): string => 'failed',
      skipped: (_count: number): string => 'skipped',
    },

    elapsed: 'Elapsed',
    elapsedAtLeast: 'Elapsed, at least',
    notLoaded: 'The list could not be loaded. Reload the page.',
    entries: {
      DOWNLOADED: 'A worker has downloaded the job',
      STARTED: 'The evaluation has started',
      ENDED: 'The evaluation has ended',
      UPLOADED: 'The results are uploaded',
      FINISHED: 'The job is over',
      FAILED: 'The job has failed',
      ABORTED: 'This attempt was aborted',
    },
    otherMessage: (command: string): string => `Message “${command}”`,
    namelessTask: '(task without a name)',
  };
}

/** The texts of the first progress in one language. A language without one of the texts does not compile. */
export type Messages = ReturnType<typeof english>;
