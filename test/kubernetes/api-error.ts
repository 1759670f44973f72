import type { ApiResource } from './api-resources.js';
import { apiGroup } from './api-resources.js';

const CODES = { BadRequest: 400, NotFound: 404, AlreadyExists: 409, Conflict: 409, Invalid: 422 } as const;

/** A refusal of the API server, as a `Status` of Kubernetes. */
export class ApiError extends Error {
  constructor(
    readonly reason: keyof typeof CODES,
    message: string,
    private readonly details: object = {},
  ) {
    super(message);
  }

  get code(): number {
    return CODES[this.reason];
  }

  get status(): object {
    const { message, reason, details, code } = this;
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason,
      details,
      code,
    };
  }

  static notFound(resource: ApiResource, name: string): ApiError {
    return ApiError.about('NotFound', resource, name, 'not found');
  }

  static alreadyExists(resource: ApiResource, name: string): ApiError {
    return ApiError.about('AlreadyExists', resource, name, 'already exists');
  }

  static invalid({ kind }: ApiResource, name: string, field: string, problem: string): ApiError {
    // kubectl prints the causes in place of the message.
    const causes = [{ reason: 'FieldValueInvalid', field, message: problem }];
    return new ApiError('Invalid', `${kind} "${name}" is invalid: ${field}: ${problem}`, {
      name,
      kind,
      causes,
    });
  }

  private static about(
    reason: keyof typeof CODES,
    resource: ApiResource,
    name: string,
    text: string,
  ): ApiError {
    const group = apiGroup(resource);
    const kinds = group === '' ? resource.plural : `${resource.plural}.${group}`;
    return new ApiError(reason, `${kinds} "${name}" ${text}`, { name, group, kind: resource.plural });
  }
}
