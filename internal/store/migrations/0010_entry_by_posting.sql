-- Entries lie in the order in which they were made. A customer's are found by their
-- redemptions, with which they share the UUID, and by an index of all others.
CREATE TABLE entry_by_posting (
	posting {{text}} NOT NULL, line BIGINT NOT NULL, account {{text}} NOT NULL, kind {{text}} NOT NULL, asset {{text}} NOT NULL, minor BIGINT NOT NULL, voucher {{text}} NOT NULL, redemption {{text}} NOT NULL,
	customer {{text}} NOT NULL, at BIGINT NOT NULL,
	PRIMARY KEY (posting, line)
) {{narrow}};
INSERT INTO entry_by_posting SELECT CASE WHEN kind IN ('spend', 'top_up') THEN 'pst_' || SUBSTR(redemption, 5) ELSE posting END, line, account, kind, asset, minor, voucher, redemption, customer, at FROM entry;
DROP TABLE entry;
ALTER TABLE entry_by_posting RENAME TO entry;
CREATE INDEX entry_by_account ON entry (account, posting, line) WHERE account >= 'customer:' AND account < 'customer;' AND kind <> 'spend' AND kind <> 'top_up';
