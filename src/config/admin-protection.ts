import { type Address, isLoopback } from './address.js';
import { isMapping } from './kinds.js';
import type { Warning } from './warning.js';

/** The keys that decide who can use the admin listener. */
interface AdminKeys {
  readonly admin_uri: Address | null;
  readonly admin_public: boolean;
  readonly auth: { readonly admin: boolean; readonly keys: readonly unknown[] };
}

/** What `admin_uri` must be, for the problem of a configuration that protects the admin listener by nothing. */
export const PROTECTED_ADMIN =
  'a loopback address such as 127.0.0.1:4568, or auth.admin: true with auth.keys, or admin_public: true if only operators can reach the port';

/**
 * Whether something protects the admin listener: its address, a token, or the network by the word of the operator
 * (`admin_public`).
 */
export function isAdminProtected(keys: AdminKeys): boolean {
  return !isReachable(keys) || keys.auth.admin || keys.admin_public;
}

/** Condition (zod's `when`) of `isAdminProtected`: the keys that it reads are valid. Other keys may be wrong. */
export function hasAdminKeys({ value }: { value: unknown }): boolean {
  if (!isMapping({ value })) return false;
  const { admin_uri, auth } = value as Record<keyof AdminKeys, unknown>;
  return isMapping({ value: admin_uri }) && isMapping({ value: auth });
}

/** A warning when clients need a token and operators do not: an operator who adds `auth.keys` may expect both. */
export function adminWarnings(keys: AdminKeys): Warning[] {
  const { admin, keys: tokenKeys } = keys.auth;
  if (!isReachable(keys) || admin || tokenKeys.length === 0) return [];
  const message =
    'The admin listener is open to everyone who reaches it: without a token they can read, change and remove all channels; set auth.admin: true to require one';
  return [{ message, key: 'admin_public' }];
}

/** Whether other machines can reach the admin listener. */
function isReachable({ admin_uri }: Pick<AdminKeys, 'admin_uri'>): boolean {
  return admin_uri !== null && !isLoopback(admin_uri.host);
}
