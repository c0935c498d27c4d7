package app_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/seal"
)

var aLife = []string{"voucher.issued", "voucher.redeemed", "voucher.reversed"}

// J8-6: signed deliveries for issue, redeem and reverse, in order and without a code.
func TestAVoucherIsToldOfInOrder(t *testing.T) {
	t.Parallel()
	eachHookDesk(t, func(t *testing.T, d *hookDesk) {
		id := d.life()
		d.deliver()
		d.deliver()
		d.same("what came", d.to.types(), aLife)
		for _, p := range d.to.got {
			want, err := seal.SignWebhook(d.secret, p.ID, p.At, p.Body)
			expect(t, "signing", err, nil)
			d.same("the signature", p.Signature, want)
			if !strings.Contains(p.Body, string(id)) || !strings.HasPrefix(p.ID, "evt_") {
				t.Errorf("%+v", p)
			}
			for _, code := range d.codes {
				if strings.Contains(p.Body, code) || strings.Contains(p.Body, strings.ReplaceAll(code, "-", "")) {
					t.Errorf("a code leaves: %s", p.Body)
				}
			}
		}
		d.same("delivered", len(d.log(coupon.DeliveryDelivered)), 3)
		list, err := d.db.Verify(t.Context())
		expect(t, "verifying", err, nil)
		d.same("differences", list, []coupon.Difference{})
	})
}

