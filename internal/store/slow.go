package store

import (
	"context"
	"sync"
	"time"
)

// A reading that counts many rows is kept in memory when it was slow: for keepTimes
// as long as it took, at most keepMax. What is quick is never kept, so small
// installations always see the figures of this moment. A kept reading that is a little
// older is given once more while a new one is made.
const (
	slowFrom  = 50 * time.Millisecond
	keepTimes = 50
	keepMax   = 10 * time.Minute
	keptMax   = 1000 // entries
)

// kept is one slow reading. Its lock makes others wait for the reading that runs.
type kept struct {
	mu      sync.Mutex
	value   any
	until   time.Time // fresh
	over    time.Time // to be given at all
	renewed bool      // a new one is being made
}

// slow returns what read returns, or what it returned a moment ago. Nobody may
// change what it returns.
func slow[T any](ctx context.Context, db *DB, key string, read func(context.Context) (T, error)) (T, error) {
	k := db.keptOf(key)
	k.mu.Lock()
	defer k.mu.Unlock()
	now := time.Now()
	if now.Before(k.over) {
		if now.After(k.until) && !k.renewed {
			k.renewed = true
			go renew(context.WithoutCancel(ctx), k, read)
		}
		return k.value.(T), nil
	}
	value, err := read(ctx)
	k.keep(value, now, err)
	return value, err
}

// renew makes a reading anew, beside those who are given the old one.
func renew[T any](ctx context.Context, k *kept, read func(context.Context) (T, error)) {
	ctx, cancel := context.WithTimeout(ctx, keepMax)
	defer cancel()
	begun := time.Now()
	value, err := read(ctx)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.renewed = false
	k.keep(value, begun, err)
}

// keep keeps a reading that was slow; one that failed leaves the old one to its end.
func (k *kept) keep(value any, begun time.Time, err error) {
	now := time.Now()
	took := now.Sub(begun)
	switch {
	case err != nil:
	case took < slowFrom:
		k.value, k.until, k.over = nil, time.Time{}, time.Time{}
	default:
		k.value, k.until = value, now.Add(min(keepTimes*took, keepMax))
		k.over = k.until.Add(keepMax)
	}
}

func (db *DB) keptOf(key string) *kept {
	db.mu.Lock()
	defer db.mu.Unlock()
	k := db.kept[key]
	if k == nil {
		if len(db.kept) >= keptMax {
			clear(db.kept)
		}
		k = &kept{}
		db.kept[key] = k
	}
	return k
}
