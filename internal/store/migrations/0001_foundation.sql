CREATE TABLE organisation (
	id {{text}} NOT NULL PRIMARY KEY, name {{text}} NOT NULL, time_zone {{text}} NOT NULL, currency {{text}} NOT NULL, language {{text}} NOT NULL,
	support_contact {{text}} NOT NULL, reversal_days BIGINT NOT NULL, support_cap BIGINT NOT NULL, key_check {{text}} NOT NULL, version BIGINT NOT NULL, created_at BIGINT NOT NULL
);
CREATE TABLE location (
	id {{text}} NOT NULL PRIMARY KEY, name {{text}} NOT NULL, closed BOOLEAN NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL
);
CREATE TABLE staff (
	id {{text}} NOT NULL PRIMARY KEY, email {{text}} NOT NULL, name {{text}} NOT NULL, role {{text}} NOT NULL, locations {{text}} NOT NULL, password {{text}} NOT NULL,
	disabled BOOLEAN NOT NULL, language {{text}} NOT NULL, theme {{text}} NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, last_seen_at BIGINT NOT NULL,
	CONSTRAINT staff_email_once UNIQUE (email)
);
CREATE TABLE session (
	token {{text}} NOT NULL PRIMARY KEY, kind {{text}} NOT NULL, owner {{text}} NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, address {{text}} NOT NULL, agent {{text}} NOT NULL
);
CREATE INDEX session_by_owner ON session (owner);
CREATE TABLE api_key (
	id {{text}} NOT NULL PRIMARY KEY, hash {{text}} NOT NULL, name {{text}} NOT NULL, tail {{text}} NOT NULL, scopes {{text}} NOT NULL, made_by {{text}} NOT NULL,
	created_at BIGINT NOT NULL, last_used_at BIGINT NOT NULL, revoked_at BIGINT NOT NULL,
	CONSTRAINT api_key_hash_once UNIQUE (hash)
);
CREATE TABLE campaign (
	id {{text}} NOT NULL PRIMARY KEY, kind {{text}} NOT NULL, name {{text}} NOT NULL, name_key {{text}} NOT NULL, description {{text}} NOT NULL, state {{text}} NOT NULL, terms {{text}} NOT NULL, limits {{text}} NOT NULL,
	counted BIGINT NOT NULL, code {{text}} NOT NULL, instructions {{text}} NOT NULL, terms_text {{text}} NOT NULL, metadata {{text}} NOT NULL, standing {{text}} NOT NULL,
	version BIGINT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL
);
CREATE TABLE terms (
	id {{text}} NOT NULL PRIMARY KEY, campaign {{text}} NOT NULL, kind {{text}} NOT NULL, doc {{text}} NOT NULL, created_at BIGINT NOT NULL
);
CREATE TABLE batch (
	id {{text}} NOT NULL PRIMARY KEY, campaign {{text}} NOT NULL, description {{text}} NOT NULL, description_key {{text}} NOT NULL, label {{text}} NOT NULL, prefix {{text}} NOT NULL,
	prefix_key {{text}} NOT NULL, code {{text}} NOT NULL, one_in BIGINT NOT NULL,
	quantity BIGINT NOT NULL, made BIGINT NOT NULL, minor BIGINT NOT NULL, asset {{text}} NOT NULL, source {{text}} NOT NULL, state {{text}} NOT NULL, expires_at BIGINT NOT NULL, job {{text}} NOT NULL,
	version BIGINT NOT NULL, by_kind {{text}} NOT NULL, by_id {{text}} NOT NULL, by_name {{text}} NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL
) {{fill}};
CREATE INDEX batch_by_campaign ON batch (campaign, id);
CREATE INDEX batch_by_prefix ON batch (prefix_key);
CREATE TABLE voucher (
	id {{text}} NOT NULL PRIMARY KEY, serial {{text}} NOT NULL, sequence BIGINT NOT NULL, sealed {{text}} NOT NULL, prefix {{text}} NOT NULL, tail {{text}} NOT NULL, public BOOLEAN NOT NULL,
	campaign {{text}} NOT NULL, terms {{text}} NOT NULL, batch {{text}} NOT NULL, holder {{text}} NOT NULL, state {{text}} NOT NULL, disabled BOOLEAN NOT NULL, disabled_reason {{text}} NOT NULL,
	starts_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, uses BIGINT NOT NULL, max_uses BIGINT NOT NULL, asset {{text}} NOT NULL, face BIGINT NOT NULL, balance BIGINT NOT NULL, lapsed BIGINT NOT NULL,
	earning_method {{text}} NOT NULL, source_reference {{text}} NOT NULL, remarks {{text}} NOT NULL, metadata {{text}} NOT NULL, ended_at BIGINT NOT NULL, ended_by {{text}} NOT NULL, ended_reason {{text}} NOT NULL,
	replaces {{text}} NOT NULL, replaced_by {{text}} NOT NULL, first_used_at BIGINT NOT NULL, last_used_at BIGINT NOT NULL, last_customer {{text}} NOT NULL, version BIGINT NOT NULL,
	created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
	CONSTRAINT voucher_not_overdrawn CHECK (balance >= 0 AND lapsed >= 0 AND lapsed <= balance AND uses >= 0 AND (max_uses = 0 OR uses <= max_uses))
) {{fill}};
CREATE INDEX voucher_by_batch ON voucher (batch, sequence);
CREATE INDEX voucher_by_campaign ON voucher (campaign, id);
CREATE INDEX voucher_by_holder ON voucher (holder, id) WHERE holder <> '';
CREATE INDEX voucher_by_tail ON voucher (tail, id);
CREATE INDEX voucher_by_expiry ON voucher (expires_at, id) WHERE expires_at > 0;
CREATE INDEX voucher_by_start ON voucher (starts_at, id) WHERE starts_at > 0;
CREATE INDEX voucher_by_end ON voucher (id) WHERE ended_at > 0;
CREATE INDEX voucher_by_disabled ON voucher (id) WHERE disabled;
CREATE TABLE code (
	fingerprint {{text}} NOT NULL PRIMARY KEY, voucher {{text}} NOT NULL, campaign {{text}} NOT NULL
) {{narrow}};
CREATE TABLE customer (
	id {{text}} NOT NULL PRIMARY KEY, source_id {{text}} NOT NULL, name {{text}} NOT NULL, name_key {{text}} NOT NULL, email {{text}} NOT NULL, mobile {{text}} NOT NULL, mobile_key {{text}} NOT NULL, member_id {{text}} NOT NULL, in_groups {{text}} NOT NULL,
	language {{text}} NOT NULL, consent {{text}} NOT NULL, blocked BOOLEAN NOT NULL, metadata {{text}} NOT NULL, version BIGINT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL
);
CREATE INDEX customer_by_name ON customer (name_key, id);
CREATE INDEX customer_by_mobile ON customer (mobile_key) WHERE mobile_key <> '';
CREATE TABLE customer_key (
	natural_key {{text}} NOT NULL PRIMARY KEY, customer {{text}} NOT NULL
) {{narrow}};
CREATE TABLE customer_login (
	customer {{text}} NOT NULL PRIMARY KEY, password {{text}} NOT NULL, updated_at BIGINT NOT NULL
);
CREATE TABLE balance (
	customer {{text}} NOT NULL, asset {{text}} NOT NULL, minor BIGINT NOT NULL, PRIMARY KEY (customer, asset),
	CONSTRAINT balance_not_below_zero CHECK (minor >= 0)
) {{fill}} {{narrow}};
CREATE TABLE counter (
	counter_key {{text}} NOT NULL PRIMARY KEY, campaign {{text}} NOT NULL, used BIGINT NOT NULL,
	CONSTRAINT counter_not_below_zero CHECK (used >= 0)
) {{fill}} {{narrow}};
CREATE INDEX counter_by_campaign ON counter (campaign);
CREATE TABLE redemption (
	voucher {{text}} NOT NULL, id {{text}} NOT NULL, checkout {{text}} NOT NULL, campaign {{text}} NOT NULL, batch {{text}} NOT NULL, customer {{text}} NOT NULL,
	by_kind {{text}} NOT NULL, by_id {{text}} NOT NULL, by_name {{text}} NOT NULL, channel {{text}} NOT NULL, location {{text}} NOT NULL, reference {{text}} NOT NULL,
	transaction_type {{text}} NOT NULL, transaction_reference {{text}} NOT NULL, minor BIGINT NOT NULL, asset {{text}} NOT NULL, to_account {{text}} NOT NULL, hold {{text}} NOT NULL, used_on {{text}} NOT NULL,
	reversed BIGINT NOT NULL, returned BOOLEAN NOT NULL, serial {{text}} NOT NULL, prefix {{text}} NOT NULL, tail {{text}} NOT NULL, version BIGINT NOT NULL, at BIGINT NOT NULL,
	PRIMARY KEY (voucher, id)
);
CREATE UNIQUE INDEX redemption_by_id ON redemption (id);
CREATE INDEX redemption_by_customer ON redemption (customer, id) WHERE customer <> '';
CREATE INDEX redemption_by_campaign ON redemption (campaign, id);
CREATE INDEX redemption_by_location ON redemption (location, id) WHERE location <> '';
CREATE INDEX redemption_by_reference ON redemption (reference, id) WHERE reference <> '';
CREATE INDEX redemption_by_checkout ON redemption (checkout, id) WHERE checkout <> 'chk_' || SUBSTR(id, 5);
CREATE INDEX redemption_by_time ON redemption (at, id);
CREATE TABLE reversal (
	redemption {{text}} NOT NULL, id {{text}} NOT NULL, voucher {{text}} NOT NULL, customer {{text}} NOT NULL, minor BIGINT NOT NULL, asset {{text}} NOT NULL, whole BOOLEAN NOT NULL, reason {{text}} NOT NULL,
	by_kind {{text}} NOT NULL, by_id {{text}} NOT NULL, by_name {{text}} NOT NULL, at BIGINT NOT NULL,
	PRIMARY KEY (redemption, id)
);
CREATE TABLE hold (
	id {{text}} NOT NULL PRIMARY KEY, state {{text}} NOT NULL, customer {{text}} NOT NULL, request {{text}} NOT NULL, by_kind {{text}} NOT NULL, by_id {{text}} NOT NULL, by_name {{text}} NOT NULL,
	created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, version BIGINT NOT NULL
);
CREATE TABLE reservation (
	subject {{text}} NOT NULL, hold {{text}} NOT NULL, uses BIGINT NOT NULL, minor BIGINT NOT NULL, expires_at BIGINT NOT NULL,
	PRIMARY KEY (subject, hold)
) {{narrow}};
CREATE INDEX reservation_by_hold ON reservation (hold);
CREATE INDEX reservation_by_expiry ON reservation (expires_at);
CREATE TABLE refusal (
	id {{text}} NOT NULL PRIMARY KEY, reason {{text}} NOT NULL, voucher {{text}} NOT NULL, campaign {{text}} NOT NULL, customer {{text}} NOT NULL, tail {{text}} NOT NULL,
	by_kind {{text}} NOT NULL, by_id {{text}} NOT NULL, by_name {{text}} NOT NULL, channel {{text}} NOT NULL, location {{text}} NOT NULL, reference {{text}} NOT NULL, checks {{text}} NOT NULL,
	repeat_key {{text}} NOT NULL, repeats BIGINT NOT NULL, at BIGINT NOT NULL
);
CREATE INDEX refusal_by_voucher ON refusal (voucher, id) WHERE voucher <> '';
CREATE INDEX refusal_by_customer ON refusal (customer, id) WHERE customer <> '';
CREATE INDEX refusal_by_campaign ON refusal (campaign, id);
CREATE INDEX refusal_by_repeat ON refusal (repeat_key, at);
CREATE INDEX refusal_by_time ON refusal (at, id);
CREATE TABLE entry (
	account {{text}} NOT NULL, posting {{text}} NOT NULL, line BIGINT NOT NULL, kind {{text}} NOT NULL, asset {{text}} NOT NULL, minor BIGINT NOT NULL, voucher {{text}} NOT NULL, redemption {{text}} NOT NULL,
	customer {{text}} NOT NULL, at BIGINT NOT NULL,
	PRIMARY KEY (account, posting, line)
) {{narrow}};
CREATE TABLE event (
	subject {{text}} NOT NULL, mark {{text}} NOT NULL, n BIGINT NOT NULL, type {{text}} NOT NULL, version BIGINT NOT NULL, campaign {{text}} NOT NULL, customer {{text}} NOT NULL,
	by_kind {{text}} NOT NULL, by_id {{text}} NOT NULL, by_name {{text}} NOT NULL, request {{text}} NOT NULL, address {{text}} NOT NULL, data {{text}} NOT NULL, at BIGINT NOT NULL,
	PRIMARY KEY (subject, mark, n)
);
CREATE UNIQUE INDEX event_feed ON event (mark, n);
CREATE INDEX event_by_customer ON event (customer, mark, n) WHERE customer <> '';
CREATE INDEX event_by_type ON event (type, mark, n) WHERE type <> 'voucher.issued' AND type <> 'voucher.redeemed';
CREATE INDEX event_by_staff ON event (by_id, mark, n) WHERE by_kind = 'staff';
CREATE TABLE commit_mark (
	id {{text}} NOT NULL PRIMARY KEY, at BIGINT NOT NULL, place BIGINT NOT NULL
) {{narrow}};
CREATE INDEX commit_mark_by_place ON commit_mark (place, id);
CREATE TABLE answer (
	answer_key {{text}} NOT NULL PRIMARY KEY, hash {{text}} NOT NULL, sealed {{text}} NOT NULL, at BIGINT NOT NULL
);
CREATE INDEX answer_by_time ON answer (at);
CREATE TABLE job (
	id {{text}} NOT NULL PRIMARY KEY, kind {{text}} NOT NULL, subject {{text}} NOT NULL, state {{text}} NOT NULL, done BIGINT NOT NULL, total BIGINT NOT NULL, attempts BIGINT NOT NULL, error {{text}} NOT NULL,
	by_kind {{text}} NOT NULL, by_id {{text}} NOT NULL, by_name {{text}} NOT NULL, lease_until BIGINT NOT NULL, next_at BIGINT NOT NULL, created_at BIGINT NOT NULL, started_at BIGINT NOT NULL, ended_at BIGINT NOT NULL
) {{fill}};
CREATE INDEX job_by_state ON job (state, next_at);
CREATE TABLE lease (
	name {{text}} NOT NULL PRIMARY KEY, holder {{text}} NOT NULL, until_at BIGINT NOT NULL, next_at BIGINT NOT NULL
) {{fill}};
CREATE TABLE message (
	id {{text}} NOT NULL PRIMARY KEY, customer {{text}} NOT NULL, channel {{text}} NOT NULL, to_address {{text}} NOT NULL, subject {{text}} NOT NULL, sealed {{text}} NOT NULL, purpose {{text}} NOT NULL,
	voucher {{text}} NOT NULL, state {{text}} NOT NULL, created_at BIGINT NOT NULL
);
CREATE INDEX message_by_customer ON message (customer, id);
CREATE TABLE sign_in_code (
	customer {{text}} NOT NULL PRIMARY KEY, digest {{text}} NOT NULL, tries BIGINT NOT NULL, expires_at BIGINT NOT NULL
);
CREATE TABLE attempts (
	attempts_key {{text}} NOT NULL PRIMARY KEY, tally BIGINT NOT NULL, locked_until BIGINT NOT NULL, updated_at BIGINT NOT NULL
) {{fill}};
CREATE TABLE import (
	id {{text}} NOT NULL PRIMARY KEY, campaign {{text}} NOT NULL, description {{text}} NOT NULL, file {{text}} NOT NULL, size BIGINT NOT NULL, hash {{text}} NOT NULL, minor BIGINT NOT NULL, asset {{text}} NOT NULL,
	state {{text}} NOT NULL, row_count BIGINT NOT NULL,
	error_count BIGINT NOT NULL, error {{text}} NOT NULL, batch {{text}} NOT NULL, job {{text}} NOT NULL, earlier {{text}} NOT NULL, by_kind {{text}} NOT NULL, by_id {{text}} NOT NULL, by_name {{text}} NOT NULL,
	created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL
);
CREATE INDEX import_by_campaign ON import (campaign, id);
CREATE INDEX import_by_file ON import (hash, campaign);
CREATE TABLE import_row (
	import {{text}} NOT NULL, number BIGINT NOT NULL, voucher {{text}} NOT NULL, fingerprint {{text}} NOT NULL, sealed {{text}} NOT NULL, prefix {{text}} NOT NULL, tail {{text}} NOT NULL, minor BIGINT NOT NULL,
	expires_at BIGINT NOT NULL, remarks {{text}} NOT NULL, reason {{text}} NOT NULL,
	PRIMARY KEY (import, number)
);
CREATE INDEX import_row_by_error ON import_row (import, number) WHERE reason <> '';
