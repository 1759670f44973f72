import { z } from 'zod';
import type { AdminRoute } from '../admin-routes.js';
import { parameterDocs } from '../query-parameters.js';
import { operations, type Operation } from './operations.js';
import { namedSchemas } from './schemas.js';

/** A part of the document. The form is that of OpenAPI 3.1, which uses JSON Schema. */
type Node = Readonly<Record<string, unknown>>;

const ABOUT =
  'The admin listener of recodex-monitor. Without `auth.admin` it has no access control: it must not be reachable from outside. It then answers 421 under a host name that may be that of a foreign web site, unless the name is in `admin_hosts`.';

/** A JWT with the scope `admin`. The monitor decides by its configuration whether it requires one. */
const TOKEN_SCHEME = { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' };

/** The OpenAPI document of the routes, from their decorators, the table of operations and the zod schemas. */
export function apiDocument(routes: readonly AdminRoute[], version: string): Node {
  const paths: Record<string, Record<string, Node>> = {};
  for (const { method, path } of routes) {
    const item = (paths[path.replace(/:(\w+)/g, '{$1}')] ??= {});
    item[method.toLowerCase()] = operationOf(path, operations[`${method} ${path}`]);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'recodex-monitor', version, description: ABOUT },
    servers: [{ url: '/' }],
    paths,
    components: { schemas: componentSchemas(), securitySchemes: { token: TOKEN_SCHEME } },
    security: [{}, { token: [] }],
  };
}

function operationOf(path: string, operation: Operation | undefined): Node {
  const parameters = [
    ...pathParameters(path),
    ...queryParameters(operation?.query),
    ...headerParameters(operation?.headers),
  ];
  return {
    summary: operation?.summary ?? 'Not described',
    ...(operation?.description && { description: operation.description }),
    ...(parameters.length > 0 && { parameters }),
    ...(operation?.body && { requestBody: { required: true, content: contentOf(operation.body) } }),
    responses: answersOf(operation),
  };
}

function pathParameters(path: string): Node[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters(query: z.ZodObject | undefined): Node[] {
  return Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    description: parameterDocs.get(schema as z.ZodType)?.about ?? '',
    required: false,
    // A list is one text with commas.
    explode: false,
    schema: plainSchema(schema as z.ZodType),
  }));
}

function headerParameters(headers: Operation['headers'] = {}): Node[] {
  return Object.entries(headers).map(([name, description]) => ({
    name,
    in: 'header',
    description,
    required: false,
    schema: { type: 'string' },
  }));
}

function contentOf(schemas: NonNullable<Operation['body']>): Node {
  return Object.fromEntries(
    Object.entries(schemas).map(([type, schema]) => [type, { schema: schemaOf(schema) }]),
  );
}

function answersOf(operation: Operation | undefined): Node {
  const answers = Object.entries(operation?.answers ?? {}).map(([status, { description, type, schema }]) => [
    status,
    { description, ...(type && { content: { [type]: schema ? { schema: schemaOf(schema) } : {} } }) },
  ]);
  return Object.fromEntries(answers) as Node;
}

/** A reference to a named schema, or the schema itself. */
function schemaOf(schema: z.ZodType): Node {
  const name = namedSchemas.get(schema)?.id;
  return name === undefined ? plainSchema(schema) : { $ref: reference(name) };
}

function componentSchemas(): Node {
  const { schemas } = z.toJSONSchema(namedSchemas, { uri: reference, unrepresentable: 'any' });
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, withoutIdentity(schema)]));
}

function plainSchema(schema: z.ZodType): Node {
  return withoutIdentity(z.toJSONSchema(schema, { unrepresentable: 'any' }));
}

// In a document of OpenAPI, a schema is found by its place.
function withoutIdentity({ $schema: _schema, $id: _id, ...schema }: Record<string, unknown>): Node {
  return schema;
}

function reference(name: string): string {
  return `#/components/schemas/${name}`;
}
