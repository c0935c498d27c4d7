package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
)

// webhook is an address that is told of events.
type webhook struct {
	ID           coupon.WebhookID    `json:"id"`
	URL          string              `json:"url"`
	Description  string              `json:"description"`
	Types        []coupon.EventType  `json:"types" nullable:"false" doc:"The events it is told of; empty means all"`
	State        coupon.WebhookState `json:"state" doc:"enabled or disabled"`
	Reason       *string             `json:"reason" doc:"Why it was disabled"`
	FailingSince *time.Time          `json:"failing_since" doc:"The first failure after the last success; after five days it is disabled"`
	CreatedAt    time.Time           `json:"created_at"`
	UpdatedAt    time.Time           `json:"updated_at"`
}

func webhookOf(h *coupon.Webhook) webhook {
	return webhook{
		ID: h.ID, URL: h.URL, Description: h.Description, Types: append([]coupon.EventType{}, h.Types...), State: h.State, Reason: orNil(h.Reason),
		FailingSince: moment(h.FailingSince), CreatedAt: h.CreatedAt, UpdatedAt: h.UpdatedAt,
	}
}

// newWebhook is a webhook that was just made, with its secret.
type newWebhook struct {
	webhook
	Secret string `json:"secret" doc:"Shown this once: whsec_ and base64 of the key"`
}

type webhookInput struct {
	URL         string             `json:"url" minLength:"1" maxLength:"500" doc:"https; a private network only where the operator allows it"`
	Description string             `json:"description,omitempty" maxLength:"200"`
	Types       []coupon.EventType `json:"types,omitempty" maxItems:"100" doc:"The events to be told of; all when left out or empty"`
}

type webhookChange struct {
	URL         *string             `json:"url,omitempty" minLength:"1" maxLength:"500"`
	Description *string             `json:"description,omitempty" maxLength:"200"`
	Types       *[]coupon.EventType `json:"types,omitempty" maxItems:"100"`
}

func showWebhook(h coupon.Webhook) webhook { return webhookOf(&h) }

func (a *API) createWebhook(ctx context.Context, c *call, in *struct{ Body webhookInput }) (kept[newWebhook], error) {
	b := &in.Body
	show := func(n app.NewWebhook) newWebhook { return newWebhook{webhookOf(&n.Webhook), n.Secret} }
	return once(c, http.StatusCreated, show, func(req app.Request) (app.NewWebhook, error) {
		return a.app.CreateWebhook(ctx, req, app.WebhookInput{URL: &b.URL, Description: &b.Description, Types: &b.Types})
	})
}

func (a *API) changeWebhook(ctx context.Context, c *call, in *struct {
	byID[coupon.WebhookID]
	Body webhookChange
}) (kept[webhook], error) {
	b := in.Body
	return once(c, http.StatusOK, showWebhook, func(req app.Request) (coupon.Webhook, error) {
		return a.app.ChangeWebhook(ctx, req, in.ID, app.WebhookInput{URL: b.URL, Description: b.Description, Types: b.Types})
	})
}

func (a *API) webhooks(ctx context.Context, c *call, _ *struct{}) (list[webhook], error) {
	all, err := a.app.Webhooks(ctx, c.By)
	return list[webhook]{Data: each(all, webhookOf)}, err
}

func (a *API) webhook(ctx context.Context, c *call, in *byID[coupon.WebhookID]) (webhook, error) {
	h, err := a.app.Webhook(ctx, c.By, in.ID)
	return webhookOf(&h), err
}

func (a *API) disableWebhook(ctx context.Context, c *call, in *byID[coupon.WebhookID]) (kept[webhook], error) {
	return once(c, http.StatusOK, showWebhook, func(req app.Request) (coupon.Webhook, error) { return a.app.DisableWebhook(ctx, req, in.ID) })
}

func (a *API) enableWebhook(ctx context.Context, c *call, in *byID[coupon.WebhookID]) (kept[webhook], error) {
	return once(c, http.StatusOK, showWebhook, func(req app.Request) (coupon.Webhook, error) { return a.app.EnableWebhook(ctx, req, in.ID) })
}

// webhookSecret is a secret that was just made.
type webhookSecret struct {
	Secret   string    `json:"secret" doc:"Shown this once"`
	OldUntil time.Time `json:"old_until" doc:"Until when the secret before signs beside it"`
}

