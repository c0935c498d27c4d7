package store_test

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

// wholly is a step that reads a whole table: SQLite's own lists and single rows are none.
var wholly = regexp.MustCompile(`^SCAN (?:TABLE )?[a-z]\w* *$|Seq Scan on`)

// asked are the texts of statements with one set of arguments each.
type asked struct {
	mu   sync.Mutex
	args map[string][]any
}

func (a *asked) note(sql string, args []any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.args[sql] = args
}

// A database that grew from empty under load: whatever the engine asked meanwhile, to
// look up, to lock and to write, goes by an index.
func TestEveryStatementOfTheEngineHasAnIndex(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		a := &asked{args: map[string][]any{}}
		s.Asked(a.note)
		grow(s)
		s.Asked(nil)
		looked := 0
		for sql, args := range a.args {
			verb, _, _ := strings.Cut(sql, " ")
			if verb == "BEGIN" || verb == "COPY" || verb == "INSERT" && !strings.Contains(sql, " WHERE ") {
				continue
			}
			plan, err := s.Plan(ctx, sql, args...)
			ok(t, err)
			looked++
			for _, step := range plan {
				if wholly.MatchString(step) {
					t.Errorf("%s\n%s", sql, strings.Join(plan, "\n"))
				}
			}
		}
		if looked < 30 {
			t.Errorf("only %d statements were looked at", looked)
		}
	})
}

// grow has eight people do all that a voucher can see, at once.
func grow(s *shop) {
	all := limits(coupon.Limits{Total: 10_000, PerCustomer: 10_000, PerDay: 10_000})
	counted, stored, given := s.campaign(coupon.KindDiscount, twice, all), s.campaign(coupon.KindGift, gift), s.campaign(coupon.KindRefill, refill)
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			who := s.customer(fmt.Sprint("Mei ", n))
			s.batch(counted, 20, 20)
			for range 10 {
				life(s, counted, stored, given, who)
			}
			must[coupon.Balance](s, coupon.Adjust{Customer: who.ID, Money: sgd(5), Reason: "count", By: ada})
			must[coupon.Customer](s, coupon.ChangeCustomer{ID: who.ID, Want: who, Change: func(c *coupon.Customer) { c.Name = "Jun" }, By: ada})
		})
	}
	wg.Wait()
}

// life is what becomes of one voucher of each kind.
func life(s *shop, counted, stored, given coupon.Campaign, who coupon.Customer) {
	used := s.issue(counted)
	r := s.redeem(used.ID, by(who))
	must[coupon.Undone](s, coupon.Reverse{Redemption: r.ID, Reason: "test", By: ada})
	s.redeem(s.issue(given).ID, by(who))
	held := s.issue(stored)
	h := must[coupon.Held](s, coupon.TakeHold{Redeem: using(held.ID, by(who), taking(sgd(300))), For: time.Minute}).Hold
	must[coupon.Redeemed](s, coupon.Redeem{Hold: h.ID, Channel: coupon.ViaAPI, By: till})
	h = must[coupon.Held](s, coupon.TakeHold{Redeem: using(held.ID, by(who), taking(sgd(300))), For: time.Minute}).Hold
	must[coupon.Hold](s, coupon.ReleaseHold{ID: h.ID, By: till})
	_, err := s.Try(ctx, using(held.ID, by(who), taking(sgd(1))))
	ok(s.t, err)
	must[coupon.Replaced](s, coupon.Replace{Voucher: held.ID, Code: s.code(), Reason: "test", By: ada})
	must[coupon.Voucher](s, coupon.End{Voucher: s.issue(stored).ID, To: coupon.VoucherVoid, Reason: "lost", By: ada})
}
