-- The support desk: notes on customers and vouchers, and what became of each message.
CREATE TABLE note (
	id {{text}} NOT NULL PRIMARY KEY, customer {{text}} NOT NULL, voucher {{text}} NOT NULL, words {{text}} NOT NULL,
	created_at BIGINT NOT NULL, by_kind {{text}} NOT NULL, by_id {{text}} NOT NULL, by_name {{text}} NOT NULL
);
CREATE INDEX note_by_customer ON note (customer, id) WHERE customer <> '';
CREATE INDEX note_by_voucher ON note (voucher, id) WHERE voucher <> '';
ALTER TABLE message ADD COLUMN gateway {{text}} NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN attempts BIGINT NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN next_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN provider_id {{text}} NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN error {{text}} NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN by_kind {{text}} NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN by_id {{text}} NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN by_name {{text}} NOT NULL DEFAULT '';
CREATE INDEX message_by_voucher ON message (voucher, id) WHERE voucher <> '';
