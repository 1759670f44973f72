{{/* The name of all objects. */}}
{{- define "recodex-monitor.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{- define "recodex-monitor.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{/* The roles of the Pods, as JSON. `""` is the only Pod of a chart without a relay. */}}
{{- define "recodex-monitor.roles" -}}
{{- if .Values.relay.url -}}["ingest", "edge"]{{- else -}}[""]{{- end -}}
{{- end }}

{{/* The name of the objects of a role: `root` is the context of the chart. */}}
{{- define "recodex-monitor.roleName" -}}
{{- include "recodex-monitor.fullname" .root }}{{ with .role }}-{{ . }}{{ end -}}
{{- end }}

{{/* The labels that select the Pods of a role. */}}
{{- define "recodex-monitor.roleSelector" -}}
{{ include "recodex-monitor.selectorLabels" .root }}
{{- with .role }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end }}

{{/* The labels of an object that belongs to a role. */}}
{{- define "recodex-monitor.roleLabels" -}}
{{ include "recodex-monitor.labels" .root }}
{{- with .role }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end }}

{{- define "recodex-monitor.labels" -}}
{{ include "recodex-monitor.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* Seconds of the pause before the stop. The broker and publishers try again at once, so the ingest needs none. */}}
{{- define "recodex-monitor.preStop" -}}
{{- eq .role "ingest" | ternary 0 (int .root.Values.preStopSeconds) -}}
{{- end }}

{{/* Seconds: preStop, shutdown.deadline and 5. A monitor that hangs ends by itself one second after its deadline. */}}
{{- define "recodex-monitor.gracePeriod" -}}
{{- $deadline := dig "shutdown" "deadline" 10 (default dict .root.Values.config) | float64 -}}
{{- add (include "recodex-monitor.preStop" .) (ceil $deadline) 5 -}}
{{- end }}

{{/* Seconds without a byte after which a proxy may close a connection: three heartbeats, and at least 60. */}}
{{- define "recodex-monitor.idleTimeout" -}}
{{- $interval := dig "heartbeat" "interval" 20 (default dict .Values.config) | float64 -}}
{{- max 60 (mulf 3 $interval | ceil) -}}
{{- end }}

{{- define "recodex-monitor.journalClaim" -}}
{{- .Values.journal.existingClaim | default (printf "%s-journal" (include "recodex-monitor.fullname" .)) -}}
{{- end }}

{{/* The folders of the Secrets, by the name of their volume. */}}
{{- define "recodex-monitor.secretFolder" -}}
/etc/recodex/{{ . }}
{{- end }}

{{/* The Secrets that the Pods of a role mount, by the name of their volume, as YAML. */}}
{{- define "recodex-monitor.mounted" -}}
{{- $secrets := dict "auth" .root.Values.secrets.auth -}}
{{- /* No client connects to the ingest, and no broker to an edge. */ -}}
{{- if ne .role "ingest" }}{{ $_ := set $secrets "tls" .root.Values.secrets.tls }}{{ end -}}
{{- if ne .role "edge" }}{{ $_ := set $secrets "curve" .root.Values.secrets.curve }}{{ end -}}
{{- if .role }}{{ $_ := set $secrets "redis" .root.Values.secrets.redis }}{{ end -}}
{{- range $name, $secret := $secrets }}{{ if not $secret }}{{ $_ := unset $secrets $name }}{{ end }}{{ end -}}
{{- toYaml $secrets -}}
{{- end }}

{{/* The configuration of a role: the paths of the files in the Secrets, the relay, and `config`, which has precedence. */}}
{{- define "recodex-monitor.config" -}}
{{- $secrets := fromYaml (include "recodex-monitor.mounted" .) -}}
{{- $values := .root.Values -}}
{{- $files := dict -}}
{{- if $secrets.auth -}}
{{- $_ := set $files "auth" (dict "keys" (list (dict "alg" "HS256" "file" (printf "%s/token.key" (include "recodex-monitor.secretFolder" "auth"))))) -}}
{{- end -}}
{{- if $secrets.tls -}}
{{- $folder := include "recodex-monitor.secretFolder" "tls" -}}
{{- $_ := set $files "tls" (dict "cert" (printf "%s/tls.crt" $folder) "key" (printf "%s/tls.key" $folder)) -}}
{{- end -}}
{{- if $secrets.curve -}}
{{- $folder := include "recodex-monitor.secretFolder" "curve" -}}
{{- $_ := set $files "zeromq" (dict "curve" (dict "key" (printf "%s/monitor.key" $folder) "clients" (printf "%s/allowed-clients" $folder))) -}}
{{- end -}}
{{- if .role -}}
{{- $relay := dict "url" $values.relay.url "role" .role -}}
{{- if $secrets.redis }}{{ $_ := set $relay "password_file" (printf "%s/password" (include "recodex-monitor.secretFolder" "redis")) }}{{ end -}}
{{- if $values.relay.caConfigMap }}{{ $_ := set $relay "ca" (printf "%s/ca.crt" (include "recodex-monitor.secretFolder" "redis-ca")) }}{{ end -}}
{{- $_ := set $files "relay" $relay -}}
{{- end -}}
{{- toYaml (mergeOverwrite $files (deepCopy (default dict $values.config))) -}}
{{- end }}

{{/* Whether the admin listener requires a token. Empty: no. */}}
{{- define "recodex-monitor.adminToken" -}}
{{- if dig "auth" "admin" false (default dict .Values.config) -}}true{{- end -}}
{{- end }}

{{/* The port in relay.url. */}}
{{- define "recodex-monitor.redisPort" -}}
{{- (urlParse .Values.relay.url).host | regexFind ":[0-9]+$" | trimPrefix ":" | default "6379" -}}
{{- end }}
