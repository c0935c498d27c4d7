package app

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/seal"
)

// How webhooks are told.
const (
	feedStep    = 500                    // events looked at in one transaction
	perWebhook  = 8                      // requests at a time
	lookForMore = 200 * time.Millisecond // while requests are under way
)

// hookBody is what is sent to a webhook. It has no code, and of people no more than
// their ids.
type hookBody struct {
	Type      coupon.EventType `json:"type"`
	Timestamp time.Time        `json:"timestamp"`
	Data      hookData         `json:"data"`
}

type hookData struct {
	ID       string            `json:"id"` // of the event, as in the feed
	Subject  string            `json:"subject"`
	Version  int64             `json:"version"`
	Campaign coupon.CampaignID `json:"campaign,omitempty"`
	Customer coupon.CustomerID `json:"customer,omitempty"`
	By       hookActor         `json:"by"`
	Details  map[string]any    `json:"details"`
}

type hookActor struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

// deliveryOf makes the delivery of an event to a webhook.
func (a *App) deliveryOf(h coupon.WebhookID, e coupon.Placed) coupon.Delivery {
	d := hookData{ID: e.ID(), Subject: e.Subject, Version: e.Version, Campaign: e.Campaign, Customer: e.Customer, By: hookActor{e.By.Kind, e.By.ID}, Details: e.Data}
	if d.Details == nil {
		d.Details = map[string]any{}
	}
	body, err := json.Marshal(hookBody{e.Type, e.Event.At, d})
	if err != nil {
		panic("app: an event cannot be encoded: " + err.Error()) // it was JSON in the database
	}
	return coupon.Delivery{
		ID: coupon.DeliveryID(a.NewID("dlv")), Webhook: h, Event: e.ID(), Type: e.Type, Subject: e.Subject, Version: e.Version, At: e.At(),
		Body: string(body), State: coupon.DeliveryPending, CreatedAt: a.Now(),
	}
}

// SpreadEvents makes the deliveries of what was published since it was last done.
func (a *App) SpreadEvents(ctx context.Context) error {
	list, err := a.Store.EnabledWebhooks(ctx)
	if err != nil {
		return err
	}
	for _, h := range list {
		if err := a.spread(ctx, h); err != nil && fault.Of(err).Kind != fault.Conflict {
			return err
		}
	}
	return nil
}

func (a *App) spread(ctx context.Context, h coupon.Webhook) error {
	for {
		events, err := a.Store.Feed(ctx, h.Cursor, feedStep)
		if err != nil || len(events) == 0 {
			return err
		}
		var list []coupon.Delivery
		for _, e := range events {
			if h.Wants(e.Type) {
				list = append(list, a.deliveryOf(h.ID, e))
			}
		}
		to := events[len(events)-1].At()
		if err := a.Store.Spread(ctx, h, to, list); err != nil || len(events) < feedStep {
			return err
		}
		h.Cursor = to
	}
}

// Deliver sends what is due, and goes on while there is more. One process does it at a
// time; what one that died had under way is sent again by the next.
func (a *App) Deliver(ctx context.Context) error {
	if a.Hooks == nil || a.Broken != nil {
		return nil
	}
	r := &round{app: a, busy: map[coupon.WebhookID]map[string]bool{}, done: make(chan outcome)}
	defer r.land()
	for {
		if err := r.start(ctx); err != nil {
			return err
		}
		if r.flying == 0 || ctx.Err() != nil {
			return ctx.Err()
		}
		if err := r.settle(ctx, r.gather()); err != nil {
			return err
		}
	}
}

// round is requests under way, at most one of each queue.
type round struct {
	app    *App
	busy   map[coupon.WebhookID]map[string]bool // subjects
	flying int
	done   chan outcome
}

// outcome is a request that has ended; not sent means that it counts for nothing.
type outcome struct {
	coupon.Outcome
	hook coupon.Webhook
	gone bool
	sent bool
}

// start sends what is due as far as there is room.
func (r *round) start(ctx context.Context) error {
	hooks, err := r.app.Store.EnabledWebhooks(ctx)
	if err != nil {
		return err
	}
	for _, h := range hooks {
		busy := r.busy[h.ID]
		room := perWebhook - len(busy)
		if room <= 0 {
			continue
		}
		due, err := r.app.Store.DueDeliveries(ctx, h.ID, r.app.Now(), perWebhook)
		if err != nil {
			return err
		}
		for _, d := range due {
			if busy[d.Subject] || room == 0 {
				continue
			}
			room--
			r.launch(ctx, h, d)
		}
	}
	return nil
}

func (r *round) launch(ctx context.Context, h coupon.Webhook, d coupon.Delivery) {
	if r.busy[h.ID] == nil {
		r.busy[h.ID] = map[string]bool{}
	}
	r.busy[h.ID][d.Subject] = true
	r.flying++
	go func() { r.done <- r.app.attempt(ctx, h, d) }()
}

