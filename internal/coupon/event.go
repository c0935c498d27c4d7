package coupon

import "time"

// EventType names a fact; the list is documented in docs/api.md.
type EventType string

// The facts that commands write.
const (
	EventVoucherIssued      EventType = "voucher.issued"
	EventVoucherRedeemed    EventType = "voucher.redeemed"
	EventVoucherReversed    EventType = "voucher.reversed"
	EventVoucherHeld        EventType = "voucher.held"
	EventVoucherReleased    EventType = "voucher.released"
	EventVoucherVoided      EventType = "voucher.voided"
	EventVoucherDeleted     EventType = "voucher.deleted"
	EventVoucherDeactivated EventType = "voucher.deactivated"
	EventVoucherReactivated EventType = "voucher.reactivated"
	EventVoucherExtended    EventType = "voucher.extended"
	EventVoucherReassigned  EventType = "voucher.reassigned"
	EventVoucherReplaced    EventType = "voucher.replaced"
	EventVoucherLapsed      EventType = "voucher.lapsed"
	EventVoucherRevealed    EventType = "voucher.revealed"
	EventCodeRebound        EventType = "code.rebound"
	EventCheckoutReversed   EventType = "checkout.reversed"
	EventBatchCreated       EventType = "batch.created"
	EventBatchCompleted     EventType = "batch.completed"
	EventBatchFailed        EventType = "batch.failed"
	EventBatchFrozen        EventType = "batch.frozen"
	EventBatchUnfrozen      EventType = "batch.unfrozen"
	EventBatchExported      EventType = "batch.exported"
	EventBatchRevealed      EventType = "batch.revealed"
	EventCampaignCreated    EventType = "campaign.created"
	EventCampaignChanged    EventType = "campaign.changed"
	EventCampaignActivated  EventType = "campaign.activated"
	EventCampaignPaused     EventType = "campaign.paused"
	EventCampaignArchived   EventType = "campaign.archived"
	EventCustomerCreated    EventType = "customer.created"
	EventCustomerChanged    EventType = "customer.changed"
	EventBalanceAdjusted    EventType = "balance.adjusted"
	EventMessageQueued      EventType = "message.queued"
	EventNoteAdded          EventType = "note.added"
)

// The administrative facts.
const (
	EventSetUp           EventType = "organisation.set_up"
	EventSettingsChanged EventType = "organisation.changed"
	EventStaffCreated    EventType = "staff.created"
	EventStaffChanged    EventType = "staff.changed"
	EventPasswordChanged EventType = "password.changed"
	EventSignedIn        EventType = "session.started"
	EventSignedOut       EventType = "session.ended"
	EventLocationCreated EventType = "location.created"
	EventLocationChanged EventType = "location.changed"
	EventKeyCreated      EventType = "key.created"
	EventKeyRevoked      EventType = "key.revoked"
	EventMessageFailed   EventType = "message.failed"
	EventSignInCodeShown EventType = "sign_in_code.shown"
	EventLockoutCleared  EventType = "lockout.cleared"
	EventAccessRefused   EventType = "access.refused" // somebody asked for what is another customer's, or another location's
	EventRevealRefused   EventType = "reveal.refused" // staff asked for more codes than they may see a day
	EventImportUploaded  EventType = "import.uploaded"
	EventImportConfirmed EventType = "import.confirmed"
	EventSecretRotated   EventType = "secret.rotated"
	EventWebhookCreated  EventType = "webhook.created"
	EventWebhookChanged  EventType = "webhook.changed"
	EventWebhookEnabled  EventType = "webhook.enabled"
	EventWebhookDisabled EventType = "webhook.disabled"
	EventWebhookRotated  EventType = "webhook.rotated"
	EventRedelivered     EventType = "delivery.repeated"
	EventWebhookTest     EventType = "webhook.test" // only ever sent, never in the feed
)

// Event is one append-only fact. Data never holds a code. Its place is its
// commit's place in the feed, then N.
type Event struct {
	Mark     MarkID // the engine commit that wrote it
	N        int64  // its place within the commit: whatever is made takes one, so there are gaps
	Type     EventType
	Subject  string // the id it is about: voucher, batch, campaign, customer …
	Version  int64  // the subject's version after it
	Campaign CampaignID
	Customer CustomerID // whose Activity shows it
	By       Actor
	Request  string // request id
	Address  string // the actor's network address
	Data     map[string]any
	At       time.Time
}

// ID returns the event's public id.
func (e Event) ID() string { return EventID(e.Mark, e.N) }

// event records a fact.
func (e *Effects) event(ev Event) {
	ev.N = e.state.IDs.Number()
	e.events = append(e.events, ev)
}
