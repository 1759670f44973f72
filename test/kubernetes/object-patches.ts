/** An object of JSON. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The lists whose items are merged, with the field that names an item. Kubernetes replaces all other lists of the chart and the
 * overlays as a whole.
 */
const ITEM_KEYS: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  env: ['name'],
  imagePullSecrets: ['name'],
  // Of a container, and of a Service.
  ports: ['containerPort', 'port'],
  topologySpreadConstraints: ['topologyKey'],
  volumeMounts: ['mountPath'],
  volumes: ['name'],
};

/** RFC 7396: `null` removes a field. */
export function mergePatch(object: JsonObject, patch: JsonObject): JsonObject {
  return merge(object, patch, () => undefined);
}

/** A strategic merge patch: as a merge patch, but it also merges the items of some lists. */
export function strategicMergePatch(object: JsonObject, patch: JsonObject): JsonObject {
  return merge(object, patch, (field) => ITEM_KEYS[field]);
}

/**
 * Server-side apply: sets all fields of `applied`, and removes those that the manager set before and sets no more. Other fields
 * stay. Conflicts between managers are not found.
 */
export function applyFields(object: JsonObject, before: JsonObject, applied: JsonObject): JsonObject {
  const result: Record<string, unknown> = { ...object };
  for (const field of Object.keys(before)) if (!(field in applied)) delete result[field];
  for (const [field, value] of Object.entries(applied)) {
    const [current, previous] = [object[field], before[field]];
    const keys = ITEM_KEYS[field];
    if (isObject(value) && isObject(current))
      result[field] = applyFields(current, isObject(previous) ? previous : {}, value);
    else if (keys && isList(value) && isList(current))
      result[field] = applyItems(current, isList(previous) ? previous : [], value, keys);
    else result[field] = value;
  }
  return result;
}

type KeysOf = (field: string) => readonly string[] | undefined;

function merge(object: JsonObject, patch: JsonObject, keysOf: KeysOf): JsonObject {
  const retained = patch['$retainKeys'] as readonly string[] | undefined;
  const kept = Object.entries(object).filter(([field]) => !retained || retained.includes(field));
  const result: Record<string, unknown> = Object.fromEntries(kept);
  for (const [field, value] of Object.entries(patch)) {
    const keys = keysOf(field);
    const current = result[field];
    if (field.startsWith('$')) continue;
    if (value === null) delete result[field];
    else if (keys && isList(value))
      result[field] = mergeItems(isList(current) ? current : [], value, keys, keysOf);
    else if (isObject(value)) result[field] = merge(isObject(current) ? current : {}, value, keysOf);
    else result[field] = value;
  }
  return result;
}

function mergeItems(
  items: readonly JsonObject[],
  patches: readonly JsonObject[],
  keys: readonly string[],
  keysOf: KeysOf,
): JsonObject[] {
  const result = [...items];
  for (const patch of patches) {
    const index = result.findIndex((item) => nameOf(item, keys) === nameOf(patch, keys));
    if (patch['$patch'] === 'delete') {
      if (index !== -1) result.splice(index, 1);
    } else if (index === -1) result.push(merge({}, patch, keysOf));
    else result[index] = merge(result[index]!, patch, keysOf);
  }
  return result;
}

function applyItems(
  items: readonly JsonObject[],
  before: readonly JsonObject[],
  applied: readonly JsonObject[],
  keys: readonly string[],
): JsonObject[] {
  const find = (list: readonly JsonObject[], item: JsonObject): JsonObject | undefined =>
    list.find((each) => nameOf(each, keys) === nameOf(item, keys));
  const others = items.filter((item) => !find(before, item) && !find(applied, item));
  return [
    ...applied.map((item) => applyFields(find(items, item) ?? {}, find(before, item) ?? {}, item)),
    ...others,
  ];
}

function nameOf(item: JsonObject, keys: readonly string[]): unknown {
  return item[keys.find((key) => key in item)!];
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: unknown): value is readonly JsonObject[] {
  return Array.isArray(value);
}
