import { Ajv, type ValidateFunction } from 'ajv';
import { load } from 'js-yaml';
import { readFileSync } from 'node:fs';

/** The parts of docs/asyncapi.yaml that tests read. */
export interface PublicStreamsDocument {
  readonly channels: Readonly<Record<string, { readonly messages: Readonly<Record<string, object>> }>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

/** docs/asyncapi.yaml: the document, and validators for its schemas. */
export class PublicStreams {
  readonly document = load(readFileSync('docs/asyncapi.yaml', 'utf8')) as PublicStreamsDocument;
  private readonly ajv = new Ajv({ strict: false, allErrors: true, formats: { 'date-time': isDate } });

  constructor() {
    this.ajv.addSchema(this.document, 'asyncapi');
  }

  /** The validator of a schema in the components. */
  schema(name: string): ValidateFunction {
    return this.ajv.getSchema(`asyncapi#/components/schemas/${name}`)!;
  }

  /** The names of the schemas that a value fits. */
  fitting(value: unknown): string[] {
    return Object.keys(this.document.components.schemas).filter((name) => this.schema(name)(value));
  }
}

function isDate(text: string): boolean {
  return !Number.isNaN(Date.parse(text)) && new Date(text).toISOString() === text;
}
