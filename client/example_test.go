package client_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/scriphq/scrip/client"
)

// A shop judges an order at the basket, holds the voucher while the customer pays, and
// redeems it then.
func Example() {
	url, key, code, stop := shop()
	defer stop()

	scrip, err := client.New(client.Options{URL: url, Key: key})
	if err != nil {
		fmt.Println(err)
		return
	}
	use := client.Use{
		Codes: client.Codes(code),
		Order: &client.Order{Reference: "A-1", Currency: "USD", Shipping: 500,
			Lines: []client.Line{{ID: "l1", Product: "p1", Quantity: 3, UnitPrice: 1395}}},
		Customer: client.CustomerRef{SourceID: "acct-1"},
		Client:   "203.0.113.7", // who typed the code
	}
	check, err := scrip.Validate(ctx, use) // at the basket
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("valid:", check.Valid, "discount:", check.Order.Discount, "due:", check.Order.Due)

	hold, err := scrip.Hold(ctx, client.NewHold{Use: use, Seconds: 600, IdempotencyKey: "A-1 hold"}) // at the payment page
	if err != nil {
		fmt.Println(err)
		return
	}
	out, err := scrip.Redeem(ctx, client.Redeem{Hold: hold.ID, IdempotencyKey: "A-1 redeem"}) // after the payment
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("redeemed:", len(out.Redemptions))

	use.Order.Reference = "A-2"
	_, err = scrip.Redeem(ctx, client.Redeem{Use: use, IdempotencyKey: "A-2 redeem"})
	fmt.Println("again:", client.Code(err))
	// Output:
	// valid: true discount: 419 due: 4266
	// redeemed: 1
	// again: already_redeemed
}

// shop starts a server with a key and a code of 10 % off.
func shop() (url, key, code string, stop func()) {
	dir, err := os.MkdirTemp("", "scrip-example")
	if err != nil {
		panic(err)
	}
	t := &stage{cleanup: []func(){func() { _ = os.RemoveAll(dir) }}}
	w := newWorld(t, filepath.Join(dir, "scrip.db"))
	issued, err := w.Issue(ctx, w.campaign(), client.NewVoucher{})
	if err != nil {
		panic(err)
	}
	return w.url, w.key, issued.Code, t.clear
}

// stage is a test for an example, which has none.
type stage struct {
	testing.TB
	cleanup []func()
}

func (s *stage) Helper()                      {}
func (s *stage) Cleanup(f func())             { s.cleanup = append(s.cleanup, f) }
func (s *stage) Fatal(args ...any)            { panic(fmt.Sprint(args...)) }
func (s *stage) Fatalf(f string, args ...any) { panic(fmt.Sprintf(f, args...)) }
func (s *stage) Errorf(f string, args ...any) { panic(fmt.Sprintf(f, args...)) }

func (s *stage) clear() {
	for i := len(s.cleanup) - 1; i >= 0; i-- {
		s.cleanup[i]()
	}
}
