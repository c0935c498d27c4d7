package client_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/client"
	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/seal"
)

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestAnOrderFromBasketToReturn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		mei := must[client.Customer](t)(w.CreateCustomer(ctx, client.NewCustomer{SourceID: "acct 1&2", Name: "Mei Lin", Groups: []string{"gold"}}))
		issued := must[client.Issued](t)(w.Issue(ctx, w.campaign(), client.NewVoucher{Customer: client.CustomerRef{ID: mei.ID}, EarningMethod: "automation", SourceReference: "flow-7",
			ExpiresAt: time.Now().Add(time.Hour), Limits: &client.VoucherLimits{PerVoucher: 2}}))
		wants(t, "issued", []any{issued.EarningMethod, issued.SourceReference, issued.Holder, issued.MaxUses, issued.Status, strings.HasSuffix(issued.Code, issued.Tail)}, []any{"automation", "flow-7", mei.ID, 2, "active", true})
		use := client.Use{Codes: client.Codes(issued.Code), Order: cart(), Customer: client.CustomerRef{SourceID: "acct 1&2"}, Client: "203.0.113.7"}

		list := must[[]client.Qualified](t)(w.Qualify(ctx, use.Customer, *use.Order))
		wants(t, "qualified", []any{len(list), list[0].Voucher, list[0].Discount, list[0].CampaignName, list[0].Missing == nil, list[0].ExpiresAt.Equal(issued.ExpiresAt)}, []any{1, issued.ID, 419, "Spring", true, true})
		check := must[client.Validation](t)(w.Validate(ctx, use))
		wants(t, "validated", []any{check.Valid, check.Order.Due, check.Vouchers[0].Wanted, check.Order.Lines[0].By[0]}, []any{true, 4266, 419, client.Share{Voucher: issued.ID, Discount: 419}})
		why := must[client.Explanation](t)(w.Explain(ctx, use))
		wants(t, "explained", []any{why.Valid, len(why.Vouchers[0].Checks) > 10, why.Refusal == nil}, []any{true, true, true})

		hold := must[client.Hold](t)(w.Hold(ctx, client.NewHold{Use: use, Seconds: 600}))
		wants(t, "held", []any{hold.State, hold.Order.Discount, hold.Vouchers[0].Voucher, hold.Customer}, []any{"open", 419, issued.ID, mei.ID})
		wants(t, "released", must[client.Hold](t)(w.Release(ctx, hold.ID)).State, "released")
		hold = must[client.Hold](t)(w.Hold(ctx, client.NewHold{Use: use, Seconds: 600}))
		out := must[client.Redeemed](t)(w.Redeem(ctx, client.Redeem{Hold: hold.ID}))
		wants(t, "redeemed", []any{out.Order.Due, out.Redemptions[0].Hold, out.Redemptions[0].Reference, *out.Redemptions[0].Money, out.Redemptions[0].Transaction.Type}, []any{4266, hold.ID, "A-1", client.Money{Amount: 419, Currency: "USD"}, "order"})

		back := must[client.Reversed](t)(w.ReverseCheckout(ctx, out.Checkout, client.ReverseCheckout{Reason: "one came back", Lines: []client.Return{{Line: "l1", Quantity: 1}}}))
		wants(t, "a line", []any{*back.Reversals[0].Money, back.Reversals[0].Whole}, []any{client.Money{Amount: 140, Currency: "USD"}, false})
		back = must[client.Reversed](t)(w.ReverseCheckout(ctx, out.Checkout, client.ReverseCheckout{Reason: "cancelled"}))
		wants(t, "the rest", []any{*back.Reversals[0].Money, back.Reversals[0].Whole}, []any{client.Money{Amount: 279, Currency: "USD"}, true})
		k := must[client.Checkout](t)(w.Checkout(ctx, out.Checkout))
		wants(t, "checkout", []any{k.Reversed, k.Returned, k.Order.Discount, k.Reference}, []any{true, []client.Return{{Line: "l1", Quantity: 1}}, 419, "A-1"})
		wants(t, "uses", must[client.Voucher](t)(w.Lookup(ctx, issued.Code)).Uses, 0)
		wants(t, "customer", must[client.Customer](t)(w.FindCustomer(ctx, "acct 1&2")).ID, mei.ID)
		wants(t, "customer by id", must[client.Customer](t)(w.Customer(ctx, mei.ID)).Name, "Mei Lin")
	})
}

