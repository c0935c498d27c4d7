package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"sync/atomic"

	"github.com/scriphq/scrip/client"
	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/seal"
	"github.com/scriphq/scrip/internal/store"
)

const (
	callers = 256 // at once, of the engine
	clerks  = 32  // at once, of the plain program on PostgreSQL: more are slower
)

// inside is the program's use cases in this process, without HTTP.
type inside struct {
	*app.App
	db    *store.DB
	by    app.By
	calls atomic.Int64
}

func (b *bench) inside(ctx context.Context) (*inside, error) {
	db, err := store.Open(ctx, store.Options{URL: b.database()})
	if err != nil {
		return nil, err
	}
	keys, err := seal.Load(filepath.Join(b.data, "keys.json"))
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	a := app.New(app.Options{Store: db, Journal: db, Lanes: store.Lanes, OneWriter: db.OneWriter(), Keys: keys})
	return &inside{App: a, db: db, by: app.ByKey(coupon.APIKey{ID: "key_bench", Name: "bench", Scopes: []string{"all"}})}, nil
}

func (in *inside) close() error {
	in.Close()
	return in.db.Close()
}

// redeem does all that a redemption over HTTP does but for HTTP.
func (in *inside) redeem(ctx context.Context, code string) error {
	n := strconv.FormatInt(in.calls.Add(1), 10)
	once := &app.Once{Key: fresh(), Asked: redemption(code, 1), Render: func(result any, err error) []byte {
		if err != nil {
			return []byte(err.Error())
		}
		return redeemed(result.(coupon.Redeemed))
	}}
	who := coupon.CustomerRef{Key: coupon.SourceKey("c" + strconv.Itoa(int(in.calls.Load())%customers))}
	_, err := in.Redeem(ctx, app.Request{By: in.by, ID: "req_bench", Address: "127.0.0.1", Once: once},
		app.RedeemInput{Code: code, Customer: who, Reference: "R-" + n, Channel: coupon.ViaAPI})
	return err
}

// redeemed is about what the API answers to a redemption of one voucher.
func redeemed(r coupon.Redeemed) []byte {
	one := r.Redemptions[0]
	out := client.Redeemed{Checkout: string(r.Checkout), Redemptions: []client.Redemption{{
		ID: string(one.ID), Checkout: string(one.Checkout), Voucher: string(one.Voucher), Campaign: string(one.Campaign), Serial: one.Serial, Tail: one.Tail,
		Money: &client.Money{Amount: one.Money.Minor, Currency: string(one.Money.Asset)}, Customer: string(one.Customer), Channel: string(one.Channel),
		Reference: one.Reference, Transaction: &client.Transaction{Type: string(one.Transaction.Type)}, By: client.Actor{Kind: one.By.Kind, ID: one.By.ID, Name: one.By.Name},
		Reversed: &client.Money{Currency: string(one.Money.Asset)}, At: one.At,
	}}}
	for _, b := range r.Balances {
		out.Balances = append(out.Balances, client.Balance{Customer: string(b.Customer), Amount: b.Minor, Currency: string(b.Asset)})
	}
	body, _ := json.Marshal(out) // plain fields always marshal
	return append([]byte("201"), body...)
}

// inProcess measures the engine against a plain program that writes the same rows in
// one transaction for each redemption: vouchers of their own, then one for all.
func (b *bench) inProcess(ctx context.Context) error {
	in, err := b.inside(ctx)
	if err != nil {
		return err
	}
	err = b.rivals.analyze(ctx)
	if err == nil {
		err = errors.Join(b.apart(ctx, in), b.together(ctx, in))
	}
	return errors.Join(err, in.close())
}

func (b *bench) apart(ctx context.Context, in *inside) error {
	ratio, us, them, err := turns(b.rounds, func() (float64, error) {
		codes := b.codes
		rate, used, err := b.engine(ctx, len(codes), func(i int) error { return in.redeem(ctx, codes[i]) })
		return rate, cmp.Or(err, b.spend(used))
	}, func() (float64, error) {
		prints := b.rivals.prints
		rate, used, err := b.plain(ctx, len(prints), func(c *clerk, i int) error { return c.redeem(ctx, prints[i], b.rivals.holders[i%customers]) })
		b.rivals.prints = prints[used:]
		return rate, err
	})
	if err != nil {
		return err
	}
	must, aim := 4., 8.
	if b.url == "" {
		must, aim = 5, 13
	}
	b.report.add(line{name: b.name + ": engine ÷ one-by-one, distinct vouchers", ratio: ratio, must: must, aim: aim, least: true, note: fmt.Sprintf("%.0f /s, %.0f /s", us, them)})
	return b.second(ctx, them)
}