// gather waits for a request to end, or a moment, and returns what has ended.
func (r *round) gather() []outcome {
	t := time.NewTimer(lookForMore)
	defer t.Stop()
	var list []outcome
	select {
	case o := <-r.done:
		list = r.landed(list, o)
	case <-t.C:
	}
	for {
		select {
		case o := <-r.done:
			list = r.landed(list, o)
			continue
		default:
		}
		return list
	}
}

func (r *round) landed(list []outcome, o outcome) []outcome {
	r.flying--
	if !o.sent {
		return list // and not again in this round
	}
	delete(r.busy[o.Webhook], o.Subject)
	return append(list, o)
}

// land waits for requests whose outcome nobody writes any more.
func (r *round) land() {
	for ; r.flying > 0; r.flying-- {
		<-r.done
	}
}

// settle writes down what requests came to, and ends webhooks that are not worth trying.
func (r *round) settle(ctx context.Context, list []outcome) error {
	if len(list) == 0 {
		return nil
	}
	rows := make([]coupon.Outcome, len(list))
	for i := range list {
		rows[i] = list[i].Outcome
	}
	if err := r.app.Store.SettleDeliveries(ctx, rows); err != nil {
		return err
	}
	ended := map[coupon.WebhookID]bool{}
	for i := range list {
		why := r.app.hopeless(&list[i])
		if why == "" || ended[list[i].Webhook] {
			continue
		}
		ended[list[i].Webhook] = true
		req := Request{By: Program("webhooks")}
		err := r.app.Store.DisableWebhook(ctx, list[i].Webhook, why, r.app.Now(), r.app.event(req, coupon.EventWebhookDisabled, string(list[i].Webhook), map[string]any{"reason": why}))
		if err != nil && fault.Of(err).Kind != fault.Conflict {
			return err
		}
		r.app.Log.Warn("a webhook was disabled", "webhook", list[i].Webhook, "why", why)
	}
	return nil
}

// hopeless says why a webhook is to be disabled after an attempt, "" when it is not.
func (a *App) hopeless(o *outcome) string {
	switch since := o.hook.FailingSince; {
	case o.gone:
		return "The receiver answered 410: it wants nothing any more."
	case o.Attempt.Error != "" && !since.IsZero() && a.Now().Sub(since) >= coupon.WebhookFailingMax:
		return "Nothing was delivered for five days."
	}
	return ""
}

// attempt sends a delivery once.
func (a *App) attempt(ctx context.Context, h coupon.Webhook, d coupon.Delivery) outcome {
	o := outcome{Outcome: coupon.Outcome{Delivery: d}, hook: h}
	at := a.Now()
	secrets, err := a.Store.WebhookSecrets(ctx, d.Webhook, at)
	if err != nil {
		a.Log.Warn("the secrets of a webhook were not read", "webhook", d.Webhook, "err", err)
		return o
	}
	answer := coupon.HookAnswer{Error: "It could not be signed: its secret does not open with the keys of this installation."}
	if signature, err := a.sign(secrets, &d, at); err == nil {
		answer = a.Hooks.Post(ctx, coupon.HookPost{URL: h.URL, ID: d.Event, At: at, Signature: signature, Body: d.Body})
	}
	if ctx.Err() != nil {
		return o
	}
	now := a.Now()
	d.Attempts++
	d.Tries++
	o.sent, o.gone, o.Next = true, answer.Gone(), now
	o.Attempt = coupon.Attempt{Delivery: d.ID, Number: d.Attempts, At: at, Took: now.Sub(at), Status: int64(answer.Status), Text: answer.Text, Error: answer.Error}
	d.Status, d.Error = int64(answer.Status), answer.Error
	wait, more := coupon.NextTry(d.Tries, rand.Float64())
	switch {
	case answer.Delivered():
		d.State, d.EndedAt = coupon.DeliveryDelivered, now
	case more:
		o.Next = now.Add(wait)
	default:
		d.State, d.EndedAt = coupon.DeliveryFailed, now
	}
	o.Delivery = d
	return o
}

// sign signs a delivery with every secret of its webhook, the newest first.
func (a *App) sign(secrets []coupon.WebhookSecret, d *coupon.Delivery, at time.Time) (string, error) {
	var list []string
	for _, s := range secrets {
		plain, err := a.Keys.Open(s.Sealed, s.ID)
		if err != nil {
			return "", err
		}
		one, err := seal.SignWebhook(plain, d.Event, at, d.Body)
		if err != nil {
			return "", err
		}
		list = append(list, one)
	}
	return strings.Join(list, " "), nil
}