func TestAGiftVoucherPaysAPart(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		gift := w.campaign(func(in *app.CampaignInput) {
			in.Kind, in.Value = coupon.KindGift, &coupon.Value{Type: coupon.ValueAmount, Money: &money.Amount{Minor: 5000, Asset: "USD"}}
		})
		issued := must[client.Issued](t)(w.Issue(ctx, gift, client.NewVoucher{Money: &client.Money{Amount: 2000, Currency: "USD"}}))
		out := must[client.Redeemed](t)(w.Redeem(ctx, client.Redeem{Use: client.Use{Codes: []client.Item{{Code: issued.Code, Amount: 700}}, Order: cart()}}))
		wants(t, "paid", []int64{out.Order.Paid, out.Order.Due}, []int64{700, 3985})
		out = must[client.Redeemed](t)(w.Redeem(ctx, client.Redeem{Use: client.Use{Code: issued.Code, Money: &client.Money{Amount: 300, Currency: "USD"}, Transaction: &client.Transaction{Type: "purchase", Reference: "till 4"}}}))
		wants(t, "without an order", []any{out.Order == nil, *out.Redemptions[0].Money, *out.Redemptions[0].Transaction}, []any{true, client.Money{Amount: 300, Currency: "USD"}, client.Transaction{Type: "purchase", Reference: "till 4"}})
		wants(t, "left", must[client.Voucher](t)(w.Voucher(ctx, issued.ID)).Balance.Amount, 1000)
		back := must[client.Reversed](t)(w.ReverseRedemption(ctx, out.Redemptions[0].ID, client.ReverseRedemption{Reason: "a bottle came back", Money: &client.Money{Amount: 79, Currency: "USD"}}))
		wants(t, "given back", []any{*back.Reversals[0].Money, back.Reversals[0].Whole}, []any{client.Money{Amount: 79, Currency: "USD"}, false})
		wants(t, "left after it", must[client.Voucher](t)(w.Voucher(ctx, issued.ID)).Balance.Amount, 1079)
	})
}

func TestErrorsSayWhatAProgramNeeds(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		campaign := w.campaign(budget(100))
		issued := must[client.Issued](t)(w.Issue(ctx, campaign, client.NewVoucher{}))
		fails := func(what string, err error, status int, code string) *client.Error {
			t.Helper()
			e, ok := errors.AsType[*client.Error](err)
			if !ok || e.Status != status || e.Code != code || e.Title == "" || !strings.HasPrefix(e.RequestID, "req_") || e.Unclear() {
				t.Fatalf("%s: %+v", what, e)
			}
			for _, secret := range []string{issued.Code, strings.ReplaceAll(issued.Code, "-", ""), "NO-SUCH-CODE"} {
				if all := err.Error() + string(must[[]byte](t)(json.Marshal(e))); strings.Contains(all, secret) {
					t.Errorf("%s: a code stands in %s", what, all)
				}
			}
			return e
		}
		use := client.Use{Codes: client.Codes(issued.Code, "NO-SUCH-CODE"), Order: cart()}
		_, err := w.Redeem(ctx, client.Redeem{Use: use})
		e := fails("a budget", err, 409, "budget_reached")
		wants(t, "vouchers", e.Vouchers, []client.Refused{{Index: 0, Tail: issued.Tail, Reason: "budget_reached"}, {Index: 1, Reason: "not_found"}})
		_, err = w.Lookup(ctx, "NO-SUCH-CODE")
		fails("unknown", err, 404, "not_found")
		use.Order.Lines[0].Quantity = 0
		_, err = w.Hold(ctx, client.NewHold{Use: use, Seconds: 60})
		e = fails("a field", err, 422, "invalid")
		wants(t, "fields", len(e.Fields["order.lines[0].quantity"]) > 0, true)
		mei := must[client.Customer](t)(w.CreateCustomer(ctx, client.NewCustomer{SourceID: "acct-1"}))
		_, err = w.CreateCustomer(ctx, client.NewCustomer{SourceID: "acct-1"})
		wants(t, "existing", fails("twice", err, 409, "conflict").Existing, mei.ID)
		_, err = w.FindCustomer(ctx, "nobody")
		wants(t, "nobody", client.Code(err), "not_found")
		w.key = "scrip_wrong"
		_, err = w.client(client.Options{}).Voucher(ctx, issued.ID)
		fails("a wrong key", err, 401, "unauthenticated")
	})
}

func TestARefusalIsExplained(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		issued := must[client.Issued](t)(w.Issue(ctx, w.campaign(budget(100)), client.NewVoucher{}))
		_, err := w.Redeem(ctx, client.Redeem{Use: client.Use{Codes: client.Codes(issued.Code), Order: cart()}})
		wants(t, "refused", client.Code(err), "budget_reached")
		w.stop() // what was refused is written down by then
		page := must[coupon.Page[coupon.Refusal]](t)(w.db.Refusals(ctx, coupon.RefusalFilter{}, coupon.Paging{}))
		why := must[client.Explanation](t)(w.ExplainRefusal(ctx, string(page.Rows[0].ID)))
		last := why.Vouchers[0].Checks[len(why.Vouchers[0].Checks)-1]
		wants(t, "why", []any{why.Valid, why.Refusal.Reason, last.Passed, last.Reason}, []any{false, "budget_reached", false, "budget_reached"})
	})
}

