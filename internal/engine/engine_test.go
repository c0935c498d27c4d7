package engine_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/engine"
	"github.com/scriphq/scrip/internal/money"
)

// spoiled is a command with one part replaced.
type spoiled struct {
	coupon.Command
	resolve func(*coupon.Lookup)
	lock    func(*coupon.Keys)
	decide  func() (any, error)
}

func (s spoiled) Resolve(q *coupon.Lookup) {
	if s.resolve != nil {
		s.resolve(q)
	}
	s.Command.Resolve(q)
}

func (s spoiled) Lock(l *coupon.Links, k *coupon.Keys) {
	if s.lock != nil {
		s.lock(k)
	}
	s.Command.Lock(l, k)
}

func (s spoiled) Decide(e *coupon.Effects, now time.Time) (any, error) {
	if s.decide != nil {
		return s.decide()
	}
	return s.Command.Decide(e, now)
}

// In a batch, commands see one another's effects, in the order in which they came.
func TestABatchIsOneAfterAnother(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, d *desk) {
		v := d.voucher(d.campaign(coupon.KindGift, gift, coupon.Limits{}), "GIFT")
		marks := d.number("SELECT COUNT(*) FROM commit_mark")
		got := together(t, d.Engine, asks(
			redeem("GIFT", taking(sgd(600))), redeem("GIFT", taking(sgd(600))), redeem("GIFT", taking(sgd(300))),
			coupon.End{Voucher: v.ID, To: coupon.VoucherVoid, Reason: "lost", By: staff}, redeem("GIFT", taking(sgd(100))),
		)...)
		wants(t, "answers", codesOf(got), "[ insufficient_balance   not_active]")
		wants(t, "commits", d.number("SELECT COUNT(*) FROM commit_mark")-marks, 1)
	})
}

// What a batch makes anew is seen by the commands after it, whose rows were named
// before it was there.
func TestABatchSeesWhatItMakes(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, d *desk) {
		doc := uses(3)
		doc.Holder = coupon.Bearer
		cam := d.campaign(coupon.KindDiscount, doc, coupon.Limits{PerCustomer: 1, Total: 9})
		issue := func(fp string) coupon.Issue {
			return coupon.Issue{Campaign: cam.ID, Code: newCode(fp), Customer: coupon.CustomerRef{Key: "source:new"}, By: staff}
		}
		as := func(c *coupon.Redeem) { c.Customer.Key = "source:new" }
		got := together(t, d.Engine, asks(
			issue("NEW"), redeem("NEW", as), redeem("NEW", as), issue("NEW"), redeem("NEW", func(c *coupon.Redeem) { c.Channel = coupon.Outlet }),
			coupon.CreateCustomer{Customer: coupon.Customer{SourceID: "new"}, By: staff},
		)...)
		wants(t, "answers", codesOf(got), "[  customer_limit_reached conflict customer_limit_reached conflict]")
		wants(t, "customers", d.number("SELECT COUNT(*) FROM customer"), 1)

		ben := d.customer("ben").ID
		free := coupon.Issue{Campaign: d.campaign(coupon.KindDiscount, doc, coupon.Limits{}).ID, Code: newCode("FREE"), By: staff}
		wants(t, "without limits", codesOf(together(t, d.Engine, asks(free, redeem("FREE", forCustomer(ben)))...)), "[ ]")
	})
}

// A natural key that the batch gives to a customer brings that customer's limits
// and balances along.
func TestABatchSeesAKeyThatMoves(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, d *desk) {
		mei := d.customer("acct-1").ID
		dollars := refill
		dollars.Value.Money = &money.Amount{Minor: 1000, Asset: "USD"}
		d.voucher(d.campaign(coupon.KindRefill, refill, coupon.Limits{}), "SGD")
		d.voucher(d.campaign(coupon.KindRefill, dollars, coupon.Limits{}), "USD")
		must[coupon.Redeemed](d, redeem("SGD", forCustomer(mei)))
		give := coupon.ChangeCustomer{ID: mei, Want: coupon.Customer{SourceID: "acct-2"}, Change: func(c *coupon.Customer) { c.SourceID = "acct-2" }, By: staff}
		got := together(t, d.Engine, asks(give, redeem("USD", func(c *coupon.Redeem) { c.Customer.Key = "source:acct-2" }))...)
		wants(t, "answers", codesOf(got), "[ currency_mismatch]")
	})
}

// A kind cannot change behind a voucher that the same batch issues.
func TestF63ABatchFreezesTheKindOfWhatItIssues(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, d *desk) {
		cam := d.campaign(coupon.KindDiscount, tenOff, coupon.Limits{})
		kind := coupon.ChangeCampaign{ID: cam.ID, By: staff, Change: func(c *coupon.Campaign, _ *coupon.TermsDoc) error {
			c.Kind = coupon.KindGift
			return nil
		}}
		got := together(t, d.Engine, asks(coupon.Issue{Campaign: cam.ID, Code: newCode("A"), By: staff}, kind)...)
		wants(t, "answers", codesOf(got), "[ invalid]")
	})
}

