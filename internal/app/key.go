package app

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/seal"
)

// ErrUnauthenticated is what a request without a valid key or sign-in gets.
var ErrUnauthenticated = fault.New(fault.Unauthenticated, "unauthenticated", "Sign in, or send a valid key.")

// keyFresh is how long a process may go on trusting a key that another has revoked.
const keyFresh = time.Second

// keyCache remembers API keys by the hash of what was sent, for a second from the moment
// at which reading them began.
type keyCache struct {
	mu      sync.Mutex
	rows    map[string]cachedKey
	revoked int // how often a key was revoked here: what was read before may not be kept
}

type cachedKey struct {
	key   coupon.APIKey
	at    time.Time
	asked bool // somebody reads it anew
}

// CreateKey makes an API key and returns it in clear, this once.
func (a *App) CreateKey(ctx context.Context, req Request, name string, scopes []string) (string, coupon.APIKey, error) {
	if err := req.By.May(coupon.ManageKeys); err != nil {
		return "", coupon.APIKey{}, err
	}
	f := fields{}
	f.text("name", name, 100, true)
	f.take("scopes", checkScopes(scopes))
	if req.By.Role == coupon.Developer && (slices.ContainsFunc(scopes, notForDevelopers)) {
		f.wrong("scopes", "A developer's key may not hold all, vouchers:reveal, vouchers:export or ledger:write. Ask an administrator.")
	}
	if err := f.err(); err != nil {
		return "", coupon.APIKey{}, err
	}
	secret := seal.NewAPIKey()
	k := coupon.APIKey{ID: a.NewID("key"), Hash: seal.HashToken(secret), Name: name, Tail: secret[len(secret)-4:], Scopes: scopes, MadeBy: req.By.Name, CreatedAt: a.Now()}
	err := a.Store.CreateAPIKey(ctx, k, a.event(req, coupon.EventKeyCreated, k.ID, map[string]any{"name": name, "scopes": scopes}))
	return secret, k, err
}

// notForDevelopers are scopes that would show a developer codes, or let them make money.
func notForDevelopers(scope string) bool {
	return slices.Contains([]string{"all", "vouchers:reveal", "vouchers:export", "ledger:write"}, scope)
}

// APIKeys lists the keys, revoked ones too.
func (a *App) APIKeys(ctx context.Context, by By) ([]coupon.APIKey, error) {
	if err := by.May(coupon.ManageKeys); err != nil {
		return nil, err
	}
	return a.Store.APIKeys(ctx)
}

// RevokeKey ends a key at once here, and within a second elsewhere.
func (a *App) RevokeKey(ctx context.Context, req Request, id string) error {
	if err := req.By.May(coupon.ManageKeys); err != nil {
		return err
	}
	err := a.Store.RevokeAPIKey(ctx, id, a.Now(), a.event(req, coupon.EventKeyRevoked, id, nil))
	a.keys.forget()
	return err
}

// KeyOf returns who a secret key belongs to.
func (a *App) KeyOf(ctx context.Context, secret string) (By, error) {
	hash := seal.HashToken(secret)
	now := a.Now()
	k, revoked, ok := a.keys.find(hash, now)
	if !ok {
		var err error
		if k, err = a.Store.APIKeyByHash(ctx, hash); err != nil {
			if fault.Of(err).Kind == fault.NotFound {
				return By{}, ErrUnauthenticated
			}
			return By{}, err
		}
		a.keys.keep(k, now, revoked)
		if now.Sub(k.LastUsedAt) > time.Minute {
			if err := a.Store.KeyUsed(ctx, k.ID, now); err != nil && !errors.Is(err, context.Canceled) {
				a.Log.Warn("the use of a key was not noted", "key", k.ID, "err", err)
			}
		}
	}
	if !k.RevokedAt.IsZero() {
		return By{}, ErrUnauthenticated
	}
	return ByKey(k), nil
}

// find returns a key that is fresh, or else what keep wants to know once it was read. Past
// half of its time one has to read it, while the others go on: of hundreds at once each would.
func (c *keyCache) find(hash string, now time.Time) (k coupon.APIKey, revoked int, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	row, ok := c.rows[hash]
	old := now.Sub(row.at)
	if !ok || old > keyFresh {
		return coupon.APIKey{}, c.revoked, false
	}
	if old > keyFresh/2 && !row.asked {
		row.asked = true
		c.rows[hash] = row
		return coupon.APIKey{}, c.revoked, false
	}
	return row.key, c.revoked, true
}

func (c *keyCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.rows)
	c.revoked++
}

// keep remembers a key whose reading began at now, when so many had been revoked.
func (c *keyCache) keep(k coupon.APIKey, now time.Time, revoked int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.revoked != revoked {
		return
	}
	if c.rows == nil || len(c.rows) > 10_000 {
		c.rows = map[string]cachedKey{}
	}
	c.rows[k.Hash] = cachedKey{key: k, at: now}
}
