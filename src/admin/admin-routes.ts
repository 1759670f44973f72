import { Injectable, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA, VERSION_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';

/** A route of the admin listener. */
export interface AdminRoute {
  /** The HTTP method; `ALL` for every method. */
  readonly method: string;
  /** As Express writes it: `/channels/:id`. */
  readonly path: string;
  /** The method of the controller that answers. */
  readonly handler: (...args: never[]) => unknown;
}

/** The metadata that Nest's decorators write. */
type Annotated = (...args: never[]) => unknown;

/** All routes of the admin listener, in every room, from the decorators of the controllers. */
@Injectable()
export class AdminRoutes {
  private found: readonly (AdminRoute & { readonly pattern: RegExp })[] | undefined;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  get list(): readonly AdminRoute[] {
    return this.routes;
  }

  /**
   * The methods of the routes for a path, such as `GET` and `DELETE`. `ALL` among them: every method is answered. Empty:
   * there is no such path.
   */
  methodsOf(path: string): string[] {
    return [...new Set(this.routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))];
  }

  private get routes(): NonNullable<AdminRoutes['found']> {
    this.found ??= this.discover().map((route) => ({ ...route, pattern: patternOf(route.path) }));
    return this.found;
  }

  private discover(): AdminRoute[] {
    return this.discovery.getControllers().flatMap(({ metatype, instance }) => {
      if (!metatype || !instance) return [];
      const controller = metatype as Annotated;
      const prototype = Object.getPrototypeOf(instance) as Record<string, Annotated>;
      return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
        const handler = prototype[name]!;
        return this.isAdmin(controller, handler) ? this.routesOf(controller, handler) : [];
      });
    });
  }

  private isAdmin(controller: Annotated, handler: Annotated): boolean {
    const listeners = this.read(VERSION_METADATA, handler) ?? this.read(VERSION_METADATA, controller);
    return [listeners].flat().includes('admin');
  }

  private routesOf(controller: Annotated, handler: Annotated): AdminRoute[] {
    const method = this.read(METHOD_METADATA, handler);
    if (typeof method !== 'number') return [];
    const prefixes = [this.read(PATH_METADATA, controller)].flat();
    const suffixes = [this.read(PATH_METADATA, handler)].flat();
    return prefixes.flatMap((prefix) =>
      suffixes.map((suffix) => ({
        method: RequestMethod[method]!,
        path: joined(String(prefix), String(suffix)),
        handler,
      })),
    );
  }

  private read(key: string, target: Annotated): unknown {
    return this.reflector.get<unknown>(key, target);
  }
}

function joined(...parts: string[]): string {
  const steps = parts.flatMap((part) => part.split('/')).filter((step) => step !== '');
  return `/${steps.join('/')}`;
}

/** As Express matches: in any letter case, with a slash at the end or without. */
function patternOf(path: string): RegExp {
  const escaped = path.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replace(/:\w+/g, '[^/]+').replace(/\/$/, '')}/?$`, 'i');
}