// The culprit fails alone, wherever it fails; its neighbours' uses count.
func TestABatchIsBisected(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		spoil func(ask *engine.Ask)
		apart bool // its neighbours are committed apart from it
	}{
		{"a panic while deciding", func(a *engine.Ask) {
			a.Command = spoiled{Command: a.Command, decide: func() (any, error) { panic("a mistake") }}
		}, false},
		{"an error while deciding", func(a *engine.Ask) {
			a.Command = spoiled{Command: a.Command, decide: func() (any, error) { return nil, errors.New("a mistake") }}
		}, false},
		{"a panic while it says what to look up", func(a *engine.Ask) {
			a.Command = spoiled{Command: a.Command, resolve: func(*coupon.Lookup) { panic("a mistake") }}
		}, true},
		{"a panic while it names its rows", func(a *engine.Ask) {
			a.Command = spoiled{Command: a.Command, lock: func(*coupon.Keys) { panic("a mistake") }}
		}, true},
		{"a panic while its answer is made", func(a *engine.Ask) {
			a.Key, a.Render = "k", func(any, error) []byte { panic("a mistake") }
		}, true},
		{"a row that cannot be put together", func(a *engine.Ask) {
			a.Command = coupon.Record{Events: []coupon.Event{{Type: coupon.EventSetUp, Subject: "org", Data: map[string]any{"wrong": make(chan int)}}}}
		}, true},
		{"a row that the database refuses", func(a *engine.Ask) { a.Command = redeem("A", referring(poison)) }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			eachDesk(t, func(t *testing.T, d *desk) {
				d.journal.apply = refusePoison
				d.voucher(d.campaign(coupon.KindDiscount, uses(0), coupon.Limits{}), "A")
				all := asks(repeat(9, redeem("A"))...)
				c.spoil(&all[4])
				marks := d.number("SELECT COUNT(*) FROM commit_mark")
				wants(t, "answers", codesOf(together(t, d.Engine, all...)), "[    internal    ]")
				if commits := d.number("SELECT COUNT(*) FROM commit_mark") - marks; (commits > 1) != c.apart {
					t.Errorf("it took %d commits", commits)
				}
				wants(t, "redemptions", d.number("SELECT COUNT(*) FROM redemption"), 8)
				wants(t, "and all goes on", code(second(do[coupon.Redeemed](d, redeem("A")))), "")
			})
		})
	}
}

func second[T any](_ T, err error) error { return err }

// poison is a reference that is refused before it reaches the database.
const poison = "poison"

func refusePoison(c *coupon.Changes) error {
	for _, r := range c.NewRedemptions {
		if r.Reference == poison {
			return errors.New("the database refuses a row")
		}
	}
	return nil
}

func referring(reference string) func(*coupon.Redeem) {
	return func(c *coupon.Redeem) { c.Reference = reference }
}

// One NUL fails a whole statement on PostgreSQL, when it is looked up and when it
// is written.
func TestTextThatPostgreSQLRefusesFailsAlone(t *testing.T) {
	t.Parallel()
	one, other := twoDesks(t)
	for i, d := range []*desk{one, other} {
		d.voucher(d.campaign(coupon.KindDiscount, uses(0), coupon.Limits{}), fmt.Sprint("A", i))
		good := redeem(fmt.Sprint("A", i))
		got := together(t, d.Engine, asks(good, redeem("\x00"), good, redeem(fmt.Sprint("A", i), referring("\x00")), good)...)
		wants(t, "answers", codesOf(got), "[ invalid  invalid ]")
	}
	wants(t, "redemptions", one.number("SELECT COUNT(*) FROM redemption"), 6)
	one.audit()
}

func TestAFullQueueIsBusy(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, d *desk) {
		d.voucher(d.campaign(coupon.KindDiscount, uses(0), coupon.Limits{}), "A")
		got := together(t, d.Engine, asks(repeat(5, redeem("A"))...)...)
		wants(t, "answers", codesOf(got), "[   busy busy]")
		if f := got[4].err; !errors.Is(f, engine.ErrBusy) || engine.ErrBusy.RetryAfter < time.Second {
			t.Errorf("got %v, and no time to come back", f)
		}
	}, func(o *engine.Options) { o.Queue = 3 })
}

func TestABatchIsBounded(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, d *desk) {
		d.voucher(d.campaign(coupon.KindDiscount, uses(0), coupon.Limits{}), "A")
		marks := d.number("SELECT COUNT(*) FROM commit_mark")
		together(t, d.Engine, asks(repeat(10, redeem("A"))...)...)
		wants(t, "commits of ten commands, four at a time", d.number("SELECT COUNT(*) FROM commit_mark")-marks, 3)
	}, func(o *engine.Options) { o.Batch = 4 })
}