// A batch is told of as a batch, however many vouchers it has.
func TestABatchMakesNoDeliveryForEachVoucher(t *testing.T) {
	t.Parallel()
	eachHookDesk(t, func(t *testing.T, d *hookDesk) {
		b, err := d.CreateBatch(t.Context(), webhooker, d.campaign, app.BatchInput{Description: "FAIR", Quantity: 2500})
		expect(t, "a batch", err, nil)
		for _, j := range must(d.db.ActiveJobs(t.Context())) {
			expect(t, "generating", d.Generate(t.Context(), j), nil)
		}
		_, err = d.FreezeBatch(t.Context(), webhooker, b.ID, true, "lost")
		expect(t, "freezing", err, nil)
		d.deliver()
		d.same("what came", d.to.types(), []string{"batch.created", "batch.completed", "batch.frozen"})
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// What fails holds up its own voucher, and no other.
func TestAFailureHoldsUpItsVoucherOnly(t *testing.T) {
	t.Parallel()
	eachHookDesk(t, func(t *testing.T, d *hookDesk) {
		bad, good := d.life(), d.life()
		tries := 0
		d.to.answer = func(p coupon.HookPost) coupon.HookAnswer {
			if !strings.Contains(p.Body, string(bad)) {
				return coupon.HookAnswer{Status: 204}
			}
			if tries++; tries < 3 {
				return down(p)
			}
			return coupon.HookAnswer{Status: 200}
		}
		of := func(id coupon.VoucherID) []string {
			var out []string
			for _, p := range d.to.got {
				if strings.Contains(p.Body, string(id)) {
					out = append(out, typeOf(p))
				}
			}
			return out
		}
		d.deliver()
		d.same("of the good one", of(good), aLife)
		d.same("of the bad one", of(bad), aLife[:1])
		for range 2 {
			d.at = d.at.Add(time.Minute)
			d.deliver()
		}
		d.same("of the bad one in the end", of(bad), append([]string{aLife[0], aLife[0]}, aLife...))
		if h := must(d.Webhook(t.Context(), webhooker.By, d.hook.ID)); !h.FailingSince.IsZero() {
			t.Errorf("it still fails: %+v", h)
		}
	})
}

// A receiver that is broken gets thirteen requests over three days, then the event is given
// up; asked for again by hand, it comes, under the same id.
func TestABrokenReceiverIsTriedForThreeDays(t *testing.T) {
	t.Parallel()
	eachHookDesk(t, func(t *testing.T, d *hookDesk) {
		d.to.answer = down
		d.issue()
		begun := d.at
		for d.deliver(); len(d.log(coupon.DeliveryPending)) > 0; d.deliver() {
			v := must(d.WebhookDelivery(t.Context(), webhooker.By, d.log("")[0].ID))
			if !v.Next.After(d.at) || v.Next.Sub(d.at) > 27*time.Hour {
				t.Fatalf("the next try of %+v is at %v", v, d.at)
			}
			d.at = v.Next.Add(-time.Second)
			sent := len(d.to.got)
			if d.deliver(); len(d.to.got) != sent {
				t.Fatal("it was tried before its time")
			}
			d.at = v.Next
		}
		v := must(d.WebhookDelivery(t.Context(), webhooker.By, d.log("")[0].ID))
		if took := d.at.Sub(begun); len(v.Tried) != 13 || took < 71*time.Hour || took > 80*time.Hour || v.State != coupon.DeliveryFailed || v.Tried[0].Text != "<b>no</b>" {
			t.Fatalf("%d tries in %v: %+v", len(v.Tried), took, v)
		}
		d.to.answer = nil
		again, err := d.Redeliver(t.Context(), webhooker, v.ID)
		expect(t, "asking again", err, nil)
		d.same("its state then", again.State, coupon.DeliveryPending)
		d.deliver()
		v = must(d.WebhookDelivery(t.Context(), webhooker.By, v.ID))
		if v.State != coupon.DeliveryDelivered || len(v.Tried) != 14 || v.Tried[13].Status != 200 || d.to.got[13].ID != d.to.got[0].ID || d.to.got[13].Signature == d.to.got[0].Signature {
			t.Fatalf("%+v", v)
		}
	})
}

// A process that dies while it sends has counted nothing; another goes on, and what was
// delivered is not sent again.
func TestAnotherProcessGoesOn(t *testing.T) {
	t.Parallel()
	eachHookDesk(t, func(t *testing.T, d *hookDesk) {
		d.life()
		d.deliver()
		d.life()
		d.publish()
		expect(t, "spreading", d.SpreadEvents(t.Context()), nil)
		d.to.hang = make(chan struct{})
		ctx, kill := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- d.Deliver(ctx) }()
		kill()
		if err := <-done; err == nil {
			t.Fatal("a killed process delivered all")
		}
		d.to.hang = nil
		waiting := d.log(coupon.DeliveryPending)
		if len(waiting) != 3 || waiting[2].Attempts != 0 {
			t.Fatalf("%+v", waiting)
		}
		d.App = d.process()
		d.deliver()
		d.same("what came", d.to.types(), append(slices.Clone(aLife), aLife...))
	})
}

func TestBothSecretsSignForADay(t *testing.T) {
	t.Parallel()
	eachHookDesk(t, func(t *testing.T, d *hookDesk) {
		made, err := d.RotateWebhook(t.Context(), webhooker, d.hook.ID)
		expect(t, "rotating", err, nil)
		fresh, until := made.Secret, made.OldUntil
		d.same("the overlap", until, d.at.Add(24*time.Hour))
		signed := func(secrets ...string) {
			t.Helper()
			_, err := d.TestWebhook(t.Context(), webhooker, d.hook.ID)
			expect(t, "a test event", err, nil)
			d.deliver()
			p := d.to.got[len(d.to.got)-1]
			var want []string
			for _, s := range secrets {
				want = append(want, must(seal.SignWebhook(s, p.ID, p.At, p.Body)))
			}
			d.same("signatures", p.Signature, strings.Join(want, " "))
			d.same("the type", typeOf(p), "webhook.test")
		}
		signed(fresh, d.secret)
		d.at = until
		signed(fresh)
	})
}

// 410 ends a webhook at once, five days of failing end it too; what happens meanwhile is not
// collected, what waited comes when it is enabled again.
func TestAHopelessWebhookIsDisabled(t *testing.T) {
	t.Parallel()
	eachHookDesk(t, func(t *testing.T, d *hookDesk) {
		disabled := func(why string) {
			t.Helper()
			h := must(d.Webhook(t.Context(), webhooker.By, d.hook.ID))
			events := must(d.db.Events(t.Context(), coupon.EventFilter{Subject: string(h.ID)}, coupon.Paging{}))
			if h.State != coupon.WebhookDisabled || !strings.Contains(h.Reason, why) || events.Rows[0].Type != coupon.EventWebhookDisabled || events.Rows[0].By.Kind != "system" {
				t.Fatalf("%+v, %+v", h, events.Rows[0])
			}
		}
		d.to.answer = func(coupon.HookPost) coupon.HookAnswer {
			return coupon.HookAnswer{Status: 410, Error: "It answered 410."}
		}
		d.issue()
		d.deliver()
		disabled("410")
		d.issue()
		d.deliver()
		d.same("requests", len(d.to.got), 1)
		_, err := d.Redeliver(t.Context(), webhooker, d.log("")[0].ID)
		expect(t, "sending again while disabled", err, coupon.ErrConflict)
		_, err = d.EnableWebhook(t.Context(), webhooker, d.hook.ID)
		expect(t, "enabling", err, nil)
		d.to.answer = down
		for range 12 {
			d.at = d.at.Add(11 * time.Hour)
			d.issue()
			d.deliver()
		}
		disabled("five days")
		d.to.answer = nil
		_, err = d.EnableWebhook(t.Context(), webhooker, d.hook.ID)
		expect(t, "enabling again", err, nil)
		d.at = d.at.Add(48 * time.Hour)
		d.deliver()
		if n := len(d.log(coupon.DeliveryPending)); n != 0 || len(d.log(coupon.DeliveryDelivered)) < 10 {
			t.Fatalf("%d wait", n)
		}
	})
}

func TestWebhooksAreForDevelopers(t *testing.T) {
	t.Parallel()
	eachHookDesk(t, func(t *testing.T, d *hookDesk) {
		reader := app.Request{By: app.ByKey(coupon.APIKey{ID: "key_1", Scopes: []string{"settings:read"}})}
		_, err := d.Webhooks(t.Context(), reader.By)
		expect(t, "reading", err, nil)
		_, err = d.CreateWebhook(t.Context(), reader, app.WebhookInput{})
		expect(t, "creating", err, app.ErrForbidden)
		_, err = d.RotateWebhook(t.Context(), reader, d.hook.ID)
		expect(t, "rotating", err, app.ErrForbidden)
		cashier := app.Request{By: app.ByStaff(coupon.Staff{ID: "stf_1", Role: coupon.Cashier})}
		_, err = d.Webhooks(t.Context(), cashier.By)
		expect(t, "reading by a cashier", err, app.ErrForbidden)
		_, err = d.TestWebhook(t.Context(), cashier, d.hook.ID)
		expect(t, "testing by a cashier", err, app.ErrForbidden)
		_, err = d.CreateWebhook(t.Context(), webhooker, app.WebhookInput{Types: &[]coupon.EventType{coupon.EventSignedIn}})
		if f := fault.Of(err); f == nil || f.Fields["url"] == "" || f.Fields["types"] == "" {
			t.Fatalf("%v", err)
		}
	})
}
