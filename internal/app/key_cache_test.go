package app

import (
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

// What was read while a key was being revoked may be the key as it was.
func TestAKeyReadBeforeARevocationIsNotKept(t *testing.T) {
	t.Parallel()
	c, now := &keyCache{}, time.Now()
	_, revoked, _ := c.find("h", now)
	c.forget()
	c.keep(coupon.APIKey{Hash: "h"}, now, revoked)
	if _, _, ok := c.find("h", now); ok {
		t.Error("it is trusted")
	}
}

// A key is trusted for a second from when its reading began, however long that took.
func TestAKeyIsTrustedForASecond(t *testing.T) {
	t.Parallel()
	c, now := &keyCache{}, time.Now()
	_, revoked, _ := c.find("h", now)
	c.keep(coupon.APIKey{Hash: "h"}, now, revoked)
	_, _, young := c.find("h", now.Add(keyFresh/2))
	_, _, first := c.find("h", now.Add(keyFresh/2+1))
	_, _, fresh := c.find("h", now.Add(keyFresh))
	_, _, stale := c.find("h", now.Add(keyFresh+1))
	if !young || first || !fresh || stale {
		t.Errorf("after half a second %v, then to the first one %v, to others after a second %v, later %v", young, first, fresh, stale)
	}
}
