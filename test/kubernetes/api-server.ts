import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { load, YAML11_SCHEMA } from 'js-yaml';
import { ApiError } from './api-error.js';
import { apiResource, discoveryDocuments, type ApiResource } from './api-resources.js';
import { ObjectApi } from './object-api.js';
import type { JsonObject } from './object-patches.js';
import type { ObjectStore } from './object-store.js';
import { selectorOf } from './object-selector.js';
import { decodeObject, isProtobuf } from './protobuf-object.js';
import { acceptPortForward } from './port-forward.js';
import { watchObjects } from './object-watch.js';

/** A request about the objects of a kind. */
interface ApiRequest {
  readonly resource: ApiResource;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

const OBJECT_PATH =
  /^\/(?:api\/(v1)|apis\/([^/]+\/[^/]+))(?:\/namespaces\/([^/]+)(?=\/))?\/([^/]+)(?:\/([^/]+))?$/;

const PORT_FORWARD_PATH = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/portforward$/;

/** The HTTP API of Kubernetes for kubectl and helm, on a port of loopback. It asks for no credentials. */
export class ApiServer {
  private readonly documents = discoveryDocuments();
  private readonly api: ObjectApi;
  private readonly server: Server;

  /** @param portOf the port of this machine for a port of a Pod */
  private constructor(
    private readonly store: ObjectStore,
    portOf: (namespace: string, pod: string, port: number) => number,
  ) {
    this.api = new ObjectApi(store);
    this.server = createServer((request, response) => void this.answer(request, response));
    this.server.on('upgrade', (request: IncomingMessage, socket, head) => {
      const { pathname } = new URL(request.url!, 'http://server');
      const [, namespace, name] = PORT_FORWARD_PATH.exec(pathname) ?? [];
      if (name === undefined) socket.destroy();
      else acceptPortForward(request, socket, head, (port) => portOf(namespace!, name, port));
    });
  }

  static async start(
    store: ObjectStore,
    portOf: (namespace: string, pod: string, port: number) => number,
  ): Promise<ApiServer> {
    const server = new ApiServer(store, portOf);
    await once(server.server.listen(0, '127.0.0.1'), 'listening');
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { pathname, searchParams } = new URL(request.url!, 'http://server');
      const document = this.documents.get(pathname);
      if (document) send(response, 200, document);
      else if (request.method === 'GET' && searchParams.get('watch'))
        this.watch(this.parse(pathname), searchParams, response);
      else await this.answerAboutObjects(this.parse(pathname), searchParams, request, response);
    } catch (error) {
      if (error instanceof ApiError) send(response, error.code, error.status);
      else send(response, 500, { kind: 'Status', status: 'Failure', message: String(error), code: 500 });
    }
  }

  private async answerAboutObjects(
    { resource, namespace, name }: ApiRequest,
    parameters: URLSearchParams,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const bytes = await buffer(request);
    const hasObject = ['PATCH', 'POST', 'PUT'].includes(request.method!);
    const body = hasObject ? bodyOf(bytes) : {};
    const options = {
      isStrict: parameters.get('fieldValidation') === 'Strict',
      manager: parameters.get('fieldManager') ?? '',
      contentType: request.headers['content-type'] ?? '',
    };
    if (request.method === 'POST') send(response, 201, this.api.create(resource, namespace, body, options));
    else if (name === undefined) send(response, 200, this.list(resource, namespace, parameters));
    else if (request.method === 'GET') send(response, 200, this.api.get(resource, namespace, name));
    else if (request.method === 'PUT')
      send(response, 200, this.api.replace(resource, namespace, name, body, options));
    else if (request.method === 'PATCH')
      send(response, 200, this.api.patch(resource, namespace, name, body, options));
    else if (request.method === 'DELETE') send(response, 200, this.api.remove(resource, namespace, name));
    else throw new ApiError('BadRequest', `unexpected method ${request.method}`);
  }

  private list(resource: ApiResource, namespace: string | undefined, parameters: URLSearchParams): object {
    const items = this.store.list(resource.plural, namespace).filter(selectorOf(parameters));
    const metadata = { resourceVersion: String(this.store.version) };
    return { kind: `${resource.kind}List`, apiVersion: resource.apiVersion, metadata, items };
  }

  private watch(
    { resource, namespace, name }: ApiRequest,
    parameters: URLSearchParams,
    response: ServerResponse,
  ): void {
    const isSelected = selectorOf(parameters);
    const isWatched = (object: Parameters<typeof isSelected>[0]): boolean =>
      isSelected(object) &&
      (namespace === undefined || object.metadata.namespace === namespace) &&
      (name === undefined || object.metadata.name === name);
    watchObjects(this.store, resource, parameters, isWatched, response);
  }

  private parse(path: string): ApiRequest {
    const [, core, group, namespace, plural, name] = OBJECT_PATH.exec(path) ?? [];
    const resource = plural && apiResource(core ?? group!, plural);
    if (!resource) throw new ApiError('NotFound', 'the server could not find the requested resource');
    return { resource, namespace, name };
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** An object or a patch. It is JSON, YAML or in Protocol Buffers. */
function bodyOf(bytes: Buffer): JsonObject {
  return (
    isProtobuf(bytes) ? decodeObject(bytes) : load(String(bytes), { schema: YAML11_SCHEMA })
  ) as JsonObject;
}
