{{/* The names that all objects are made of. */}}
{{- define "latchkey.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Room for the longest suffix, "-management". */}}
{{- define "latchkey.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" }}
{{- else if contains (include "latchkey.name" .) .Release.Name }}
{{- .Release.Name | trunc 52 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "latchkey.name" .) | trunc 52 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "latchkey.selectorLabels" -}}
app.kubernetes.io/name: {{ include "latchkey.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "latchkey.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "latchkey.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "latchkey.migrationLabels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/name: {{ include "latchkey.name" . }}-migration
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "latchkey.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "latchkey.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "latchkey.image" -}}
{{- $image := .Values.image.repository }}
{{- with .Values.image.registry }}{{ $image = printf "%s/%s" (trimSuffix "/" .) $image }}{{ end }}
{{- if .Values.image.digest }}
{{- printf "%s@%s" $image .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" $image (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{- define "latchkey.publicHost" -}}
{{- (urlParse .Values.publicUrl).hostname }}
{{- end }}

{{- define "latchkey.gateUrl" -}}
{{- $service := ternary (printf "%s-gate" (include "latchkey.fullname" .)) (include "latchkey.fullname" .) .Values.gate.service.enabled }}
{{- printf "http://%s.%s.svc.%s:%v/api/auth/verify" $service .Release.Namespace .Values.clusterDomain .Values.service.port }}
{{- end }}

{{- define "latchkey.masterSecretName" -}}
{{- default (printf "%s-master" (include "latchkey.fullname" .)) .Values.masterSecret.existingSecret }}
{{- end }}

{{/* A JDBC URL. Parameters: root, host, port, parameters. */}}
{{- define "latchkey.jdbcUrl" -}}
{{- $database := .root.Values.database }}
{{- $parameters := dict "sslmode" $database.sslMode }}
{{- with $database.ca.existingSecret }}{{ $_ := set $parameters "sslrootcert" "/run/secrets/latchkey/database-ca.crt" }}{{ end }}
{{- $parameters = merge (dict) .parameters $parameters }}
{{- $pairs := list }}
{{- range $name := keys $parameters | sortAlpha }}
{{- $pairs = append $pairs (printf "%s=%s" (urlquery $name) (urlquery (toString (get $parameters $name)))) }}
{{- end }}
{{- $host := ternary (printf "[%s]" .host) .host (contains ":" .host) }}
{{- printf "jdbc:postgresql://%s:%v/%s?%s" $host .port $database.name (join "&" $pairs) }}
{{- end }}

{{/* What is mounted from Secrets as a file: the setting that names the file, the Secret, its key, and the file. */}}
{{- define "latchkey.secretFiles" -}}
{{- $files := list (dict "setting" "LATCHKEY_SECRET_FILE" "secret" (include "latchkey.masterSecretName" .) "key" .Values.masterSecret.key "file" "master-secret") }}
{{- with .Values.masterSecret.previousKey }}
{{- $files = append $files (dict "setting" "LATCHKEY_SECRET_PREVIOUS_FILE" "secret" $.Values.masterSecret.existingSecret "key" . "file" "master-secret-previous") }}
{{- end }}
{{- with .Values.jwtSecret }}
{{- if .existingSecret }}
{{- $files = append $files (dict "setting" "LATCHKEY_JWT_SECRET_FILE" "secret" .existingSecret "key" .key "file" "jwt-secret") }}
{{- if .previousKey }}
{{- $files = append $files (dict "setting" "LATCHKEY_JWT_SECRET_PREVIOUS_FILE" "secret" .existingSecret "key" .previousKey "file" "jwt-secret-previous") }}
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.betterAuthSecret }}
{{- if .existingSecret }}
{{- $files = append $files (dict "setting" "LATCHKEY_BETTER_AUTH_SECRET_FILE" "secret" .existingSecret "key" .key "file" "better-auth-secret") }}
{{- end }}
{{- end }}
{{- range .Values.oauthClients }}
{{- $setting := printf "LATCHKEY_OAUTH_CLIENTS_%s_SECRET" (upper .id) }}
{{- $files = append $files (dict "setting" (printf "%s_FILE" $setting) "secret" .existingSecret "key" (default "secret" .key) "file" (printf "oauth-client-%s" .id)) }}
{{- if .previousKey }}
{{- $files = append $files (dict "setting" (printf "%s_PREVIOUS_FILE" $setting) "secret" .existingSecret "key" .previousKey "file" (printf "oauth-client-%s-previous" .id)) }}
{{- end }}
{{- end }}
{{- if .Values.mail.host }}
{{- with .Values.mail }}
{{- if .user }}
{{- $files = append $files (dict "setting" "LATCHKEY_MAIL_PASSWORD_FILE" "secret" .existingSecret "key" .passwordKey "file" "mail-password") }}
{{- end }}
{{- if .ca.existingSecret }}
{{- $files = append $files (dict "setting" "LATCHKEY_MAIL_TRUST_FILE" "secret" .ca.existingSecret "key" .ca.key "file" "mail-ca.crt") }}
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.database.ca }}
{{- if .existingSecret }}
{{- $files = append $files (dict "setting" "" "secret" .existingSecret "key" .key "file" "database-ca.crt") }}
{{- end }}
{{- end }}
{{- toYaml $files }}
{{- end }}

