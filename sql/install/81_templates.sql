-- bodies of webhooks that are built in

INSERT INTO drift.message_templates (name, built_in, created_at, path, description, body) VALUES
('generic', true, NULL, NULL, 'the message as it is, of the format drift-message: for programs of your own, Logic Apps, n8n, Zapier', '"${message}"'),
('teams', true, NULL, NULL, 'Microsoft Teams: a card for the workflow "when a webhook request is received"', $json$
{"type": "message", "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": {
	"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4", "msteams": {"width": "Full"},
	"body": [
		{"type": "TextBlock", "size": "Large", "weight": "Bolder", "wrap": true, "text": "${headline:250}",
			"color": {"$case": "status", "firing": {"$case": "severity", "critical": "Attention", "$else": "Warning"}, "resolved": "Good", "$else": "Default"}},
		{"type": "TextBlock", "wrap": true, "text": "${text:4000|-}"},
		{"type": "FactSet", "facts": [
			{"$if": "model", "title": "Model", "value": "${model:200}"},
			{"$if": "monitor", "title": "Monitor", "value": "${monitor:200}"},
			{"$if": "facts.drift_score", "title": "Drift score", "value": "${facts.drift_score:10}"},
			{"$if": "facts.drift_share", "title": "Drift share", "value": "${facts.drift_share:10}"},
			{"$if": "facts.drifted_features.0", "title": "Drifted features", "value": "${facts.drifted_features:500}"},
			{"$if": "facts.performance", "title": "Performance", "value": "${facts.performance:50}"},
			{"$if": "facts.retraining.action", "title": "Retraining", "value": "${facts.retraining.action:50}"},
			{"title": "Environment", "value": "${environment:200}"}]}]}}]}
$json$),
('pagerduty', true, NULL, '/v2/enqueue', 'PagerDuty: events of API version 2; one incident for a cause, resolved when all is well', $json$
{"routing_key": "${secret.key}", "dedup_key": "${key_hash}",
	"event_action": {"$case": "status", "resolved": "resolve", "$else": "trigger"},
	"payload": {"summary": "${headline:1000}", "source": "${environment:200}", "timestamp": "${occurred_at}",
		"severity": {"$case": "severity", "critical": "critical", "warning": "warning", "$else": "info"},
		"component": "${model:200}", "group": "${monitor:200}", "class": "${alerts.0.kind:200}",
		"custom_details": {"text": "${text:4000}", "facts": "${facts}", "alerts": {"$each": "alerts", "$most": 20, "$do": "${item.title:500}"}}}}
$json$),
('jira', true, NULL, '/rest/api/2/issue', 'Jira: an issue of the type Task in the project that the channel names', $json$
{"fields": {"project": {"key": "${channel.project|DRIFT}"}, "issuetype": {"name": "Task"}, "summary": "${title:250}", "labels": ["drift"],
	"description": "${text:20000|-}\n\nModel: ${model:200|-}\nMonitor: ${monitor:200|-}\nDrift score: ${facts.drift_score:10|-}\nDrifted features: ${facts.drifted_features:2000|-}\nRetraining: ${facts.retraining.action:50|-}\nEnvironment: ${environment:200}"}}
$json$),
('azure', true, NULL, NULL, 'Azure Monitor: the common alert schema, for Logic Apps, Functions and runbooks made for it', $json$
{"schemaId": "azureMonitorCommonAlertSchema", "data": {
	"essentials": {"alertId": "${key_hash}", "alertRule": "${title:250}", "severity": {"$case": "severity", "critical": "Sev1", "warning": "Sev2", "$else": "Sev4"},
		"signalType": "Log", "monitorCondition": {"$case": "status", "resolved": "Resolved", "$else": "Fired"}, "monitoringService": "drift",
		"alertTargetIDs": ["${environment:500}"], "configurationItems": ["${model:200|-}"], "firedDateTime": "${occurred_at}",
		"description": "${text:4000|-}", "essentialsVersion": "1.0", "alertContextVersion": "1.0"},
	"alertContext": "${message}"}}
$json$),
('github_dispatch', true, NULL, '/repos/${channel.repository}/dispatches', 'GitHub Actions: starts workflows of the type repository_dispatch, to build or deploy', $json$
{"event_type": "${events.0.topic:100|drift_message}", "client_payload": {"title": "${title:500}", "status": "${status}", "severity": "${severity}",
	"model": "${model}", "monitor": "${monitor}", "key": "${key_hash}", "facts": "${facts}", "events": {"$each": "events", "$most": 20, "$do": "${item}"}}}
$json$),
('alertmanager', true, NULL, '/api/v2/alerts', 'Alertmanager of Prometheus: alerts for its own routes, silences and receivers', $json$
[{"labels": {"alertname": "drift", "severity": "${severity}", "model": "${model:500}", "monitor": "${monitor:500}", "database": "${environment:500}", "key": "${key_hash}"},
	"annotations": {"summary": "${title:1000}", "description": "${text:4000|-}"},
	"startsAt": {"$case": "status", "resolved": "${alerts.0.raised_at}", "$else": "${occurred_at}"},
	"endsAt": {"$case": "status", "resolved": "${occurred_at}", "$else": "2100-01-01T00:00:00Z"}}]
$json$),
('elastic', true, NULL, '/drift-alerts/_doc', 'Elasticsearch and OpenSearch: a document in the index drift-alerts', $json$
{"@timestamp": "${occurred_at}", "message": "${headline}", "log": {"level": "${severity}"}, "service": {"name": "drift", "environment": "${environment}"},
	"event": {"kind": "alert", "action": "${cause}", "id": "${key_hash}"}, "labels": {"model": "${model}", "monitor": "${monitor}", "status": "${status}"},
	"drift": {"text": "${text}", "facts": "${facts}"}}
$json$);
