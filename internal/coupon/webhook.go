package coupon

import (
	"slices"
	"time"
)

// WebhookState says whether a webhook is sent to.
type WebhookState string

// The states of a webhook. While it is disabled nothing is collected for it.
const (
	WebhookEnabled  WebhookState = "enabled"
	WebhookDisabled WebhookState = "disabled"
)

// Webhook is an address that is told of events. Cursor is the last event of the feed
// that was looked at for it: whatever was to be delivered of it and all before has a
// Delivery.
type Webhook struct {
	ID           WebhookID
	URL          string
	Description  string
	Types        []EventType // empty means all of WebhookTypes
	State        WebhookState
	Reason       string // why it was disabled
	Cursor       FeedPlace
	FailingSince time.Time // the first failure after the last success
	By           Actor     // who made it
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// FeedPlace is an event's place in the feed: its commit's, then within the commit.
type FeedPlace struct{ Place, N int64 }

// Placed is an event with its place in the feed.
type Placed struct {
	Event
	Place int64 // of its commit
}

// At returns the event's place in the feed.
func (p Placed) At() FeedPlace { return FeedPlace{p.Place, p.N} }

// Wants reports whether the webhook is told of a type of event.
func (w *Webhook) Wants(t EventType) bool {
	if len(w.Types) == 0 {
		return slices.Contains(WebhookTypes(), t)
	}
	return slices.Contains(w.Types, t)
}

// WebhookTypes lists the events that a webhook can be told of: what becomes of
// vouchers, and what makes many of them usable or unusable at once.
func WebhookTypes() []EventType {
	return []EventType{
		EventVoucherIssued, EventVoucherRedeemed, EventVoucherReversed, EventVoucherHeld, EventVoucherReleased, EventVoucherVoided, EventVoucherDeleted,
		EventVoucherDeactivated, EventVoucherReactivated, EventVoucherExtended, EventVoucherReassigned, EventVoucherReplaced, EventVoucherLapsed, EventCheckoutReversed,
		EventBatchCreated, EventBatchCompleted, EventBatchFailed, EventBatchFrozen, EventBatchUnfrozen,
		EventCampaignCreated, EventCampaignChanged, EventCampaignActivated, EventCampaignPaused, EventCampaignArchived,
	}
}

// WebhookSecret signs what is sent to a webhook. Sealed is sealed for ID. A secret
// that was replaced goes on signing beside the new one until EndsAt.
type WebhookSecret struct {
	ID        string // whs_
	Webhook   WebhookID
	Sealed    string
	CreatedAt time.Time
	EndsAt    time.Time
}

// DeliveryState is where a delivery stands.
type DeliveryState string

// The states of a delivery: it waits, was taken with a 2xx, or was given up.
const (
	DeliveryPending   DeliveryState = "pending"
	DeliveryDelivered DeliveryState = "delivered"
	DeliveryFailed    DeliveryState = "failed"
)

// DeliveryStates lists every state.
func DeliveryStates() []DeliveryState {
	return []DeliveryState{DeliveryPending, DeliveryDelivered, DeliveryFailed}
}

// Delivery is one event on its way to one webhook. Those of one webhook and subject
// go one after another, by version: the next waits until this one was delivered or
// given up.
type Delivery struct {
	ID        DeliveryID
	Webhook   WebhookID
	Event     string // the event's id, which the receiver gets as webhook-id
	Type      EventType
	Subject   string
	Version   int64
	At        FeedPlace
	Body      string // as it is sent
	State     DeliveryState
	Attempts  int64 // all there were
	Tries     int64 // since it was made or last asked for again
	Status    int64 // of the last answer; 0 for none
	Error     string
	CreatedAt time.Time
	EndedAt   time.Time
}

// Attempt is one try of a delivery.
type Attempt struct {
	Delivery DeliveryID
	Number   int64 // from 1
	At       time.Time
	Took     time.Duration
	Status   int64  // 0 when there was no answer
	Text     string // the first bytes of the answer
	Error    string // why it failed; "" when it did not
}

// DeliveryView is a delivery with its attempts, oldest first, and when the next comes:
// never where it has ended, or waits for an earlier one.
type DeliveryView struct {
	Delivery
	Tried []Attempt
	Next  time.Time
}

// DeliveryFilter narrows a list of deliveries.
type DeliveryFilter struct {
	Webhook WebhookID
	State   DeliveryState
}

// Outcome is what an attempt did to its delivery. Next is when the queue of its subject
// goes on. Failing is what its webhook's FailingSince is then.
type Outcome struct {
	Delivery
	Attempt Attempt
	Next    time.Time
}

// webhookDelays are the pauses between the attempts of a delivery.
var webhookDelays = []time.Duration{
	5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour,
	2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 12 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

// WebhookFailingMax is how long a webhook may fail without one success before it is
// disabled.
const WebhookFailingMax = 5 * 24 * time.Hour

// NextTry returns how long to wait after the n-th failed try, up to a tenth longer as
// jitter, from 0 to 1, says; false when three days of trying are over.
func NextTry(n int64, jitter float64) (time.Duration, bool) {
	if n < 1 || n > int64(len(webhookDelays)) {
		return 0, false
	}
	d := webhookDelays[n-1]
	return d + time.Duration(jitter*float64(d)/10), true
}

// HookPost is a request to a webhook.
type HookPost struct {
	URL       string
	ID        string
	At        time.Time
	Signature string // one per secret, a space between
	Body      string
}

// HookAnswer is what became of a request: a status with the first bytes of its text,
// or why there was none.
type HookAnswer struct {
	Status int
	Text   string
	Error  string
}

// Delivered reports whether the receiver took it.
func (a HookAnswer) Delivered() bool { return a.Error == "" && a.Status >= 200 && a.Status < 300 }

// Gone reports whether the receiver says that it wants nothing any more.
func (a HookAnswer) Gone() bool { return a.Status == 410 }
