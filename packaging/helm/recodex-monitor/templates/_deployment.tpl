{{/*
The Deployment of a role. `root` is the context of the chart. `role` is `ingest`, `edge`, or empty for the only Pod of a chart
without a relay.
*/}}
{{- define "recodex-monitor.deployment" -}}
{{- $values := .root.Values }}
{{- $secrets := fromYaml (include "recodex-monitor.mounted" .) }}
{{- $authority := ternary $values.relay.caConfigMap "" (ne .role "") }}
{{- $hasJournal := and $values.journal.enabled (not .role) }}
{{- $preStop := int (include "recodex-monitor.preStop" .) }}
{{- $resources := $values.resources }}
{{- if eq .role "ingest" }}{{ $resources = $values.relay.ingest.resources }}{{ end }}
{{- if eq .role "edge" }}{{ $resources = $values.relay.edges.resources }}{{ end -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "recodex-monitor.roleName" $ }}
  labels:
    {{- include "recodex-monitor.roleLabels" $ | nindent 4 }}
spec:
  {{- if not $.role }}
  # A broker speaks to one monitor. A second Pod would get a part of the messages, and its clients would miss the others.
  replicas: 1
  # The old monitor stops before the new one starts, for the same reason. The broker keeps its messages in between.
  strategy:
    type: Recreate
  {{- else }}
  {{- if eq $.role "ingest" }}
  # One Pod has the lease in Redis and opens its ZeroMQ port. The other one waits for the lease.
  replicas: 2
  {{- else }}
  # No replicas: each upgrade would undo the work of the autoscaler.
  {{- end }}
  # A new Pod must have read everything before an old one ends. While Redis is away, no new Pod becomes ready, so an update
  # waits, and the Pod with the lease keeps its messages.
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: 1
      maxUnavailable: 0
  {{- end }}
  selector:
    matchLabels:
      {{- include "recodex-monitor.roleSelector" $ | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "recodex-monitor.roleLabels" $ | nindent 8 }}
      annotations:
        # A change of the configuration restarts the monitor.
        checksum/config: {{ include "recodex-monitor.config" $ | sha256sum }}
        {{- with $values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ include "recodex-monitor.fullname" $.root }}
      automountServiceAccountToken: false
      # The variables of Services have names like those of the monitor's settings.
      enableServiceLinks: false
      terminationGracePeriodSeconds: {{ include "recodex-monitor.gracePeriod" $ }}
      {{- with $values.priorityClassName }}
      priorityClassName: {{ . | quote }}
      {{- end }}
      {{- with $values.image.pullSecrets }}
      imagePullSecrets:
        {{- range . }}
        - name: {{ . | quote }}
        {{- end }}
      {{- end }}
      {{- if $.role }}
      # A cluster with few nodes still gets all Pods.
      topologySpreadConstraints:
        - topologyKey: kubernetes.io/hostname
          maxSkew: 1
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              {{- include "recodex-monitor.roleSelector" $ | nindent 14 }}
          # During an update, only the new Pods count.
          matchLabelKeys: [pod-template-hash]
      {{- end }}
      securityContext:
        runAsNonRoot: true
        runAsUser: 1000
        runAsGroup: 1000
        {{- if or $hasJournal $secrets }}
        # The volumes of the journal and of the Secrets belong to this group.
        fsGroup: 1000
        fsGroupChangePolicy: OnRootMismatch
        {{- end }}
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: monitor
          image: {{ printf "%s:%s" $values.image.repository (default $.root.Chart.AppVersion $values.image.tag) | quote }}
          imagePullPolicy: {{ $values.image.pullPolicy }}
          args: ['-c', /etc/recodex/monitor/config.yml]
          {{- if $hasJournal }}
          env:
            - name: RECODEX_MONITOR_JOURNAL_PATH
              value: /var/lib/recodex-monitor
          {{- end }}
          ports:
            - name: public
              containerPort: 4567
            - name: admin
              containerPort: 4568
            {{- if ne $.role "edge" }}
            - name: zeromq
              containerPort: 7894
            {{- end }}
          startupProbe:
            httpGet:
              path: /health/live
              port: admin
            periodSeconds: 1
            timeoutSeconds: 2
            failureThreshold: 60
          {{- if eq $.role "ingest" }}
          # Also succeeds in the Pod that waits for the lease. With /health/ingest, one Pod would never be ready, and an update
          # would not end.
          {{- end }}
          readinessProbe:
            httpGet:
              path: /health/ready
              port: admin
            periodSeconds: 5
            timeoutSeconds: 2
            failureThreshold: 2
          livenessProbe:
            httpGet:
              path: /health/live
              port: admin
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 3
          {{- if $preStop }}
          lifecycle:
            # Until the ingress controller knows that the Pod ends, it still sends new clients.
            preStop:
              sleep:
                seconds: {{ $preStop }}
          {{- end }}
          {{- with $resources }}
          resources:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: [ALL]
          volumeMounts:
            - name: config
              mountPath: /etc/recodex/monitor
              readOnly: true
            {{- range $name, $secret := $secrets }}
            # The whole volume: with subPath, Kubernetes would not update the files.
            - name: {{ $name }}
              mountPath: {{ include "recodex-monitor.secretFolder" $name }}
              readOnly: true
            {{- end }}
            {{- if $authority }}
            - name: redis-ca
              mountPath: {{ include "recodex-monitor.secretFolder" "redis-ca" }}
              readOnly: true
            {{- end }}
            {{- if $hasJournal }}
            - name: journal
              mountPath: /var/lib/recodex-monitor
            {{- end }}
      volumes:
        - name: config
          configMap:
            name: {{ include "recodex-monitor.roleName" $ }}
        {{- range $name, $secret := $secrets }}
        - name: {{ $name }}
          secret:
            secretName: {{ $secret | quote }}
            # 0644 is the default. The monitor refuses a secret that other users can read.
            defaultMode: 0440
        {{- end }}
        {{- with $authority }}
        - name: redis-ca
          configMap:
            name: {{ . | quote }}
        {{- end }}
        {{- if $hasJournal }}
        - name: journal
          persistentVolumeClaim:
            claimName: {{ include "recodex-monitor.journalClaim" $.root }}
        {{- end }}
      {{- with $values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.affinity }}
      affinity:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
{{- end }}