// Who gives up before the command has begun is not charged.
func TestAbandonedBeforeItBegan(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, d *desk) {
		d.voucher(d.campaign(coupon.KindDiscount, uses(0), coupon.Limits{}), "A")
		g, wg := closed(t, d.Engine)
		ctx, cancel := context.WithCancel(context.Background())
		waiting := tell(ctx)
		wg.Go(func() {
			_, err := d.Do(waiting, engine.Ask{Command: redeem("A")})
			if !errors.Is(err, engine.ErrGaveUp) || !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		})
		<-waiting.queued
		var neighbour answer
		queue(wg, d.Engine, engine.Ask{Command: redeem("A")}, &neighbour)
		cancel()
		close(g.open)
		wg.Wait()
		wants(t, "the neighbour", code(neighbour.err), "")
		wants(t, "redemptions", d.number("SELECT COUNT(*) FROM redemption"), 1)
	})
}

// Who gives up later is charged, and finds the answer under the idempotency key.
func TestAbandonedAfterItBegan(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, d *desk) {
		d.voucher(d.campaign(coupon.KindDiscount, uses(0), coupon.Limits{}), "A")
		begun, goOn := make(chan struct{}), make(chan struct{})
		ask := keyed(redeem("A"), "k", "body")
		slow := ask
		slow.Command = noted{redeem("A"), func() { close(begun); <-goOn }}
		ctx, cancel := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := d.Do(ctx, slow); !errors.Is(err, engine.ErrGaveUp) {
				t.Errorf("got %v", err)
			}
		})
		<-begun
		cancel()
		wg.Wait()
		close(goOn)
		reply, err := d.Do(context.Background(), ask)
		wants(t, "asked again", []any{reply.Replay, err, string(reply.Body)}, []any{true, nil, "redeemed"})
		wants(t, "redemptions", d.number("SELECT COUNT(*) FROM redemption"), 1)
	})
}

func TestCloseLetsWhatWaitsFinish(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, d *desk) {
		d.voucher(d.campaign(coupon.KindDiscount, uses(0), coupon.Limits{}), "A")
		got := make([]answer, 7)
		g, wg := closed(t, d.Engine)
		for i := range got {
			queue(wg, d.Engine, engine.Ask{Command: redeem("A")}, &got[i])
		}
		engineClosed := make(chan struct{})
		go func() {
			defer close(engineClosed)
			d.stop()
		}()
		gone, cancel := context.WithCancel(context.Background())
		cancel()
		for !errors.Is(second(d.Do(gone, engine.Ask{Command: redeem("A")})), engine.ErrClosed) {
			runtime.Gosched() // it was still open; who has gone does not count
		}
		close(g.open)
		wg.Wait()
		<-engineClosed
		wants(t, "answers", codesOf(got), make([]string, 7))
		wants(t, "redemptions", d.number("SELECT COUNT(*) FROM redemption"), 7)
		_, err := d.Do(context.Background(), engine.Ask{Command: redeem("A")})
		wants(t, "afterwards", code(err), "closing")
	})
}

func TestTryDecidesAndChangesNothing(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(t *testing.T, d *desk) {
		cam := d.campaign(coupon.KindRefill, refill, coupon.Limits{Total: 1})
		d.voucher(cam, "A")
		marks := d.number("SELECT COUNT(*) FROM commit_mark")
		cmd := redeem("A", func(c *coupon.Redeem) { c.Customer.Key = "source:acct-9" })
		for range 3 {
			out, err := d.Try(context.Background(), cmd)
			if r, ok := out.(coupon.Redeemed); !ok || err != nil || r.Balances[0].Minor != 1000 {
				t.Fatalf("got %+v, %v", out, err)
			}
		}
		wants(t, "commits and customers", d.number("SELECT COUNT(*) FROM commit_mark")-marks+d.number("SELECT COUNT(*) FROM customer"), 0)
		must[coupon.Redeemed](d, cmd)
		_, err := d.Try(context.Background(), cmd)
		wants(t, "afterwards", code(err), "already_redeemed")
	})
}

// Every refusal is told once, after its answer.
func TestRefusalsAreTold(t *testing.T) {
	t.Parallel()
	told := make(chan *coupon.Refusal, 100)
	eachDesk(t, func(t *testing.T, d *desk) {
		name := "A" + d.db.Kind()
		d.voucher(d.campaign(coupon.KindDiscount, tenOff, coupon.Limits{}), name)
		must[coupon.Redeemed](d, redeem(name))
		_, err := do[coupon.Redeemed](d, redeem(name))
		wants(t, "refused", code(err), "already_redeemed")
		wants(t, "unknown codes have no voucher to tell of", code(second(do[coupon.Redeemed](d, redeem("none")))), "not_found")
		if r := <-told; r.Reason != "already_redeemed" || r.Tail != "8K3Q" {
			t.Errorf("told %+v", r)
		}
	}, func(o *engine.Options) { o.Refused = func(r *coupon.Refusal) { told <- r } })
}
