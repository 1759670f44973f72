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

{{- define "recodex-monitor.config" -}}
{{- toYaml (default dict .Values.config) -}}
{{- end }}
