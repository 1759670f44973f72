import { type Address, isLoopback } from './address.js';
import type { Warning } from './warning.js';

/** The keys that decide who can use the admin listener. */
interface AdminKeys {
  readonly admin_uri: Address | null;
  readonly admin_public: boolean;
  readonly auth: { readonly admin: boolean };
}

/**
 * Whether something protects the admin listener: its address, a token, or the network by the word of the operator
 * (`admin_public`).
 */
export function isAdminProtected({ admin_uri, admin_public, auth }: AdminKeys): boolean {
  return !admin_uri || isLoopback(admin_uri.host) || auth.admin || admin_public;
}

/** A warning when nothing protects the admin listener. With `auth.keys` that is a problem of the configuration. */
export function adminWarnings(keys: AdminKeys): Warning[] {
  if (isAdminProtected(keys)) return [];
  const message =
    'Everyone who can reach the admin listener can read and change all channels; set auth.admin, or admin_public if the network protects it';
  return [{ message, key: 'admin_uri' }];
}
