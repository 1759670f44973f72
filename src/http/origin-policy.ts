import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { rootConfig } from '../config/namespaces.js';
import { originMatcher } from '../config/origin.js';

/** Decides which web sites may open WebSockets. Browsers apply CORS to other requests, but not to WebSockets. */
@Injectable()
export class OriginPolicy {
  private origins: readonly string[] = [];
  private matchers: readonly (string | RegExp)[] = [];

  constructor(@Inject(rootConfig.KEY) private readonly root: ConfigType<typeof rootConfig>) {}

  /** Whether `origins` is set. Otherwise any site is allowed, as in the original. */
  get isSet(): boolean {
    return this.root.origins.length > 0;
  }

  /** @param origin a foreign origin; `undefined` for a page of this server and for a program */
  allows(origin: string | undefined): boolean {
    const { origins } = this.root;
    if (origin === undefined || origins.length === 0 || origins.includes('*')) return true;
    if (origins !== this.origins) {
      this.origins = origins;
      this.matchers = origins.map(originMatcher);
    }
    return this.matchers.some((matcher) =>
      typeof matcher === 'string' ? matcher === origin : matcher.test(origin),
    );
  }
}
