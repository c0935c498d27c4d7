package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/scriphq/scrip/internal/coupon"
)

// showing counts the codes that a member of staff is shown, per day of the organisation's
// zone and before they are shown. API keys and the program have no limit, and neither
// has anybody where the organisation sets none. Codes that everybody may know count nothing.
type showing struct {
	app  *App
	req  Request
	ev   coupon.Event // tells that they were shown
	most int64        // codes a day; 0: nothing is counted
	day  string
	left int64 // counted and not shown yet
}

// showing prepares to show codes, which the event tells.
func (a *App) showing(ctx context.Context, req Request, ev coupon.Event) (*showing, error) {
	s := &showing{app: a, req: req, ev: ev}
	if req.By.Kind != "staff" {
		return s, nil
	}
	org, err := a.Store.Organisation(ctx)
	s.most, s.day = org.RevealCap, org.Day(a.Now())
	return s, err
}

// take counts n codes. Where that makes more than the day allows it counts none, leaves
// an event and refuses.
func (s *showing) take(ctx context.Context, n int64) error {
	if s.most == 0 || n == 0 {
		return nil
	}
	seen, ok, err := s.app.Store.Tally(ctx, "seen:"+s.req.By.ID+":"+s.day, n, s.most, s.app.Now())
	if err != nil {
		return err
	}
	if ok {
		s.left += n
		return nil
	}
	left := max(s.most-seen, 0)
	ev := s.app.event(s.req, coupon.EventRevealRefused, s.ev.Subject, map[string]any{"what": string(s.ev.Type), "limit": s.most, "left": left})
	ev.Campaign, ev.Customer = s.ev.Campaign, s.ev.Customer
	if _, err := record(ctx, s.app, Request{By: s.req.By, ID: s.req.ID, Address: s.req.Address}, 0, ev); err != nil {
		return err
	}
	return coupon.ErrConflict.Saying(fmt.Sprintf("One member of staff may see %d codes a day. You have %d left today, and this would be more.", s.most, left))
}

// errEnough ends a count that is past every limit already.
var errEnough = errors.New("app: more codes than a day allows")

// takeEach takes the codes of the vouchers that each gives.
func (s *showing) takeEach(ctx context.Context, each func(func(coupon.VoucherView) error) error) error {
	if s.most == 0 {
		return nil
	}
	n := int64(0)
	err := each(func(v coupon.VoucherView) error {
		n += secret(&v)
		if n > s.most {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	return s.take(ctx, n)
}

// open returns a voucher's code. One that came after the counting is counted now.
func (s *showing) open(ctx context.Context, v *coupon.VoucherView) (string, error) {
	if n := secret(v); s.most > 0 && n > 0 {
		if s.left == 0 {
			if err := s.take(ctx, n); err != nil {
				return "", err
			}
		}
		s.left--
	}
	return s.app.Keys.Open(v.Sealed, string(v.ID))
}

// secret is what a voucher's code counts.
func secret(v *coupon.VoucherView) int64 {
	if v.Public {
		return 0
	}
	return 1
}