// A code that is passed for an id goes nowhere.
func TestACodeNeverBecomesAnAddress(t *testing.T) {
	t.Parallel()
	c, s := scripted(t, client.Options{}, answer(200, "{}"))
	const code = "SAVE-7Q4K"
	for name, call := range map[string]func(id string) error{
		"Voucher":           func(id string) error { _, err := c.Voucher(ctx, id); return err },
		"Customer":          func(id string) error { _, err := c.Customer(ctx, id); return err },
		"Checkout":          func(id string) error { _, err := c.Checkout(ctx, id); return err },
		"Release":           func(id string) error { _, err := c.Release(ctx, id); return err },
		"Issue":             func(id string) error { _, err := c.Issue(ctx, id, client.NewVoucher{}); return err },
		"ReverseCheckout":   func(id string) error { _, err := c.ReverseCheckout(ctx, id, client.ReverseCheckout{}); return err },
		"ReverseRedemption": func(id string) error { _, err := c.ReverseRedemption(ctx, id, client.ReverseRedemption{}); return err },
	} {
		for _, id := range []string{"", code, "vch_../../" + code, "vch_", "vch_" + code} {
			if err := call(id); err == nil || strings.Contains(err.Error(), code) {
				t.Errorf("%s of %q: %v", name, id, err)
			}
		}
	}
	wants(t, "requests", len(s.at), 0)
}

func TestOptions(t *testing.T) {
	t.Parallel()
	for _, o := range []client.Options{
		{}, {URL: "https://scrip.example.com"}, {Key: "k"}, {URL: "scrip.example.com", Key: "k"}, {URL: "ftp://scrip.example.com", Key: "k"}, {URL: "https://", Key: "k"},
		{URL: "https://me:secret@scrip.example.com", Key: "k"}, {URL: "https://scrip.example.com", Key: "two words"}, {URL: "https://scrip.example.com", Key: "k\n"},
	} {
		if _, err := client.New(o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}

// What the server signs is trusted; nothing else is.
func TestEventsAreReadWhenTheyAreSigned(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC)
	old, secret := seal.NewWebhookSecret(), seal.NewWebhookSecret()
	const body = `{"type":"voucher.redeemed","timestamp":"2026-11-21T03:59:59Z","data":{"id":"evt_1","subject":"vch_1","version":2,"by":{"kind":"key","id":"key_1"},"details":{"uses":1}}}`
	sign := func(secret string) string { return must[string](t)(seal.SignWebhook(secret, "evt_1", now, body)) }
	r := func(change ...func(http.Header)) http.Header {
		h := httptest.NewRequest("POST", "/hook", nil).Header
		h.Set("webhook-id", "evt_1")
		h.Set("webhook-timestamp", "1795233600")
		h.Set("webhook-signature", sign(old)+" "+sign(secret))
		for _, f := range change {
			f(h)
		}
		return h
	}
	for _, one := range [][]string{{secret}, {old}, {seal.NewWebhookSecret(), secret}} {
		e := must[client.Event](t)(client.ReadEvent(r(), []byte(body), now.Add(4*time.Minute), one...))
		wants(t, "event", []any{e.Type, e.Data.ID, e.Data.Subject, e.Data.Version, e.Data.By.Kind, e.Data.Details["uses"]}, []any{"voucher.redeemed", "evt_1", "vch_1", 2, "key", 1})
	}
	without := func(name string) func(http.Header) { return func(h http.Header) { h.Del(name) } }
	for name, err := range map[string]error{
		"another body":   fails(client.ReadEvent(r(), []byte(body+" "), now, secret)),
		"another secret": fails(client.ReadEvent(r(), []byte(body), now, seal.NewWebhookSecret(), "", "whsec_", "whsec_!")),
		"no secret":      fails(client.ReadEvent(r(), []byte(body), now)),
		"played again":   fails(client.ReadEvent(r(), []byte(body), now.Add(6*time.Minute), secret)),
		"of the future":  fails(client.ReadEvent(r(), []byte(body), now.Add(-6*time.Minute), secret)),
		"no id":          fails(client.ReadEvent(r(without("webhook-id")), []byte(body), now, secret)),
		"no time":        fails(client.ReadEvent(r(without("webhook-timestamp")), []byte(body), now, secret)),
		"no signature":   fails(client.ReadEvent(r(without("webhook-signature")), []byte(body), now, secret)),
	} {
		wants(t, name, err, client.ErrSignature)
	}
}

func fails(_ client.Event, err error) error { return err }
