package store_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

func (s *shop) hook(id coupon.WebhookID) coupon.Webhook {
	s.t.Helper()
	h := coupon.Webhook{ID: id, URL: "https://example.com/hook", State: coupon.WebhookEnabled, By: ada, CreatedAt: s.now(), UpdatedAt: s.now()}
	secret := coupon.WebhookSecret{ID: "whs_" + string(id), Webhook: id, Sealed: plain{}.Seal("secret", "whs_"+string(id)), CreatedAt: s.now()}
	ok(s.t, s.CreateWebhook(ctx, h, secret, s.event(coupon.EventWebhookCreated, string(id))))
	h, err := s.Webhook(ctx, id)
	ok(s.t, err)
	return h
}

// delivery is one of a subject, by version.
func (s *shop) delivery(h coupon.Webhook, subject string, version int64) coupon.Delivery {
	id := fmt.Sprintf("%s_%s_%d", h.ID, subject, version)
	return coupon.Delivery{
		ID: coupon.DeliveryID("dlv_" + id), Webhook: h.ID, Event: "evt_" + id, Type: coupon.EventVoucherRedeemed, Subject: subject, Version: version,
		Body: "{}", State: coupon.DeliveryPending, CreatedAt: s.now(),
	}
}

// spread adds deliveries and returns the webhook as it is then.
func (s *shop) spread(h coupon.Webhook, list ...coupon.Delivery) coupon.Webhook {
	s.t.Helper()
	to := coupon.FeedPlace{Place: h.Cursor.Place + 1}
	ok(s.t, s.Spread(ctx, h, to, list))
	h.Cursor = to
	return h
}

func (s *shop) due(h coupon.Webhook) []coupon.Delivery {
	s.t.Helper()
	list, err := s.DueDeliveries(ctx, h.ID, s.now(), 100)
	ok(s.t, err)
	return list
}

// settle writes that a delivery came to a state; next is when its queue goes on.
func (s *shop) settle(d coupon.Delivery, state coupon.DeliveryState, next time.Duration) {
	s.t.Helper()
	ok(s.t, s.SettleDeliveries(ctx, []coupon.Outcome{s.outcome(d, state, next)}))
}

func (s *shop) outcome(d coupon.Delivery, state coupon.DeliveryState, next time.Duration) coupon.Outcome {
	d.State, d.Attempts = state, d.Attempts+1
	a := coupon.Attempt{Delivery: d.ID, Number: d.Attempts, At: s.now(), Took: time.Second, Status: 200}
	if state != coupon.DeliveryDelivered {
		a.Status, a.Error, d.Error, d.Status = 500, "no", "no", 500
	}
	return coupon.Outcome{Delivery: d, Attempt: a, Next: s.now().Add(next)}
}

func newHook(s *shop) coupon.Webhook {
	s.t.Helper()
	h := s.hook("whk_1")
	ok(s.t, s.RotateWebhook(ctx, coupon.WebhookSecret{ID: "whs_2", Webhook: h.ID, Sealed: plain{}.Seal("other", "whs_2")}, s.now().Add(time.Hour), s.event(coupon.EventWebhookRotated, string(h.ID))))
	one, two := s.delivery(h, "vch_1", 1), s.delivery(h, "vch_1", 2)
	h = s.spread(h, one, two)
	s.settle(one, coupon.DeliveryDelivered, 0)
	return h
}

// Deliveries of one subject come one after another, by version; others do not wait.
func TestAQueueGivesOneDeliveryAtATime(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		h := s.hook("whk_1")
		first, second, other := s.delivery(h, "vch_1", 1), s.delivery(h, "vch_1", 2), s.delivery(h, "vch_2", 1)
		h = s.spread(h, second, other, first)
		if got := s.due(h); len(got) != 2 || got[0].ID != first.ID && got[1].ID != first.ID || got[0].ID == second.ID || got[1].ID == second.ID {
			t.Fatalf("due: %+v", got)
		}
		s.settle(other, coupon.DeliveryDelivered, 0)
		s.settle(first, coupon.DeliveryPending, time.Minute)
		if got := s.due(h); len(got) != 0 {
			t.Fatalf("due before the next try: %+v", got)
		}
		if h, _ := s.Webhook(ctx, h.ID); !h.FailingSince.Equal(s.now()) {
			t.Fatalf("failing since %v", h.FailingSince)
		}
		v, err := s.Delivery(ctx, first.ID)
		if ok(t, err); !v.Next.Equal(s.now().Add(time.Minute)) || len(v.Tried) != 1 || v.Tried[0].Error != "no" || v.Tries != 1 {
			t.Fatalf("%+v", v)
		}
		if v, err = s.Delivery(ctx, second.ID); err != nil || !v.Next.IsZero() {
			t.Fatalf("%+v, %v", v, err)
		}
		s.pass(time.Minute)
		first = s.due(h)[0]
		s.settle(first, coupon.DeliveryFailed, 0)
		if got := s.due(h); len(got) != 1 || got[0].ID != second.ID {
			t.Fatalf("due after the first was given up: %+v", got)
		}
		s.settle(second, coupon.DeliveryDelivered, 0)
		if h, _ := s.Webhook(ctx, h.ID); !h.FailingSince.IsZero() || len(s.due(h)) != 0 {
			t.Fatalf("%+v", h)
		}
		s.sound("after all")
		var queues int
		if ok(t, s.Query(ctx, "SELECT COUNT(*) FROM webhook_queue", &queues)); queues != 0 {
			t.Fatalf("%d empty queues are left", queues)
		}
		ok(t, s.Redeliver(ctx, first, s.now(), s.event(coupon.EventRedelivered, string(first.ID))))
		if got := s.due(h); len(got) != 1 || got[0].ID != first.ID || got[0].Tries != 0 || got[0].Attempts != 2 {
			t.Fatalf("due when asked for again: %+v", got)
		}
	})
}

