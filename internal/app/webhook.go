package app

import (
	"context"
	"slices"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/seal"
)

// Hooks reach the receivers of webhooks.
type Hooks interface {
	// Check says, as a fault of the field url, what is wrong with an address.
	Check(address string) error
	// Post sends a request and returns what was answered, or why nothing was.
	Post(ctx context.Context, p coupon.HookPost) coupon.HookAnswer
}

// secretOverlap is how long a secret that was replaced goes on signing.
const secretOverlap = 24 * time.Hour

// WebhookInput is what people say of a webhook. On a change, what is nil stays.
type WebhookInput struct {
	URL         *string
	Description *string
	Types       *[]coupon.EventType // none means all of coupon.WebhookTypes
}

// over puts what was said in place of what was.
func (in WebhookInput) over(h *coupon.Webhook) {
	if in.URL != nil {
		h.URL = *in.URL
	}
	if in.Description != nil {
		h.Description = *in.Description
	}
	if in.Types != nil {
		h.Types = *in.Types
	}
}

func (a *App) checkWebhook(h *coupon.Webhook) error {
	f := fields{}
	f.text("url", h.URL, 500, true)
	f.text("description", h.Description, 200, false)
	if a.Hooks != nil && f.Fields["url"] == "" {
		f.take("url", a.Hooks.Check(h.URL))
	}
	for _, t := range h.Types {
		if !slices.Contains(coupon.WebhookTypes(), t) {
			f.wrong("types", "There is no such event for webhooks.")
		}
	}
	slices.Sort(h.Types)
	h.Types = slices.Compact(h.Types)
	return f.err()
}

// NewWebhook is a webhook with its secret in clear.
type NewWebhook struct {
	coupon.Webhook
	Secret string
}

// CreateWebhook makes a webhook and returns its secret in clear, this once.
func (a *App) CreateWebhook(ctx context.Context, req Request, in WebhookInput) (NewWebhook, error) {
	if err := req.By.May(coupon.ManageWebhooks); err != nil {
		return NewWebhook{}, err
	}
	h := coupon.Webhook{ID: coupon.WebhookID(a.NewID("whk")), State: coupon.WebhookEnabled, By: req.By.Actor, CreatedAt: a.Now(), UpdatedAt: a.Now()}
	in.over(&h)
	if err := a.checkWebhook(&h); err != nil {
		return NewWebhook{}, err
	}
	if a.Broken != nil {
		return NewWebhook{}, a.Broken
	}
	return repeatable(ctx, a, req, func() (NewWebhook, error) {
		plain, sealed := a.newWebhookSecret(h.ID)
		err := a.Store.CreateWebhook(ctx, h, sealed, a.event(req, coupon.EventWebhookCreated, string(h.ID), map[string]any{"url": h.URL, "types": h.Types}))
		return NewWebhook{h, plain}, err
	})
}

func (a *App) newWebhookSecret(id coupon.WebhookID) (plain string, sealed coupon.WebhookSecret) {
	plain = seal.NewWebhookSecret()
	row := a.NewID("whs")
	return plain, coupon.WebhookSecret{ID: row, Webhook: id, Sealed: a.Keys.Seal(plain, row), CreatedAt: a.Now()}
}

// ChangeWebhook changes the address, description or events of a webhook.
func (a *App) ChangeWebhook(ctx context.Context, req Request, id coupon.WebhookID, in WebhookInput) (coupon.Webhook, error) {
	h, err := a.webhook(ctx, req.By, coupon.ManageWebhooks, id)
	if err != nil {
		return h, err
	}
	in.over(&h)
	h.UpdatedAt = a.Now()
	if err := a.checkWebhook(&h); err != nil {
		return h, err
	}
	return repeatable(ctx, a, req, func() (coupon.Webhook, error) {
		return h, a.Store.SaveWebhook(ctx, h, a.event(req, coupon.EventWebhookChanged, string(id), map[string]any{"url": h.URL, "types": h.Types}))
	})
}

func (a *App) webhook(ctx context.Context, by By, p coupon.Permission, id coupon.WebhookID) (coupon.Webhook, error) {
	if err := by.May(p); err != nil {
		return coupon.Webhook{}, err
	}
	return a.Store.Webhook(ctx, id)
}

// Webhook returns a webhook.
func (a *App) Webhook(ctx context.Context, by By, id coupon.WebhookID) (coupon.Webhook, error) {
	return a.webhook(ctx, by, coupon.ReadWebhooks, id)
}

// Webhooks lists the webhooks, disabled ones too.
func (a *App) Webhooks(ctx context.Context, by By) ([]coupon.Webhook, error) {
	if err := by.May(coupon.ReadWebhooks); err != nil {
		return nil, err
	}
	return a.Store.Webhooks(ctx)
}

