package app

import (
	"context"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

// Store is what the use cases read, and the administrative rows they write. All
// changes of vouchers, balances, holds and limits go through the engine instead.
type Store interface {
	organisations
	campaigns
	batches
	vouchers
	customers
	uses
	events
	figures
	people
	signIns
	keys
	messages
	webhooks
	brakes
	imports
	importRows
	jobs
}

type organisations interface {
	Organisation(ctx context.Context) (coupon.Organisation, error)
	SaveOrganisation(ctx context.Context, o coupon.Organisation, ev coupon.Event) error
	SetUp(ctx context.Context, o coupon.Organisation, admin coupon.Staff, ev coupon.Event) error
	IsSetUp(ctx context.Context) (bool, error)
}

type campaigns interface {
	Campaign(ctx context.Context, id coupon.CampaignID) (coupon.CampaignView, error)
	Campaigns(ctx context.Context, f coupon.CampaignFilter, p coupon.Paging) (coupon.Page[coupon.CampaignView], error)
	Issued(ctx context.Context, id coupon.CampaignID) (bool, error)
	StandingRefill(ctx context.Context) (coupon.CampaignView, error)
	CodePolicies(ctx context.Context) ([]coupon.CodePolicy, error)
}

type batches interface {
	Batch(ctx context.Context, id coupon.BatchID) (coupon.BatchView, error)
	Batches(ctx context.Context, f coupon.BatchFilter, p coupon.Paging) (coupon.Page[coupon.BatchView], error)
	UnderPrefix(ctx context.Context, prefix string) (int64, error)
	OpenSum(ctx context.Context, id coupon.BatchID) (money.Amount, error)
}

type vouchers interface {
	Voucher(ctx context.Context, id coupon.VoucherID) (coupon.VoucherView, error)
	VoucherByCode(ctx context.Context, fingerprints []string) (coupon.VoucherView, error)
	Vouchers(ctx context.Context, f coupon.VoucherFilter, p coupon.Paging) (coupon.Page[coupon.VoucherView], error)
	CountVouchers(ctx context.Context, f coupon.VoucherFilter, most int) (int64, error)
	EachVoucher(ctx context.Context, b coupon.BatchID, fn func(coupon.VoucherView) error) error
}

type customers interface {
	Customer(ctx context.Context, id coupon.CustomerID) (coupon.Customer, error)
	CustomerByKey(ctx context.Context, key coupon.CustomerKey) (coupon.Customer, error)
	Customers(ctx context.Context, f coupon.CustomerFilter, p coupon.Paging) (coupon.Page[coupon.Customer], error)
	Balances(ctx context.Context, id coupon.CustomerID) ([]coupon.Balance, error)
	Entries(ctx context.Context, id coupon.CustomerID, p coupon.Paging) (coupon.Page[coupon.EntryView], error)
}

type uses interface {
	Redemption(ctx context.Context, id coupon.RedemptionID) (coupon.RedemptionView, error)
	Redemptions(ctx context.Context, f coupon.RedemptionFilter, p coupon.Paging) (coupon.Page[coupon.RedemptionView], error)
	LastUses(ctx context.Context, who coupon.CustomerID, ids []coupon.VoucherID) (map[coupon.VoucherID]coupon.RedemptionView, error)
	Refusals(ctx context.Context, f coupon.RefusalFilter, p coupon.Paging) (coupon.Page[coupon.Refusal], error)
	Refusal(ctx context.Context, id coupon.RefusalID) (coupon.Refusal, error)
	SaveRefusals(ctx context.Context, list []coupon.Refusal) error
	Checkout(ctx context.Context, id coupon.CheckoutID) (coupon.Checkout, error)
	Checkouts(ctx context.Context, f coupon.CheckoutFilter, p coupon.Paging) (coupon.Page[coupon.Checkout], error)
	Hold(ctx context.Context, id coupon.HoldID) (coupon.Hold, error)
}

type events interface {
	Events(ctx context.Context, f coupon.EventFilter, p coupon.Paging) (coupon.Page[coupon.Event], error)
	Publish(ctx context.Context) (int, error)
}

type figures interface {
	Figures(ctx context.Context, now time.Time) (coupon.Figures, error)
	VoucherDays(ctx context.Context, kind coupon.Kind, since string) ([]coupon.DayFigure, error)
	CampaignUse(ctx context.Context, id coupon.CampaignID, asset money.Asset, now time.Time) (coupon.CampaignUse, error)
	OpenOfKind(ctx context.Context, kind coupon.Kind, now time.Time) ([]coupon.OpenFigure, error)
}

type people interface {
	CreateStaff(ctx context.Context, s coupon.Staff, ev coupon.Event) error
	SaveStaff(ctx context.Context, s coupon.Staff, ev coupon.Event) error
	SaveStaffPassword(ctx context.Context, s coupon.Staff, ev coupon.Event) error
	SaveStaffLook(ctx context.Context, s coupon.Staff, ev coupon.Event) error
	Staff(ctx context.Context, id coupon.StaffID) (coupon.Staff, error)
	StaffByEmail(ctx context.Context, email string) (coupon.Staff, error)
	StaffList(ctx context.Context) ([]coupon.Staff, error)
	CreateLocation(ctx context.Context, l coupon.Location, ev coupon.Event) error
	SaveLocation(ctx context.Context, l coupon.Location, ev coupon.Event) error
	Location(ctx context.Context, id coupon.LocationID) (coupon.Location, error)
	Locations(ctx context.Context) ([]coupon.Location, error)
}

type signIns interface {
	CreateSession(ctx context.Context, s coupon.Session) error
	Session(ctx context.Context, hash string) (coupon.Session, error)
	EndSession(ctx context.Context, hash string) error
	EndSessions(ctx context.Context, kind, owner, exceptHash string) error
	Seen(ctx context.Context, id coupon.StaffID, at time.Time) error
	CustomerPassword(ctx context.Context, id coupon.CustomerID) (string, error)
	SetCustomerPassword(ctx context.Context, id coupon.CustomerID, hash string, at time.Time, ev coupon.Event) error
	PutSignInCode(ctx context.Context, c coupon.SignInCode) error
	SignInCode(ctx context.Context, id coupon.CustomerID) (coupon.SignInCode, error)
	BumpSignInCode(ctx context.Context, id coupon.CustomerID) error
	DropSignInCode(ctx context.Context, id coupon.CustomerID) error
}

type keys interface {
	CreateAPIKey(ctx context.Context, k coupon.APIKey, ev coupon.Event) error
	APIKeyByHash(ctx context.Context, hash string) (coupon.APIKey, error)
	APIKeys(ctx context.Context) ([]coupon.APIKey, error)
	RevokeAPIKey(ctx context.Context, id string, at time.Time, ev coupon.Event) error
	KeyUsed(ctx context.Context, id string, at time.Time) error
}

type messages interface {
	CreateMessage(ctx context.Context, m coupon.Message, ev coupon.Event) error
	Messages(ctx context.Context, customer coupon.CustomerID, p coupon.Paging) (coupon.Page[coupon.Message], error)
	Message(ctx context.Context, id string) (coupon.Message, error)
	LastMessages(ctx context.Context, ids []coupon.VoucherID) (map[coupon.VoucherID]coupon.Message, error)
	Notes(ctx context.Context, f coupon.NoteFilter, p coupon.Paging) (coupon.Page[coupon.Note], error)
}

type webhooks interface {
	webhookList
	webhookChanges
	deliveries
	sendings
}

type webhookList interface {
	Webhook(ctx context.Context, id coupon.WebhookID) (coupon.Webhook, error)
	Webhooks(ctx context.Context) ([]coupon.Webhook, error)
	EnabledWebhooks(ctx context.Context) ([]coupon.Webhook, error)
	WebhookSecrets(ctx context.Context, id coupon.WebhookID, now time.Time) ([]coupon.WebhookSecret, error)
}

type webhookChanges interface {
	CreateWebhook(ctx context.Context, h coupon.Webhook, first coupon.WebhookSecret, ev coupon.Event) error
	SaveWebhook(ctx context.Context, h coupon.Webhook, ev coupon.Event) error
	EnableWebhook(ctx context.Context, id coupon.WebhookID, at time.Time, ev coupon.Event) error
	DisableWebhook(ctx context.Context, id coupon.WebhookID, reason string, at time.Time, ev coupon.Event) error
	RotateWebhook(ctx context.Context, fresh coupon.WebhookSecret, oldUntil time.Time, ev coupon.Event) error
}

type deliveries interface {
	Deliveries(ctx context.Context, f coupon.DeliveryFilter, p coupon.Paging) (coupon.Page[coupon.Delivery], error)
	Delivery(ctx context.Context, id coupon.DeliveryID) (coupon.DeliveryView, error)
	AddDelivery(ctx context.Context, d coupon.Delivery) error
	Redeliver(ctx context.Context, d coupon.Delivery, now time.Time, ev coupon.Event) error
}

type sendings interface {
	Feed(ctx context.Context, after coupon.FeedPlace, limit int) ([]coupon.Placed, error)
	Spread(ctx context.Context, h coupon.Webhook, to coupon.FeedPlace, list []coupon.Delivery) error
	DueDeliveries(ctx context.Context, id coupon.WebhookID, now time.Time, limit int) ([]coupon.Delivery, error)
	SettleDeliveries(ctx context.Context, list []coupon.Outcome) error
}

type brakes interface {
	Attempts(ctx context.Context, key string) (coupon.Attempts, error)
	Tally(ctx context.Context, key string, n, most int64, now time.Time) (count int64, ok bool, err error)
	AddAttempt(ctx context.Context, key string, weight int64, now time.Time, lockAfter func(count int64) time.Duration) (coupon.Attempts, error)
	AttemptsUnder(ctx context.Context, prefix string) ([]coupon.Attempts, error)
	ClearAttempts(ctx context.Context, keys []string, ev coupon.Event) error
}

type imports interface {
	CreateImport(ctx context.Context, i coupon.Import) error
	SaveImport(ctx context.Context, i coupon.Import) error
	Import(ctx context.Context, id string) (coupon.Import, error)
	Imports(ctx context.Context, c coupon.CampaignID, p coupon.Paging) (coupon.Page[coupon.Import], error)
	ImportOfBatch(ctx context.Context, c coupon.CampaignID, b coupon.BatchID) (string, error)
	ImportTwin(ctx context.Context, c coupon.CampaignID, hash string) (string, error)
}

type importRows interface {
	AddImportRows(ctx context.Context, rows []coupon.ImportRow) error
	ImportRows(ctx context.Context, id string, onlyErrors bool, p coupon.Paging) (coupon.Page[coupon.ImportRow], error)
	EachImportRow(ctx context.Context, id string, after int64, limit int) ([]coupon.ImportRow, error)
	TakenCodes(ctx context.Context, fingerprints []string) (map[string]bool, error)
	DropImportRows(ctx context.Context, id string) error
	unmade
}

// unmade takes a batch back that was given up, so that its codes may come again.
type unmade interface {
	ReleaseCodes(ctx context.Context, b coupon.BatchID, fingerprints []string) error
	DropVouchers(ctx context.Context, b coupon.BatchID) error
}

type jobs interface {
	Job(ctx context.Context, id coupon.JobID) (coupon.Job, error)
	ActiveJobs(ctx context.Context) ([]coupon.Job, error)
	LapseDue(ctx context.Context, now time.Time, limit int) ([]coupon.VoucherID, error)
	Purge(ctx context.Context, now time.Time) error
}
