import type { StoredObject } from './object-store.js';

/** Returns whether an object has the labels and fields that the parameters `labelSelector` and `fieldSelector` name. */
export function selectorOf(parameters: URLSearchParams): (object: StoredObject) => boolean {
  const labels = requirementsOf(parameters.get('labelSelector'));
  const fields = requirementsOf(parameters.get('fieldSelector'));
  return ({ metadata }) =>
    labels.every((isMet) => isMet((key) => metadata.labels?.[key])) &&
    fields.every((isMet) => isMet((key) => metadata[key.replace('metadata.', '')] as string | undefined));
}

/** Whether the labels of an object contain those of a `selector`. */
export function hasLabels({ metadata }: StoredObject, selector: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector).every(([key, value]) => metadata.labels?.[key] === value);
}

type Requirement = (valueOf: (key: string) => string | undefined) => boolean;

/** The requirements of a selector such as `a=b,c!=d,e`. Throws on others, which kubectl and helm do not send here. */
function requirementsOf(selector: string | null): Requirement[] {
  if (!selector) return [];
  return selector.split(',').map((text): Requirement => {
    const [, key, operator, value] = /^([\w./-]+)(?:(==?|!=)([\w./-]*))?$/.exec(text) ?? [];
    if (key === undefined) throw new Error(`expected a selector such as key=value, got ${text}`);
    if (operator === undefined) return (valueOf) => valueOf(key) !== undefined;
    return (valueOf) => (valueOf(key) === value) === (operator !== '!=');
  });
}
