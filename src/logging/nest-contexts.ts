/** The contexts of Nest's start messages about modules, routes and gateways. They are for developers, not operators. */
const CONTEXTS: ReadonlySet<unknown> = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
  'WebSocketsController',
]);

/** Whether a message comes from Nest. The last argument of `LoggerService.log` is the context. */
export function isFromNest(params: readonly unknown[]): boolean {
  return CONTEXTS.has(params.at(-1));
}
