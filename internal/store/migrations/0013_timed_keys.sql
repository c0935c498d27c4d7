-- Answers are kept by the times in their idempotency keys from here on. Those that are there
-- already, and those that a program of before still keeps, are found without: by keys that are
-- older than this and an hour, for clocks that are ahead. A new database has none.
ALTER TABLE organisation ADD COLUMN keys_timed BIGINT NOT NULL DEFAULT 0;
UPDATE organisation SET keys_timed = {{now}} + 3600000000;
