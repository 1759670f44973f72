/**
 * The contexts of Nest's own messages while it starts: modules, routes and gateways. They help to debug the
 * application, not to operate it.
 */
const CONTEXTS: ReadonlySet<unknown> = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
  'WebSocketsController',
]);

/** Whether the arguments of `LoggerService.log` are one of Nest's own messages: the last one is the context. */
export function isFromNest(params: readonly unknown[]): boolean {
  return CONTEXTS.has(params.at(-1));
}
