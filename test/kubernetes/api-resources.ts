/** A kind of objects that the stand-in API server has. */
export interface ApiResource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
}

/** Kinds and their plurals by `apiVersion`: those of the chart and the overlays, and what kubectl and helm ask for. */
const KINDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  v1: {
    ConfigMap: 'configmaps',
    Namespace: 'namespaces',
    PersistentVolumeClaim: 'persistentvolumeclaims',
    Pod: 'pods',
    Secret: 'secrets',
    Service: 'services',
    ServiceAccount: 'serviceaccounts',
  },
  'apps/v1': { Deployment: 'deployments', ReplicaSet: 'replicasets', StatefulSet: 'statefulsets' },
  'autoscaling/v2': { HorizontalPodAutoscaler: 'horizontalpodautoscalers' },
  // Of the Prometheus operator.
  'monitoring.coreos.com/v1': { ServiceMonitor: 'servicemonitors' },
  'networking.k8s.io/v1': { Ingress: 'ingresses', NetworkPolicy: 'networkpolicies' },
  'policy/v1': { PodDisruptionBudget: 'poddisruptionbudgets' },
};

const RESOURCES: readonly ApiResource[] = Object.entries(KINDS).flatMap(([apiVersion, kinds]) =>
  Object.entries(kinds).map(([kind, plural]) => ({
    apiVersion,
    kind,
    plural,
    isNamespaced: kind !== 'Namespace',
  })),
);

export function apiResource(apiVersion: string, plural: string): ApiResource | undefined {
  return RESOURCES.find((each) => each.apiVersion === apiVersion && each.plural === plural);
}

/** The name of the group: empty for the core. */
export function apiGroup({ apiVersion }: Pick<ApiResource, 'apiVersion'>): string {
  return apiVersion.includes('/') ? apiVersion.split('/', 1)[0]! : '';
}

/** The documents by which kubectl and helm learn what the server has, by path. */
export function discoveryDocuments(): ReadonlyMap<string, object> {
  const versions = Object.keys(KINDS);
  const documents = new Map<string, object>([
    ['/version', { major: '1', minor: '35', gitVersion: 'v1.35.0', platform: 'linux/amd64' }],
    ['/api', { kind: 'APIVersions', versions: ['v1'] }],
    [
      '/apis',
      {
        kind: 'APIGroupList',
        apiVersion: 'v1',
        groups: versions.filter((version) => version !== 'v1').map(groupDocument),
      },
    ],
    [
      '/openapi/v3',
      { paths: Object.fromEntries(versions.map((version) => [pathOf(version), openApiLink(version)])) },
    ],
  ]);
  for (const version of versions) {
    documents.set(`/${pathOf(version)}`, resourceListDocument(version));
    documents.set(`/openapi/v3/${pathOf(version)}`, openApiDocument(version));
  }
  return documents;
}

function pathOf(apiVersion: string): string {
  return apiVersion === 'v1' ? 'api/v1' : `apis/${apiVersion}`;
}

function groupDocument(apiVersion: string): object {
  const [name, version] = apiVersion.split('/');
  const served = { groupVersion: apiVersion, version };
  return { name, versions: [served], preferredVersion: served };
}

function resourceListDocument(apiVersion: string): object {
  const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];
  const resources = RESOURCES.filter((each) => each.apiVersion === apiVersion).map(
    ({ kind, plural, isNamespaced }) => ({
      name: plural,
      singularName: kind.toLowerCase(),
      namespaced: isNamespaced,
      kind,
      verbs,
    }),
  );
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersion, resources };
}

function openApiLink(apiVersion: string): object {
  return { serverRelativeURL: `/openapi/v3/${pathOf(apiVersion)}?hash=1` };
}

/** Says that the server validates fields. The schemas are those of kubernetes-models, and stay in the server. */
function openApiDocument(apiVersion: string): object {
  const resources = RESOURCES.filter((each) => each.apiVersion === apiVersion);
  const parameters = [{ name: 'fieldValidation', in: 'query', schema: { type: 'string' } }];
  const paths = resources.map((resource) => {
    const version = apiVersion.split('/').at(-1);
    const patch = {
      parameters,
      responses: {},
      'x-kubernetes-group-version-kind': { group: apiGroup(resource), version, kind: resource.kind },
    };
    return [`/${pathOf(apiVersion)}/namespaces/{namespace}/${resource.plural}/{name}`, { patch }];
  });
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.35.0' },
    paths: Object.fromEntries(paths),
  };
}
