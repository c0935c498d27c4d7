-- How many codes one member of staff may see a day; 0 for any number.
ALTER TABLE organisation ADD COLUMN reveal_cap BIGINT NOT NULL DEFAULT 0;
