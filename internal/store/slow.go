package store

import (
	"sync"
	"time"
)

// A reading that counts many rows is kept in memory when it was slow: for keepTimes
// as long as it took, at most keepMax. What is quick is never kept, so small
// installations always see the figures of this moment.
const (
	slowFrom  = 50 * time.Millisecond
	keepTimes = 50
	keepMax   = 10 * time.Minute
	keptMax   = 1000 // entries
)

// kept is one slow reading. Its lock makes others wait for the reading that runs.
type kept struct {
	mu    sync.Mutex
	until time.Time
	value any
}

// slow returns what read returns, or what it returned a moment ago.
func slow[T any](db *DB, key string, read func() (T, error)) (T, error) {
	db.mu.Lock()
	k := db.kept[key]
	if k == nil {
		if len(db.kept) >= keptMax {
			clear(db.kept)
		}
		k = &kept{}
		db.kept[key] = k
	}
	db.mu.Unlock()
	k.mu.Lock()
	defer k.mu.Unlock()
	begun := time.Now()
	if begun.Before(k.until) {
		return k.value.(T), nil
	}
	value, err := read()
	if took := time.Since(begun); err == nil && took >= slowFrom {
		k.value, k.until = value, time.Now().Add(min(keepTimes*took, keepMax))
	}
	return value, err
}