func (a *API) rotateWebhook(ctx context.Context, c *call, in *byID[coupon.WebhookID]) (kept[webhookSecret], error) {
	show := func(s app.NewSecret) webhookSecret { return webhookSecret(s) }
	return once(c, http.StatusOK, show, func(req app.Request) (app.NewSecret, error) { return a.app.RotateWebhook(ctx, req, in.ID) })
}

// delivery is one event on its way to one webhook.
type delivery struct {
	ID        coupon.DeliveryID    `json:"id"`
	Webhook   coupon.WebhookID     `json:"webhook"`
	Event     string               `json:"event" doc:"The event's id, which is sent as webhook-id"`
	Type      coupon.EventType     `json:"type"`
	Subject   string               `json:"subject"`
	State     coupon.DeliveryState `json:"state" doc:"pending, delivered or failed"`
	Attempts  int64                `json:"attempts"`
	Status    *int64               `json:"status" doc:"Of the last answer, null where there was none"`
	Error     *string              `json:"error" doc:"Why the last attempt failed"`
	CreatedAt time.Time            `json:"created_at"`
	EndedAt   *time.Time           `json:"ended_at"`
}

func deliveryOf(d *coupon.Delivery) delivery {
	return delivery{
		ID: d.ID, Webhook: d.Webhook, Event: d.Event, Type: d.Type, Subject: d.Subject, State: d.State, Attempts: d.Attempts, Status: statusOf(d.Status), Error: orNil(d.Error),
		CreatedAt: d.CreatedAt, EndedAt: moment(d.EndedAt),
	}
}

func statusOf(n int64) *int64 {
	if n == 0 {
		return nil
	}
	return &n
}

// attempt is one try of a delivery.
type attempt struct {
	At     time.Time `json:"at"`
	Millis int64     `json:"milliseconds" doc:"How long it took"`
	Status *int64    `json:"status"`
	Text   string    `json:"text" doc:"The first 1,024 bytes of the answer"`
	Error  *string   `json:"error"`
}

// triedDelivery is a delivery with all that is known of it.
type triedDelivery struct {
	delivery
	Body  json.RawMessage `json:"body" doc:"As it is sent"`
	Tried []attempt       `json:"tried" nullable:"false" doc:"Oldest first"`
	Next  *time.Time      `json:"next_at" doc:"When it is tried next; null when it has ended, or waits for an earlier one of the same subject"`
}

func triedOf(v *coupon.DeliveryView) triedDelivery {
	return triedDelivery{deliveryOf(&v.Delivery), json.RawMessage(v.Body), each(v.Tried, func(t *coupon.Attempt) attempt {
		return attempt{t.At, t.Took.Milliseconds(), statusOf(t.Status), t.Text, orNil(t.Error)}
	}), moment(v.Next)}
}

func (a *API) deliveries(ctx context.Context, c *call, in *struct {
	byID[coupon.WebhookID]
	State string `query:"state" enum:"pending,delivered,failed"`
	paging
}) (list[delivery], error) {
	p, err := a.app.WebhookDeliveries(ctx, c.By, coupon.DeliveryFilter{Webhook: in.ID, State: coupon.DeliveryState(in.State)}, in.paging.paging())
	return listOf(p, deliveryOf), err
}

func (a *API) delivery(ctx context.Context, c *call, in *byID[coupon.DeliveryID]) (triedDelivery, error) {
	d, err := a.app.WebhookDelivery(ctx, c.By, in.ID)
	return triedOf(&d), err
}

func showTried(v coupon.DeliveryView) triedDelivery { return triedOf(&v) }

func (a *API) testWebhook(ctx context.Context, c *call, in *byID[coupon.WebhookID]) (kept[triedDelivery], error) {
	return once(c, http.StatusAccepted, showTried, func(req app.Request) (coupon.DeliveryView, error) { return a.app.TestWebhook(ctx, req, in.ID) })
}

func (a *API) redeliver(ctx context.Context, c *call, in *byID[coupon.DeliveryID]) (kept[triedDelivery], error) {
	return once(c, http.StatusAccepted, showTried, func(req app.Request) (coupon.DeliveryView, error) { return a.app.Redeliver(ctx, req, in.ID) })
}