{{/* The settings that the values stand for, as environment variables; those under config are not among them. */}}
{{- define "latchkey.settings" -}}
{{- $settings := dict "LATCHKEY_PUBLIC_URL" .Values.publicUrl }}
{{- with .Values.trustedProxies }}{{ $_ := set $settings "LATCHKEY_TRUSTED_PROXIES" (join "," .) }}{{ end }}
{{- with .Values.trustedOrigins }}{{ $_ := set $settings "LATCHKEY_TRUSTED_ORIGINS" (join "," .) }}{{ end }}
{{- $database := .Values.database }}
{{- $_ := set $settings "QUARKUS_DATASOURCE_JDBC_URL" (include "latchkey.jdbcUrl" (dict "root" . "host" $database.host "port" $database.port "parameters" $database.parameters)) }}
{{- $_ := set $settings "QUARKUS_DATASOURCE_USERNAME" $database.user }}
{{- if $database.direct.host }}
{{- $_ := set $settings "LATCHKEY_DIRECT_JDBC_URL" (include "latchkey.jdbcUrl" (dict "root" . "host" $database.direct.host "port" $database.direct.port "parameters" (omit $database.parameters "prepareThreshold"))) }}
{{- end }}
{{- if $database.migration.job.enabled }}
{{- $_ := set $settings "LATCHKEY_DATABASE_MIGRATE" "false" }}
{{- else if $database.migration.user }}
{{- $_ := set $settings "QUARKUS_FLYWAY_USERNAME" $database.migration.user }}
{{- end }}
{{- with .Values.mail }}
{{- if .host }}
{{- $_ := set $settings "LATCHKEY_MAIL_HOST" .host }}
{{- $_ := set $settings "LATCHKEY_MAIL_PORT" (toString .port) }}
{{- $_ := set $settings "LATCHKEY_MAIL_SECURITY" .security }}
{{- $_ := set $settings "LATCHKEY_MAIL_FROM" .from }}
{{- if .user }}{{ $_ := set $settings "LATCHKEY_MAIL_USERNAME" .user }}{{ end }}
{{- if .fromName }}{{ $_ := set $settings "LATCHKEY_MAIL_FROM_NAME" .fromName }}{{ end }}
{{- if .templatesConfigMap }}{{ $_ := set $settings "LATCHKEY_MAIL_TEMPLATES" "/etc/latchkey/mail" }}{{ end }}
{{- end }}
{{- end }}
{{- range $n, $rule := .Values.gate.rules }}
{{- $name := printf "LATCHKEY_GATE_RULES_%d__" $n }}
{{- $_ := set $settings (printf "%sPATH" $name) $rule.path }}
{{- $_ := set $settings (printf "%sALLOW" $name) $rule.allow }}
{{- with $rule.methods }}{{ $_ := set $settings (printf "%sMETHODS" $name) (join "," .) }}{{ end }}
{{- with $rule.ownerParameter }}{{ $_ := set $settings (printf "%sOWNER_PARAMETER" $name) . }}{{ end }}
{{- with $rule.issuer }}{{ $_ := set $settings (printf "%sISSUER" $name) . }}{{ end }}
{{- end }}
{{- if .Values.gate.sendUnverifiedEmail }}{{ $_ := set $settings "LATCHKEY_GATE_SEND_UNVERIFIED_EMAIL" "true" }}{{ end }}
{{- $_ := set $settings "QUARKUS_SHUTDOWN_DELAY" (printf "%vs" .Values.drain.delaySeconds) }}
{{- $_ := set $settings "QUARKUS_SHUTDOWN_TIMEOUT" (printf "%vs" .Values.drain.timeoutSeconds) }}
{{- range include "latchkey.secretFiles" . | fromYamlArray }}
{{- if .setting }}{{ $_ := set $settings .setting (printf "/run/secrets/latchkey/%s" .file) }}{{ end }}
{{- end }}
{{- toYaml $settings }}
{{- end }}

