-- A redemption is its own event: its id says which commit made it, and its place there. Of
-- those from before there is an event; their version of the voucher is 0.
ALTER TABLE redemption ADD COLUMN uses BIGINT NOT NULL DEFAULT 0;
ALTER TABLE redemption ADD COLUMN voucher_version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE redemption ADD COLUMN bound BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE redemption ADD COLUMN request {{text}} NOT NULL DEFAULT '';
ALTER TABLE redemption ADD COLUMN address {{text}} NOT NULL DEFAULT '';
CREATE INDEX redemption_by_staff ON redemption (by_id, id) WHERE by_kind = 'staff';