// engine has callers redeem for the length of a turn.
func (b *bench) engine(ctx context.Context, n int, do func(i int) error) (rate float64, used int, err error) {
	return b.during(ctx, callers, n, func() (func(int) error, io.Closer, error) { return do, nothingToClose{}, nil })
}

// plain has clerks redeem for the length of a turn.
func (b *bench) plain(ctx context.Context, n int, do func(c *clerk, i int) error) (rate float64, used int, err error) {
	return b.during(ctx, clerks, n, func() (func(int) error, io.Closer, error) {
		c, err := b.rivals.clerk(ctx)
		if err != nil {
			return nil, nil, err
		}
		return func(i int) error { return do(c, i) }, c, nil
	})
}

// together measures one voucher that everybody uses, with a limit that is never met.
func (b *bench) together(ctx context.Context, in *inside) error {
	print := b.rivals.prints[0]
	b.rivals.prints = b.rivals.prints[1:]
	one, err := b.rivals.clerk(ctx)
	if err != nil {
		return err
	}
	if _, err := one.conn.ExecContext(ctx, "UPDATE voucher SET max_uses = 1000000000 WHERE id = (SELECT voucher FROM code WHERE fingerprint = $1)", print); err != nil {
		return err
	}
	if err := one.Close(); err != nil {
		return err
	}
	ratio, us, them, err := turns(b.rounds, func() (float64, error) {
		rate, _, err := b.engine(ctx, 1<<40, func(int) error { return in.redeem(ctx, b.hot) })
		return rate, err
	}, func() (float64, error) {
		rate, _, err := b.plain(ctx, 1<<40, func(c *clerk, i int) error { return c.count(ctx, print, b.rivals.holders[i%customers]) })
		return rate, err
	})
	if err != nil {
		return err
	}
	must, aim := 20., 50.
	if b.url == "" {
		must, aim = 5, 13
	}
	b.report.add(line{name: b.name + ": engine ÷ one-by-one, one hot voucher with a limit", ratio: ratio, must: must, aim: aim, least: true, note: fmt.Sprintf("%.0f /s, %.0f /s", us, them)})
	return nil
}

type nothingToClose struct{}

func (nothingToClose) Close() error { return nil }

// latency measures one redemption alone against one plain transaction alone.
func (b *bench) latency(ctx context.Context) error {
	in, err := b.inside(ctx)
	if err != nil {
		return err
	}
	c, err := b.rivals.clerk(ctx)
	if err != nil {
		return errors.Join(err, in.close())
	}
	const tries = 200
	ratio, us, them, err := turns(b.rounds, func() (float64, error) {
		codes, err := b.take(tries)
		if err != nil {
			return 0, err
		}
		return each(codes, func(code string) error { return in.redeem(ctx, code) })
	}, func() (float64, error) {
		prints := b.rivals.prints[:tries]
		b.rivals.prints = b.rivals.prints[tries:]
		return each(prints, func(print string) error { return c.redeem(ctx, print, b.rivals.holders[0]) })
	})
	if err = errors.Join(err, c.Close(), in.close()); err != nil {
		return err
	}
	b.report.add(line{name: b.name + ": one redeem alone ÷ one-by-one alone", ratio: ratio, must: 1.3, aim: 1, note: fmt.Sprintf("%.2f ms, %.2f ms", us*1e3, them*1e3)})
	return nil
}

// each times f for one after the other and returns the median, in seconds.
func each(list []string, f func(string) error) (float64, error) {
	var took []float64
	for _, s := range list {
		t, err := timed(func() error { return f(s) })
		if err != nil {
			return 0, err
		}
		took = append(took, t)
	}
	return median(took), nil
}
