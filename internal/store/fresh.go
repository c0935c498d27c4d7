package store

import (
	"sync"
	"time"
)

// fresh is a reading that may be some time old. From half of that on one who asks reads it
// anew, while the others go on with what there is: of hundreds at once each would read it.
type fresh[T any] struct {
	mu     sync.Mutex
	value  T
	at     time.Time // when its reading began; zero: there is none
	asked  bool      // somebody reads it anew
	forgot int       // how often it was forgotten: what was read before is not kept
}

// get returns a reading that is no older than age, or what read returns. Nobody may change it.
func (f *fresh[T]) get(age time.Duration, read func() (T, error)) (T, error) {
	f.mu.Lock()
	begun, forgot := time.Now(), f.forgot
	old := begun.Sub(f.at)
	if !f.at.IsZero() && old < age && (f.asked || old < age/2) {
		defer f.mu.Unlock()
		return f.value, nil
	}
	f.asked = true
	f.mu.Unlock()
	value, err := read()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = false
	if err == nil && f.forgot == forgot {
		f.value, f.at = value, begun
	}
	return value, err
}

// forget has the next one read it.
func (f *fresh[T]) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at = time.Time{}
	f.forgot++
}
