package store

import (
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

var webhookTable = &table[coupon.Webhook]{"webhook", 1, append([]column[coupon.Webhook]{
	text("id", func(r *coupon.Webhook) *coupon.WebhookID { return &r.ID }),
	text("url", func(r *coupon.Webhook) *string { return &r.URL }),
	text("description", func(r *coupon.Webhook) *string { return &r.Description }),
	doc("types", func(r *coupon.Webhook) *[]coupon.EventType { return &r.Types }),
	text("state", func(r *coupon.Webhook) *coupon.WebhookState { return &r.State }),
	text("reason", func(r *coupon.Webhook) *string { return &r.Reason }),
	number("place", func(r *coupon.Webhook) *int64 { return &r.Cursor.Place }),
	number("n", func(r *coupon.Webhook) *int64 { return &r.Cursor.N }),
	when("failing_since", func(r *coupon.Webhook) *timeT { return &r.FailingSince }),
	when("created_at", func(r *coupon.Webhook) *timeT { return &r.CreatedAt }),
	when("updated_at", func(r *coupon.Webhook) *timeT { return &r.UpdatedAt }),
}, actor(func(r *coupon.Webhook) *coupon.Actor { return &r.By })...)}

// webhookChange is what people change of a webhook; its state and cursor move otherwise.
var webhookChange = webhookTable.pick(1, "id", "url", "description", "types", "updated_at")

var webhookSecretTable = &table[coupon.WebhookSecret]{"webhook_secret", 1, []column[coupon.WebhookSecret]{
	text("id", func(r *coupon.WebhookSecret) *string { return &r.ID }),
	text("webhook", func(r *coupon.WebhookSecret) *coupon.WebhookID { return &r.Webhook }),
	text("sealed", func(r *coupon.WebhookSecret) *string { return &r.Sealed }),
	when("created_at", func(r *coupon.WebhookSecret) *timeT { return &r.CreatedAt }),
	when("ends_at", func(r *coupon.WebhookSecret) *timeT { return &r.EndsAt }),
}}

// queue is the deliveries of one subject to one webhook, which go one after another.
// There is a row while one of them waits; next is when the first is tried.
type queue struct {
	webhook coupon.WebhookID
	subject string
	next    timeT
}

var queueTable = &table[queue]{"webhook_queue", 2, []column[queue]{
	text("webhook", func(r *queue) *coupon.WebhookID { return &r.webhook }),
	text("subject", func(r *queue) *string { return &r.subject }),
	when("next_at", func(r *queue) *timeT { return &r.next }),
}}

var deliveryTable = &table[coupon.Delivery]{"webhook_delivery", 1, []column[coupon.Delivery]{
	text("id", func(r *coupon.Delivery) *coupon.DeliveryID { return &r.ID }),
	text("webhook", func(r *coupon.Delivery) *coupon.WebhookID { return &r.Webhook }),
	text("event", func(r *coupon.Delivery) *string { return &r.Event }),
	text("type", func(r *coupon.Delivery) *coupon.EventType { return &r.Type }),
	text("subject", func(r *coupon.Delivery) *string { return &r.Subject }),
	number("version", func(r *coupon.Delivery) *int64 { return &r.Version }),
	number("place", func(r *coupon.Delivery) *int64 { return &r.At.Place }),
	number("n", func(r *coupon.Delivery) *int64 { return &r.At.N }),
	text("body", func(r *coupon.Delivery) *string { return &r.Body }),
	text("state", func(r *coupon.Delivery) *coupon.DeliveryState { return &r.State }),
	number("attempts", func(r *coupon.Delivery) *int64 { return &r.Attempts }),
	number("tries", func(r *coupon.Delivery) *int64 { return &r.Tries }),
	number("status", func(r *coupon.Delivery) *int64 { return &r.Status }),
	text("error", func(r *coupon.Delivery) *string { return &r.Error }),
	when("created_at", func(r *coupon.Delivery) *timeT { return &r.CreatedAt }),
	when("ended_at", func(r *coupon.Delivery) *timeT { return &r.EndedAt }),
}}

var attemptTable = &table[coupon.Attempt]{"webhook_attempt", 2, []column[coupon.Attempt]{
	text("delivery", func(r *coupon.Attempt) *coupon.DeliveryID { return &r.Delivery }),
	number("number", func(r *coupon.Attempt) *int64 { return &r.Number }),
	when("at", func(r *coupon.Attempt) *timeT { return &r.At }),
	number("took", func(r *coupon.Attempt) *time.Duration { return &r.Took }),
	number("status", func(r *coupon.Attempt) *int64 { return &r.Status }),
	text("text", func(r *coupon.Attempt) *string { return &r.Text }),
	text("error", func(r *coupon.Attempt) *string { return &r.Error }),
}}
