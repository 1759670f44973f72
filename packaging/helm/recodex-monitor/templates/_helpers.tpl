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

{{- define "recodex-monitor.labels" -}}
{{ include "recodex-monitor.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* Seconds: preStop, shutdown.deadline and 5. A monitor that hangs ends by itself one second after its deadline. */}}
{{- define "recodex-monitor.gracePeriod" -}}
{{- $deadline := dig "shutdown" "deadline" 10 (default dict .Values.config) | float64 -}}
{{- add .Values.preStopSeconds (ceil $deadline) 5 -}}
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

{{/* The configuration: the paths of the files in the Secrets, and `config`, which has precedence. */}}
{{- define "recodex-monitor.config" -}}
{{- $files := dict -}}
{{- if .Values.secrets.auth -}}
{{- $_ := set $files "auth" (dict "keys" (list (dict "alg" "HS256" "file" (printf "%s/token.key" (include "recodex-monitor.secretFolder" "auth"))))) -}}
{{- end -}}
{{- if .Values.secrets.tls -}}
{{- $folder := include "recodex-monitor.secretFolder" "tls" -}}
{{- $_ := set $files "tls" (dict "cert" (printf "%s/tls.crt" $folder) "key" (printf "%s/tls.key" $folder)) -}}
{{- end -}}
{{- if .Values.secrets.curve -}}
{{- $folder := include "recodex-monitor.secretFolder" "curve" -}}
{{- $_ := set $files "zeromq" (dict "curve" (dict "key" (printf "%s/monitor.key" $folder) "clients" (printf "%s/allowed-clients" $folder))) -}}
{{- end -}}
{{- toYaml (mergeOverwrite $files (deepCopy (default dict .Values.config))) -}}
{{- end }}

{{/* Whether the admin listener requires a token. Empty: no. */}}
{{- define "recodex-monitor.adminToken" -}}
{{- if dig "auth" "admin" false (default dict .Values.config) -}}true{{- end -}}
{{- end }}
