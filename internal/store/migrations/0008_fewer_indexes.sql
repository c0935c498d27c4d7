-- Who got a voucher by using it is found by the redemption: a redeemed voucher moves in no index.
ALTER TABLE voucher ADD COLUMN assigned {{text}} NOT NULL DEFAULT '';
UPDATE voucher SET assigned = holder WHERE holder <> '';
DROP INDEX voucher_by_holder;
CREATE INDEX voucher_by_assigned ON voucher (assigned, id) WHERE assigned <> '';
-- The ids of redemptions begin with their time.
DROP INDEX redemption_by_time;