{{/* Helm reads every number as a floating-point one. */}}
{{- define "latchkey.text" -}}
{{- if kindIs "float64" . }}{{ if eq (floor .) . }}{{ int64 . }}{{ else }}{{ . }}{{ end }}{{ else }}{{ . }}{{ end }}
{{- end }}

{{/* Ports of the HTTP services that config names: keys of trusted issuers, the range API, OTLP. */}}
{{- define "latchkey.httpPorts" -}}
{{- $ports := dict }}
{{- range $name, $value := .Values.config }}
{{- if regexMatch "^(LATCHKEY_TOKEN_TRUSTED_[A-Z0-9]+_JWKS_URL|LATCHKEY_PASSWORD_BREACH_CHECK_URL|(QUARKUS_)?OTEL_EXPORTER_OTLP_ENDPOINT)$" $name }}
{{- $url := urlParse (toString $value) }}
{{- $port := regexFind "[0-9]+$" (regexFind ":[0-9]+$" $url.host) }}
{{- if $url.host }}
{{- $_ := set $ports (default (ternary "443" "80" (eq $url.scheme "https")) $port) true }}
{{- end }}
{{- end }}
{{- end }}
{{- keys $ports | sortAlpha | join "," }}
{{- end }}

{{/* Stops the installation where a value is missing or cannot be meant, with a sentence that says what to set. */}}
{{- define "latchkey.check" -}}
{{- $values := .Values }}
{{- if not $values.publicUrl }}
{{- fail "Set publicUrl to the origin under which clients reach Latchkey, such as https://auth.example.com." }}
{{- end }}
{{- $url := urlParse $values.publicUrl }}
{{- if not (and $url.host (has $url.scheme (list "https" "http")) (has $url.path (list "" "/")) (not $url.query) (not $url.fragment) (not $url.userinfo)) }}
{{- fail (printf "publicUrl is %q: set it to an origin, such as https://auth.example.com, without a path." $values.publicUrl) }}
{{- end }}
{{- if and (eq $url.scheme "http") (not (regexMatch "^(localhost|127\\..*|::1)$" $url.hostname)) }}
{{- fail (printf "publicUrl is %q: set it to an HTTPS URL. The service accepts plain HTTP on a loopback address only." $values.publicUrl) }}
{{- end }}
{{- if not $values.database.host }}
{{- fail "Set database.host to the host name of the PostgreSQL server." }}
{{- end }}
{{- if not $values.database.existingSecret }}
{{- fail (printf "Set database.existingSecret to a Secret of the namespace %s that has the password of the database under the key %q: kubectl create secret generic latchkey-database --from-literal=%s=..." .Release.Namespace $values.database.passwordKey $values.database.passwordKey) }}
{{- end }}
{{- if and (hasPrefix "verify-" $values.database.sslMode) (not $values.database.ca.existingSecret) (not (hasKey $values.database.parameters "sslrootcert")) (not (hasKey $values.database.parameters "sslfactory")) }}
{{- fail (printf "database.sslMode is %s: set database.ca.existingSecret to a Secret with the certificate of the authority that has issued the server's." $values.database.sslMode) }}
{{- end }}
{{- if ne (empty $values.database.migration.user) (empty $values.database.migration.existingSecret) }}
{{- fail "Set both database.migration.user and database.migration.existingSecret, or neither." }}
{{- end }}
{{- range $values.trustedProxies }}
{{- if has . (list "0.0.0.0/0" "::/0") }}
{{- fail (printf "trustedProxies has %s, with which every client could claim any address: set it to the networks of the proxies alone." .) }}
{{- end }}
{{- if not (regexMatch "^[0-9a-fA-F:.]+(/[0-9]{1,3})?$" .) }}
{{- fail (printf "trustedProxies has %q: set it to addresses or CIDR networks, such as 10.244.0.0/16. Host names are not resolved." .) }}
{{- end }}
{{- end }}
{{- if and (or $values.ingress.enabled $values.httpRoute.enabled) (not $values.trustedProxies) }}
{{- fail "Set trustedProxies to the networks of the ingress controller's pods, such as {10.244.0.0/16}: without it all clients count as one, and the first who fails to sign in locks out the others." }}
{{- end }}
{{- range $values.trustedOrigins }}
{{- if not (regexMatch "^https?://[^/?#*@]+$" .) }}
{{- fail (printf "trustedOrigins has %q: set it to origins as a browser sends them, such as https://app.example.com, without path or wildcard." .) }}
{{- end }}
{{- end }}
{{- if and $values.masterSecret.previousKey (not $values.masterSecret.existingSecret) }}
{{- fail "masterSecret.previousKey needs masterSecret.existingSecret: copy the generated master secret into a Secret of your own, with both keys, and name that." }}
{{- end }}
{{- if and $values.jwtSecret.previousKey (not $values.jwtSecret.existingSecret) }}
{{- fail "jwtSecret.previousKey needs jwtSecret.existingSecret: name the Secret that has both." }}
{{- end }}
{{- if and $values.mail.host (not $values.mail.from) }}
{{- fail "Set mail.from to the address that e-mails come from." }}
{{- end }}
{{- if and $values.mail.host (ne (empty $values.mail.user) (empty $values.mail.existingSecret)) }}
{{- fail "Set both mail.user and mail.existingSecret (a Secret with the password for the mail server), or neither." }}
{{- end }}
{{- if and (not $values.mail.host) (or $values.mail.from $values.mail.user $values.mail.existingSecret) }}
{{- fail "Set mail.host: without it no e-mail is sent, whatever else stands under mail." }}
{{- end }}
{{- $settings := include "latchkey.settings" . | fromYaml }}
{{- range $name, $value := $values.config }}
{{- if or (hasKey $settings $name) (has $name (list "LATCHKEY_TRUSTED_PROXIES" "LATCHKEY_TRUSTED_ORIGINS" "LATCHKEY_DIRECT_JDBC_URL" "QUARKUS_DATASOURCE_PASSWORD" "QUARKUS_HTTP_PORT" "QUARKUS_MANAGEMENT_PORT")) (hasPrefix "LATCHKEY_GATE_RULES_" $name) }}
{{- fail (printf "config has %s, which the chart sets from a value of its own: README.md names it." $name) }}
{{- end }}
{{- if regexMatch "(SECRET|SECRET_PREVIOUS|PASSWORD)$" $name }}
{{- fail (printf "config has %s, and everyone who may read ConfigMaps would read it: put it into a Secret, and refer to that under extraEnv." $name) }}
{{- end }}
{{- end }}
{{- if and $values.autoscaling.enabled (not (dig "requests" "cpu" "" $values.resources)) }}
{{- fail "autoscaling.enabled needs resources.requests.cpu, of which it measures the share in use." }}
{{- end }}
{{- if and $values.autoscaling.enabled (gt (int $values.autoscaling.minReplicas) (int $values.autoscaling.maxReplicas)) }}
{{- fail "autoscaling.minReplicas is more than autoscaling.maxReplicas: lower it." }}
{{- end }}
{{- if and $values.httpRoute.enabled (not $values.httpRoute.parentRefs) }}
{{- fail "Set httpRoute.parentRefs to the Gateway that the route belongs to: [{name: ..., namespace: ...}]." }}
{{- end }}
{{- if and $values.serviceMonitor.enabled $values.networkPolicy.enabled (not $values.networkPolicy.managementNamespaces) }}
{{- fail "Set networkPolicy.managementNamespaces to the namespace of Prometheus: serviceMonitor.enabled makes it read port 9000, which the network policy closes." }}
{{- end }}
{{- end }}

{{/* The labels of an alert. Parameters: the values of the rule, the severity. */}}
{{- define "latchkey.alertLabels" -}}
{{- toYaml (merge (dict) (index . 0).alertLabels (dict "severity" (index . 1))) }}
{{- end }}
