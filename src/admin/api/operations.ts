import type { z } from 'zod';
import { channelQuery, channelsQuery, eventsQuery } from '../query-parameters.js';
import {
  channelConnections,
  channelDetails,
  channelPage,
  errorAnswer,
  logLevel,
  publishedMessages,
  publishResult,
  reloadReport,
  sampleHistory,
  statusReport,
} from './schemas.js';

/** One answer of an operation. */
interface OperationAnswer {
  readonly description: string;
  readonly type?: string;
  readonly schema?: z.ZodType;
}

/** The documentation of one route. */
export interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly query?: z.ZodObject;
  /** Request headers that change the answer, with their meaning. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The schemas of the body, by `Content-Type`. */
  readonly body?: Readonly<Record<string, z.ZodType>>;
  /** By status. */
  readonly answers: Readonly<Record<number, OperationAnswer>>;
}

const badQuery = failure('A parameter is wrong.');
const unknownChannel = failure('There is no such channel.');
const foreignPage = failure('A page of another origin sent the request.');

/** The documentation of each route of the admin listener, by method and path. A test demands an entry for each route. */
export const operations: Readonly<Record<string, Operation>> = {
  'GET /status': {
    summary: 'The state of the monitor',
    answers: { 200: json('Version, configuration, limits and warnings.', statusReport) },
  },
  'GET /history': {
    summary: 'The last 15 minutes',
    description: 'One sample per second, as columns, the oldest first.',
    answers: { 200: json('The samples.', sampleHistory) },
  },
  'GET /events': {
    summary: 'Changes of channels and of the state, live',
    description:
      'Server-Sent Events. `channels` events carry a snapshot of the most recently changed channels (at most 10,000), then their changes, at most twice a second. A `status` event carries a StatusSample, once a second.',
    query: eventsQuery,
    answers: {
      200: { description: 'The stream.', type: 'text/event-stream' },
      400: badQuery,
      503: failure('Ten streams are open, or the monitor shuts down.'),
    },
  },
  'GET /channels': {
    summary: 'The channels in memory, by id',
    query: channelsQuery,
    answers: { 200: json('One page.', channelPage), 400: badQuery },
  },
  'GET /channels/:id': {
    summary: 'One channel with its newest messages',
    query: channelQuery,
    headers: { 'If-None-Match': 'The ETag of an earlier answer.' },
    answers: {
      200: json('The channel.', channelDetails),
      304: { description: 'The earlier answer is still right.' },
      400: badQuery,
      404: unknownChannel,
    },
  },
  'GET /channels/:id/connections': {
    summary: 'The clients that watch a channel',
    answers: {
      200: json('Their addresses, and where each address comes from.', channelConnections),
      400: failure('The id is too long.'),
      404: unknownChannel,
    },
  },
  'POST /channels/:id': {
    summary: 'Publish messages',
    description:
      'Appends one message, an array of messages, or one message per line (`application/x-ndjson`). With the three headers a request can be repeated: a repetition is answered with 204.',
    headers: {
      'Producer-Id': 'The name of the producer.',
      'Producer-Epoch': 'Grows when the producer starts again.',
      'Producer-Seq': 'Counts the requests of an epoch from 0.',
    },
    body: { 'application/json': publishedMessages, 'application/x-ndjson': publishedMessages },
    answers: {
      200: json('The messages are appended.', publishResult),
      204: { description: 'The request was a repetition.' },
      400: failure('The id, a header or the body is wrong.'),
      403: failure('The epoch is old, or a page of another origin sent the request.'),
      409: failure('A request of the producer is missing.'),
      413: failure('The body is too large.'),
      415: failure('The body has another type.'),
      503: failure('The monitor starts or shuts down, or has too many bodies to read.'),
    },
  },
  'DELETE /channels/:id': {
    summary: 'Remove a channel',
    description: 'Its clients are closed with 1013 `busy`, come back and wait for a new first message.',
    answers: { 204: { description: 'The channel is removed.' }, 403: foreignPage, 404: unknownChannel },
  },
  'PUT /log-level': {
    summary: 'Change the level of the log',
    description: 'The level lasts until the monitor reloads its configuration or restarts.',
    body: { 'application/json': logLevel },
    answers: {
      200: json('The level in effect.', logLevel),
      400: failure('The body is not valid.'),
      403: foreignPage,
      415: failure('The body is not JSON.'),
    },
  },
  'POST /-/reload': {
    summary: 'Reload the configuration',
    description:
      'Reads the configuration file again, applies the keys that need no restart, and reloads the other parts, such as certificates. A configuration with a problem changes nothing. The request has no body.',
    answers: {
      200: json('The reload is complete.', reloadReport),
      403: foreignPage,
      422: json('The configuration has a problem, or a part could not be reloaded.', reloadReport),
      503: failure('The monitor starts or shuts down.'),
    },
  },
  'GET /metrics': {
    summary: 'Metrics for Prometheus',
    answers: { 200: { description: 'The text format of Prometheus.', type: 'text/plain' } },
  },
  'GET /health/live': {
    summary: 'Liveness probe',
    answers: { 200: { description: 'The event loop runs.', type: 'application/json' } },
  },
  'GET /health/ready': {
    summary: 'Readiness probe',
    answers: {
      200: { description: 'Clients are admitted.', type: 'application/json' },
      503: { description: 'Send no clients; the reasons are in the answer.', type: 'application/json' },
    },
  },
  'GET /health/ingest': {
    summary: 'Probe of the process that takes messages',
    answers: {
      200: { description: 'This process takes messages.', type: 'application/json' },
      503: { description: 'Another process takes messages, or none.', type: 'application/json' },
    },
  },
  'GET /': {
    summary: 'The dashboard',
    description: 'Clients that accept no HTML get a line of text with the main paths.',
    answers: { 200: { description: 'The page, or the line of text.', type: 'text/html' } },
  },
  'GET /assets/:name': {
    summary: 'A file of the dashboard',
    answers: { 200: { description: 'The file.', type: '*/*' }, 404: failure('There is no such file.') },
  },
  'GET /api': {
    summary: 'This documentation as a page',
    answers: { 200: { description: 'The page.', type: 'text/html' } },
  },
  'GET /api/:file': {
    summary: 'A file of the page',
    answers: { 200: { description: 'The file.', type: '*/*' }, 404: failure('There is no such file.') },
  },
  'GET /api-json': {
    summary: 'This documentation as an OpenAPI document',
    answers: { 200: { description: 'The document.', type: 'application/json' } },
  },
};

function json(description: string, schema: z.ZodType): OperationAnswer {
  return { description, type: 'application/json', schema };
}

function failure(description: string): OperationAnswer {
  return json(description, errorAnswer);
}
