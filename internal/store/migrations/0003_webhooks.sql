CREATE TABLE webhook (
	id {{text}} NOT NULL PRIMARY KEY, url {{text}} NOT NULL, description {{text}} NOT NULL, types {{text}} NOT NULL, state {{text}} NOT NULL, reason {{text}} NOT NULL,
	place BIGINT NOT NULL, n BIGINT NOT NULL, failing_since BIGINT NOT NULL, by_kind {{text}} NOT NULL, by_id {{text}} NOT NULL, by_name {{text}} NOT NULL,
	created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL
) {{fill}};
CREATE TABLE webhook_secret (
	id {{text}} NOT NULL PRIMARY KEY, webhook {{text}} NOT NULL, sealed {{text}} NOT NULL, created_at BIGINT NOT NULL, ends_at BIGINT NOT NULL
);
CREATE INDEX webhook_secret_by_webhook ON webhook_secret (webhook);
CREATE TABLE webhook_queue (
	webhook {{text}} NOT NULL, subject {{text}} NOT NULL, next_at BIGINT NOT NULL,
	PRIMARY KEY (webhook, subject)
) {{fill}} {{narrow}};
CREATE INDEX webhook_queue_by_time ON webhook_queue (webhook, next_at);
CREATE TABLE webhook_delivery (
	id {{text}} NOT NULL PRIMARY KEY, webhook {{text}} NOT NULL, event {{text}} NOT NULL, type {{text}} NOT NULL, subject {{text}} NOT NULL, version BIGINT NOT NULL, place BIGINT NOT NULL, n BIGINT NOT NULL,
	body {{text}} NOT NULL, state {{text}} NOT NULL, attempts BIGINT NOT NULL, tries BIGINT NOT NULL, status BIGINT NOT NULL, error {{text}} NOT NULL, created_at BIGINT NOT NULL, ended_at BIGINT NOT NULL,
	CONSTRAINT webhook_delivery_once UNIQUE (webhook, event)
) {{fill}};
CREATE INDEX webhook_delivery_by_webhook ON webhook_delivery (webhook, id);
CREATE INDEX webhook_delivery_by_state ON webhook_delivery (webhook, state, id);
CREATE INDEX webhook_delivery_by_subject ON webhook_delivery (webhook, subject, version, place, n) WHERE state = 'pending';
CREATE INDEX webhook_delivery_by_time ON webhook_delivery (created_at);
CREATE TABLE webhook_attempt (
	delivery {{text}} NOT NULL, number BIGINT NOT NULL, at BIGINT NOT NULL, took BIGINT NOT NULL, status BIGINT NOT NULL, text {{text}} NOT NULL, error {{text}} NOT NULL,
	PRIMARY KEY (delivery, number)
) {{narrow}};