// EnableWebhook has a disabled webhook told again: of what happens from now on, and of
// what waited when it was disabled.
func (a *App) EnableWebhook(ctx context.Context, req Request, id coupon.WebhookID) (coupon.Webhook, error) {
	if err := req.By.May(coupon.ManageWebhooks); err != nil {
		return coupon.Webhook{}, err
	}
	return repeatable(ctx, a, req, func() (coupon.Webhook, error) {
		if err := a.Store.EnableWebhook(ctx, id, a.Now(), a.event(req, coupon.EventWebhookEnabled, string(id), nil)); err != nil {
			return coupon.Webhook{}, err
		}
		return a.Store.Webhook(ctx, id)
	})
}

// DisableWebhook stops telling a webhook of events.
func (a *App) DisableWebhook(ctx context.Context, req Request, id coupon.WebhookID) (coupon.Webhook, error) {
	if err := req.By.May(coupon.ManageWebhooks); err != nil {
		return coupon.Webhook{}, err
	}
	return repeatable(ctx, a, req, func() (coupon.Webhook, error) {
		if err := a.Store.DisableWebhook(ctx, id, "By "+req.By.Name+".", a.Now(), a.event(req, coupon.EventWebhookDisabled, string(id), nil)); err != nil {
			return coupon.Webhook{}, err
		}
		return a.Store.Webhook(ctx, id)
	})
}

// NewSecret is another secret of a webhook, in clear. The one before signs beside it
// until OldUntil.
type NewSecret struct {
	Secret   string
	OldUntil time.Time
}

// RotateWebhook makes another secret and returns it in clear, this once.
func (a *App) RotateWebhook(ctx context.Context, req Request, id coupon.WebhookID) (NewSecret, error) {
	if _, err := a.webhook(ctx, req.By, coupon.ManageWebhooks, id); err != nil {
		return NewSecret{}, err
	}
	if a.Broken != nil {
		return NewSecret{}, a.Broken
	}
	return repeatable(ctx, a, req, func() (NewSecret, error) {
		until := a.Now().Add(secretOverlap)
		plain, sealed := a.newWebhookSecret(id)
		return NewSecret{plain, until}, a.Store.RotateWebhook(ctx, sealed, until, a.event(req, coupon.EventWebhookRotated, string(id), map[string]any{"old_until": until}))
	})
}

// WebhookDeliveries lists what was or is to be sent to a webhook, the newest first.
func (a *App) WebhookDeliveries(ctx context.Context, by By, f coupon.DeliveryFilter, p coupon.Paging) (coupon.Page[coupon.Delivery], error) {
	if _, err := a.webhook(ctx, by, coupon.ReadWebhooks, f.Webhook); err != nil {
		return coupon.Page[coupon.Delivery]{}, err
	}
	return a.Store.Deliveries(ctx, f, p)
}

// WebhookDelivery returns a delivery with its attempts.
func (a *App) WebhookDelivery(ctx context.Context, by By, id coupon.DeliveryID) (coupon.DeliveryView, error) {
	if err := by.May(coupon.ReadWebhooks); err != nil {
		return coupon.DeliveryView{}, err
	}
	return a.Store.Delivery(ctx, id)
}

// Redeliver has a delivery tried again at once, whatever became of it.
func (a *App) Redeliver(ctx context.Context, req Request, id coupon.DeliveryID) (coupon.DeliveryView, error) {
	if err := req.By.May(coupon.ManageWebhooks); err != nil {
		return coupon.DeliveryView{}, err
	}
	return repeatable(ctx, a, req, func() (coupon.DeliveryView, error) {
		d, err := a.Store.Delivery(ctx, id)
		if err != nil {
			return d, err
		}
		if err := a.told(ctx, d.Webhook); err != nil {
			return d, err
		}
		if err := a.Store.Redeliver(ctx, d.Delivery, a.Now(), a.event(req, coupon.EventRedelivered, string(id), map[string]any{"webhook": d.Webhook, "event": d.Event})); err != nil {
			return d, err
		}
		return a.Store.Delivery(ctx, id)
	})
}

// TestWebhook sends an event of no voucher, and returns its delivery.
func (a *App) TestWebhook(ctx context.Context, req Request, id coupon.WebhookID) (coupon.DeliveryView, error) {
	if err := req.By.May(coupon.ManageWebhooks); err != nil {
		return coupon.DeliveryView{}, err
	}
	return repeatable(ctx, a, req, func() (coupon.DeliveryView, error) {
		if err := a.told(ctx, id); err != nil {
			return coupon.DeliveryView{}, err
		}
		ev := coupon.Event{Mark: coupon.MarkID(a.NewID("mrk")), Type: coupon.EventWebhookTest, Subject: string(id), By: req.By.Actor, At: a.Now()}
		d := a.deliveryOf(id, coupon.Placed{Event: ev})
		if err := a.Store.AddDelivery(ctx, d); err != nil {
			return coupon.DeliveryView{}, err
		}
		return a.Store.Delivery(ctx, d.ID)
	})
}

// told returns nil when a webhook is told of events.
func (a *App) told(ctx context.Context, id coupon.WebhookID) error {
	h, err := a.Store.Webhook(ctx, id)
	if err == nil && h.State != coupon.WebhookEnabled {
		err = coupon.ErrConflict.Saying("This webhook is disabled. Enable it first.")
	}
	return err
}
