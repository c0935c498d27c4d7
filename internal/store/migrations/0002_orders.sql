-- The vouchers of one order that were redeemed together. Redemptions without an order
-- have a checkout's id and no row here.
CREATE TABLE checkout (
	id {{text}} NOT NULL PRIMARY KEY, customer {{text}} NOT NULL, reference {{text}} NOT NULL, channel {{text}} NOT NULL, location {{text}} NOT NULL, currency {{text}} NOT NULL,
	subtotal BIGINT NOT NULL, discount BIGINT NOT NULL, paid BIGINT NOT NULL, order_doc {{text}} NOT NULL, priced {{text}} NOT NULL, back {{text}} NOT NULL, open_uses BIGINT NOT NULL,
	by_kind {{text}} NOT NULL, by_id {{text}} NOT NULL, by_name {{text}} NOT NULL, version BIGINT NOT NULL, at BIGINT NOT NULL
);
CREATE INDEX checkout_by_customer ON checkout (customer, id) WHERE customer <> '';
CREATE INDEX checkout_by_reference ON checkout (reference, id) WHERE reference <> '';
ALTER TABLE refusal ADD COLUMN order_doc {{text}} NOT NULL DEFAULT '';
-- Codes that everybody may know are few: a customer may use them beside their own.
CREATE INDEX voucher_by_public ON voucher (id) WHERE public;
