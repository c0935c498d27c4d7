package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/seal"
	"github.com/scriphq/scrip/internal/store"
	"github.com/scriphq/scrip/internal/store/storetest"
)

// receiver takes what is sent, and answers as it is told.
type receiver struct {
	mu     sync.Mutex
	got    []coupon.HookPost
	answer func(p coupon.HookPost) coupon.HookAnswer
	hang   chan struct{} // when set, an answer waits for its end, or the sender's
}

func (r *receiver) Check(string) error { return nil }

func (r *receiver) Post(ctx context.Context, p coupon.HookPost) coupon.HookAnswer {
	if r.hang != nil {
		select {
		case <-r.hang:
		case <-ctx.Done():
			return coupon.HookAnswer{Error: "cut off"}
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, p)
	if r.answer != nil {
		return r.answer(p)
	}
	return coupon.HookAnswer{Status: 200, Text: "ok"}
}

// types lists what came, in order.
func (r *receiver) types() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []string
	for _, p := range r.got {
		out = append(out, typeOf(p))
	}
	return out
}

func typeOf(p coupon.HookPost) string {
	var body struct{ Type string }
	if err := json.Unmarshal([]byte(p.Body), &body); err != nil {
		return err.Error()
	}
	return body.Type
}

func down(coupon.HookPost) coupon.HookAnswer {
	return coupon.HookAnswer{Status: 500, Text: "<b>no</b>", Error: "It answered 500."}
}

// hookDesk has a campaign of gift vouchers and a webhook.
type hookDesk struct {
	*app.App
	t        *testing.T
	db       *store.DB
	keys     *seal.Keys
	at       time.Time
	to       *receiver
	campaign coupon.CampaignID
	hook     coupon.Webhook
	secret   string
	codes    []string
}

var webhooker = app.Request{By: app.Program("test")}

func eachHookDesk(t *testing.T, fn func(t *testing.T, d *hookDesk)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := &hookDesk{t: t, db: db, keys: seal.New(), at: importDay, to: &receiver{}}
		d.App = d.process()
		name, url := "Gifts", "https://shop.example/scrip"
		c, err := d.CreateCampaign(t.Context(), webhooker, app.CampaignInput{Kind: coupon.KindGift, Name: &name, Value: &coupon.Value{Type: coupon.ValueAmount, Money: &money.Amount{Minor: 1000, Asset: "SGD"}}})
		expect(t, "a campaign", err, nil)
		d.publish()
		d.campaign = c.ID
		made, err := d.CreateWebhook(t.Context(), webhooker, app.WebhookInput{URL: &url, Types: &[]coupon.EventType{}})
		expect(t, "a webhook", err, nil)
		d.secret, d.hook = made.Secret, made.Webhook
		fn(t, d)
	})
}

// process is an App on the same database.
func (d *hookDesk) process() *app.App {
	a := app.New(app.Options{Store: d.db, Journal: d.db, Keys: d.keys, Now: func() time.Time { return d.at }, Hooks: d.to})
	d.t.Cleanup(a.Close)
	return a
}

func (d *hookDesk) publish() {
	d.t.Helper()
	_, err := d.db.Publish(d.t.Context())
	expect(d.t, "publishing", err, nil)
}

// deliver publishes, spreads and sends what is due.
func (d *hookDesk) deliver() {
	d.t.Helper()
	d.publish()
	expect(d.t, "spreading", d.SpreadEvents(d.t.Context()), nil)
	expect(d.t, "delivering", d.Deliver(d.t.Context()), nil)
}

func (d *hookDesk) issue() coupon.VoucherID {
	d.t.Helper()
	p, err := d.PrepareIssue(d.t.Context(), webhooker, d.campaign, app.IssueInput{})
	expect(d.t, "preparing", err, nil)
	v, err := d.Issue(d.t.Context(), webhooker, p)
	expect(d.t, "issuing", err, nil)
	code, err := d.Reveal(d.t.Context(), webhooker, v.Voucher.ID)
	expect(d.t, "revealing", err, nil)
	d.codes = append(d.codes, code)
	return v.Voucher.ID
}

func (d *hookDesk) redeem(id coupon.VoucherID) coupon.RedemptionID {
	d.t.Helper()
	out, err := d.Redeem(d.t.Context(), webhooker, app.RedeemInput{Voucher: id, Channel: coupon.ViaAPI, Money: &money.Amount{Minor: 1000, Asset: "SGD"}})
	expect(d.t, "redeeming", err, nil)
	return out.Redemptions[0].ID
}

// life issues a voucher, redeems it and takes that back.
func (d *hookDesk) life() coupon.VoucherID {
	d.t.Helper()
	id := d.issue()
	_, err := d.Reverse(d.t.Context(), webhooker, d.redeem(id), nil, "mistake")
	expect(d.t, "reversing", err, nil)
	return id
}

func (d *hookDesk) log(state coupon.DeliveryState) []coupon.Delivery {
	d.t.Helper()
	page, err := d.WebhookDeliveries(d.t.Context(), webhooker.By, coupon.DeliveryFilter{Webhook: d.hook.ID, State: state}, coupon.Paging{Limit: 200})
	expect(d.t, "the log", err, nil)
	return page.Rows
}

func (d *hookDesk) same(what string, got, want any) {
	d.t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		d.t.Fatalf("%s: %v, want %v", what, got, want)
	}
}
