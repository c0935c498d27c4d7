-- Holds that ended long ago are deleted, the oldest first.
CREATE INDEX hold_by_expiry ON hold (expires_at);
