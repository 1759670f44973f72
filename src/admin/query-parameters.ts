import { BadRequestException } from '@nestjs/common';
import { z } from 'zod';

/** The documentation of a query parameter. */
interface ParameterDocs {
  readonly about: string;
  /** What a value must be, for an error. */
  readonly expected: string;
}

/** The documentation of each query parameter, by schema. */
export const parameterDocs = z.registry<ParameterDocs>();

const STATES = ['waiting', 'running', 'aborted', 'failed', 'finished'] as const;

const filterParameters = {
  state: z
    .preprocess(splitList, z.array(z.enum(STATES)))
    .default([])
    .register(parameterDocs, {
      about: 'Only channels whose job is in one of these states, separated by commas. All states by default.',
      expected: `one or more of ${STATES.join(', ')}, separated by commas`,
    }),
  prefix: z.string().default('').register(parameterDocs, {
    about: 'Only channels whose id begins with this text.',
    expected: 'one text',
  }),
};

/** The query of `GET /events`. */
export const eventsQuery = z.strictObject(filterParameters);

/** The query of `GET /channels`. */
export const channelsQuery = z.strictObject({
  ...filterParameters,
  limit: whole(1, 1000, 100, 'Channels in the answer.'),
  cursor: z
    .string()
    .transform((cursor, context) => readCursor(cursor) ?? reject(context))
    .optional()
    .register(parameterDocs, {
      about: '`next` of the previous answer. The first channels by default.',
      expected: '`next` of the previous answer',
    }),
});

/** The query of `GET /channels/<id>`. */
export const channelQuery = z.strictObject({
  messages: whole(0, 1000, 100, 'The newest messages in the answer. Together they have at most 256 KiB.'),
});

/** The cursor of the page after a channel. */
export function cursorAfter(channelId: string): string {
  return Buffer.from(channelId).toString('base64url');
}

/** Reads the query of a request. Throws a 400 that lists all problems. */
export function readQuery<Query extends z.ZodObject>(schema: Query, query: unknown): z.output<Query> {
  const result = schema.safeParse(query);
  if (result.success) return result.data;
  const problems = new Set(result.error.issues.flatMap((issue) => problemsOf(issue, schema, query)));
  throw new BadRequestException([...problems].join('; '));
}

function problemsOf(issue: z.core.$ZodIssue, { shape }: z.ZodObject, query: unknown): string[] {
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(shape).join(', ');
    return issue.keys.map((key) => `expected only the parameters ${known}, got ${excerpt(key)}`);
  }
  const name = String(issue.path[0]);
  const docs = parameterDocs.get(shape[name] as z.ZodType);
  const value = (query as Record<string, unknown>)[name];
  return [`${name}: expected ${docs?.expected}, got ${excerpt(value)}`];
}

function excerpt(value: unknown): string {
  return JSON.stringify(value).slice(0, 100);
}

function whole(min: number, max: number, value: number, about: string) {
  return z
    .preprocess(readWhole, z.int().min(min).max(max))
    .default(value)
    .register(parameterDocs, { about, expected: `a whole number from ${min} to ${max}` });
}

function readWhole(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
}

/** `running,failed`, and the parameter given several times. An empty text stands for no value. */
function splitList(value: unknown): unknown {
  const texts: unknown[] = Array.isArray(value) ? value : [value];
  if (!texts.every((text) => typeof text === 'string')) return value;
  return texts.flatMap((text) => text.split(',')).filter((text) => text !== '');
}

function readCursor(cursor: string): string | undefined {
  const id = Buffer.from(cursor, 'base64url').toString();
  return id !== '' && cursorAfter(id) === cursor ? id : undefined;
}

function reject(context: z.RefinementCtx<string>): never {
  context.addIssue({ code: 'custom' });
  return z.NEVER;
}