// A cursor moves once from where it stands, whoever moves it, and never while disabled.
func TestNoEventIsSpreadTwice(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		h := s.hook("whk_1")
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if err := s.Spread(ctx, h, coupon.FeedPlace{Place: 9}, []coupon.Delivery{s.delivery(h, "vch_1", 1)}); err != nil && fault.Of(err).Kind != fault.Conflict {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if got := s.due(h); len(got) != 1 {
			t.Fatalf("%d deliveries", len(got))
		}
		h, err := s.Webhook(ctx, h.ID)
		ok(t, err)
		ok(t, s.DisableWebhook(ctx, h.ID, "by hand", s.now(), s.event(coupon.EventWebhookDisabled, "whk_1")))
		refused(t, "spreading when disabled", s.Spread(ctx, h, coupon.FeedPlace{Place: 10}, nil), fault.Conflict, "")
		refused(t, "disabling twice", s.DisableWebhook(ctx, h.ID, "", s.now(), coupon.Event{}), fault.Conflict, "")
		refused(t, "disabling none", s.DisableWebhook(ctx, "whk_x", "", s.now(), coupon.Event{}), fault.NotFound, "")
		s.publish()
		_, _, last := s.places()
		ok(t, s.EnableWebhook(ctx, h.ID, s.now(), s.event(coupon.EventWebhookEnabled, "whk_1")))
		if h, err = s.Webhook(ctx, h.ID); err != nil || h.Cursor != (coupon.FeedPlace{Place: last + 1, N: -1}) || h.Reason != "" {
			t.Fatalf("%+v, %v; the feed ends at %d", h, err, last)
		}
		for i := range 19 {
			s.hook(coupon.WebhookID(fmt.Sprint("whk_more", i)))
		}
		err = s.CreateWebhook(ctx, coupon.Webhook{ID: "whk_21", State: coupon.WebhookEnabled}, coupon.WebhookSecret{ID: "whs_21"}, coupon.Event{})
		refused(t, "the 21st", err, fault.Conflict, "")
	})
}

// Whoever ends a queue and whoever adds to it do not miss each other.
func TestAnEndedQueueForgetsNothing(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		h := s.hook("whk_1")
		const rounds = 40
		for i := range int64(rounds) {
			was := s.delivery(h, "vch_1", 2*i)
			h = s.spread(h, was)
			var wg sync.WaitGroup
			wg.Go(func() { s.settle(was, coupon.DeliveryDelivered, 0) })
			wg.Go(func() { h = s.spread(h, s.delivery(h, "vch_1", 2*i+1)) })
			wg.Wait()
			got := s.due(h)
			if len(got) != 1 || got[0].Version != 2*i+1 {
				t.Fatalf("round %d: %+v", i, got)
			}
			s.settle(got[0], coupon.DeliveryDelivered, 0)
		}
		s.sound("after it")
	})
}

// The feed is read whole and in order, whatever the size of the steps.
func TestTheFeedIsReadInSteps(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		newMarket(s)
		s.publish()
		want, err := s.Feed(ctx, coupon.FeedPlace{}, 10_000)
		ok(t, err)
		for _, step := range []int{1, 3, 100} {
			var got []coupon.Placed
			for at := (coupon.FeedPlace{}); ; at = got[len(got)-1].At() {
				list, err := s.Feed(ctx, at, step)
				if ok(t, err); len(list) == 0 {
					break
				}
				got = append(got, list...)
			}
			equal(t, fmt.Sprint("in steps of ", step), got, want)
		}
		if !slices.IsSortedFunc(want, func(a, b coupon.Placed) int {
			return int(a.Place-b.Place)*1000 + int(a.N-b.N)
		}) || len(want) < 10 {
			t.Fatalf("%d events", len(want))
		}
	})
}

func TestOldDeliveriesAndSecretsArePurged(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		h := newHook(s)
		s.pass(29 * 24 * time.Hour)
		fresh := s.delivery(h, "vch_2", 1)
		s.spread(h, fresh)
		ok(t, s.Purge(ctx, s.now()))
		if n := len(content(t, s.DB)["webhook_delivery"]); n != 3 {
			t.Fatalf("%d deliveries after 29 days", n)
		}
		s.pass(2 * 24 * time.Hour)
		ok(t, s.Purge(ctx, s.now()))
		rows := content(t, s.DB)
		if len(rows["webhook_delivery"]) != 1 || len(rows["webhook_attempt"]) != 0 || len(rows["webhook_secret"]) != 1 {
			t.Fatalf("after 31 days: %v", rows)
		}
		if got := s.due(h); len(got) != 1 || got[0].ID != fresh.ID {
			t.Fatalf("due: %+v", got)
		}
		s.sound("after it")
	})
}

// What waits without a queue would never be sent: verify finds it.
func TestVerifyFindsADeliveryWithoutAQueue(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		newHook(s)
		s.sound("at first")
		ok(t, s.Tamper(ctx, "DELETE FROM webhook_queue"))
		list, err := s.Verify(ctx)
		if ok(t, err); len(list) != 1 || list[0].What != "a delivery that waits has a queue" {
			t.Fatalf("%+v", list)
		}
	})
}
