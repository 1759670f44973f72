import type { StoredObject } from './object-store.js';
import type { PodProcess } from './pod-process.js';

/** The status of a Deployment or a StatefulSet. @param isUpdated whether a Pod has the template of the workload */
export function workloadStatus(
  { metadata, spec }: StoredObject,
  pods: readonly PodProcess[],
  isUpdated: (pod: PodProcess) => boolean,
): object {
  const { replicas: desired = 1 } = spec as { readonly replicas?: number };
  const ready = pods.filter(({ isReady }) => isReady).length;
  const updated = pods.filter(isUpdated);
  const updatedReady = updated.filter(({ isReady }) => isReady).length;
  const isComplete = updatedReady === desired && pods.length === desired;
  return {
    observedGeneration: metadata.generation,
    replicas: pods.length,
    updatedReplicas: updated.length,
    currentReplicas: updated.length,
    readyReplicas: ready,
    availableReplicas: ready,
    unavailableReplicas: Math.max(0, desired - ready),
    conditions: [
      { type: 'Available', status: ready >= desired ? 'True' : 'False', reason: 'MinimumReplicas' },
      {
        type: 'Progressing',
        status: 'True',
        reason: isComplete ? 'NewReplicaSetAvailable' : 'ReplicaSetUpdated',
      },
    ],
  };
}

export function podStatus(phase: 'Pending' | 'Running', isReady = false): object {
  return {
    phase,
    podIP: '127.0.0.1',
    conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }],
  };
}
