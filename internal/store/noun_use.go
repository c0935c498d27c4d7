package store

import (
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
)

type timeT = time.Time

var redemptionTable = &table[coupon.Redemption]{"redemption", 2, append([]column[coupon.Redemption]{
	text("voucher", func(r *coupon.Redemption) *coupon.VoucherID { return &r.Voucher }),
	text("id", func(r *coupon.Redemption) *coupon.RedemptionID { return &r.ID }),
	text("checkout", func(r *coupon.Redemption) *coupon.CheckoutID { return &r.Checkout }),
	text("campaign", func(r *coupon.Redemption) *coupon.CampaignID { return &r.Campaign }),
	text("batch", func(r *coupon.Redemption) *coupon.BatchID { return &r.Batch }),
	text("customer", func(r *coupon.Redemption) *coupon.CustomerID { return &r.Customer }),
	text("channel", func(r *coupon.Redemption) *coupon.Channel { return &r.Channel }),
	text("location", func(r *coupon.Redemption) *coupon.LocationID { return &r.Location }),
	text("reference", func(r *coupon.Redemption) *string { return &r.Reference }),
	text("transaction_type", func(r *coupon.Redemption) *coupon.TransactionType { return &r.Transaction.Type }),
	text("transaction_reference", func(r *coupon.Redemption) *string { return &r.Transaction.Reference }),
	number("minor", func(r *coupon.Redemption) *int64 { return &r.Money.Minor }),
	text("asset", func(r *coupon.Redemption) *money.Asset { return &r.Money.Asset }),
	text("to_account", func(r *coupon.Redemption) *coupon.Account { return &r.To }),
	text("hold", func(r *coupon.Redemption) *coupon.HoldID { return &r.Hold }),
	text("used_on", func(r *coupon.Redemption) *string { return &r.Day }),
	number("reversed", func(r *coupon.Redemption) *int64 { return &r.Reversed }),
	flag("returned", func(r *coupon.Redemption) *bool { return &r.Returned }),
	text("serial", func(r *coupon.Redemption) *string { return &r.Serial }),
	text("prefix", func(r *coupon.Redemption) *string { return &r.Prefix }),
	text("tail", func(r *coupon.Redemption) *string { return &r.Tail }),
	number("version", func(r *coupon.Redemption) *int64 { return &r.Version }),
	when("at", func(r *coupon.Redemption) *timeT { return &r.At }),
	number("uses", func(r *coupon.Redemption) *int64 { return &r.Uses }),
	number("voucher_version", func(r *coupon.Redemption) *int64 { return &r.VoucherVersion }),
	flag("bound", func(r *coupon.Redemption) *bool { return &r.Bound }),
	text("request", func(r *coupon.Redemption) *string { return &r.Request }),
	text("address", func(r *coupon.Redemption) *string { return &r.Address }),
}, actor(func(r *coupon.Redemption) *coupon.Actor { return &r.By })...)}

var redemptionChange = redemptionTable.pick(2, "voucher", "id", "reversed", "returned", "version")

var reversalTable = &table[coupon.Reversal]{"reversal", 2, append([]column[coupon.Reversal]{
	text("redemption", func(r *coupon.Reversal) *coupon.RedemptionID { return &r.Redemption }),
	text("id", func(r *coupon.Reversal) *coupon.ReversalID { return &r.ID }),
	text("voucher", func(r *coupon.Reversal) *coupon.VoucherID { return &r.Voucher }),
	text("customer", func(r *coupon.Reversal) *coupon.CustomerID { return &r.Customer }),
	number("minor", func(r *coupon.Reversal) *int64 { return &r.Money.Minor }),
	text("asset", func(r *coupon.Reversal) *money.Asset { return &r.Money.Asset }),
	flag("whole", func(r *coupon.Reversal) *bool { return &r.Whole }),
	text("reason", func(r *coupon.Reversal) *string { return &r.Reason }),
	when("at", func(r *coupon.Reversal) *timeT { return &r.At }),
}, actor(func(r *coupon.Reversal) *coupon.Actor { return &r.By })...)}

var holdTable = &table[coupon.Hold]{"hold", 1, append([]column[coupon.Hold]{
	text("id", func(r *coupon.Hold) *coupon.HoldID { return &r.ID }),
	text("state", func(r *coupon.Hold) *coupon.HoldState { return &r.State }),
	text("customer", func(r *coupon.Hold) *coupon.CustomerID { return &r.Customer }),
	doc("request", func(r *coupon.Hold) *coupon.HoldRequest { return &r.Request }),
	when("created_at", func(r *coupon.Hold) *timeT { return &r.CreatedAt }),
	when("expires_at", func(r *coupon.Hold) *timeT { return &r.ExpiresAt }),
	number("version", func(r *coupon.Hold) *int64 { return &r.Version }),
}, actor(func(r *coupon.Hold) *coupon.Actor { return &r.By })...)}

var holdChange = holdTable.pick(1, "id", "state", "version")

var reservationTable = &table[coupon.Reservation]{"reservation", 2, []column[coupon.Reservation]{
	text("subject", func(r *coupon.Reservation) *string { return &r.Subject }),
	text("hold", func(r *coupon.Reservation) *coupon.HoldID { return &r.Hold }),
	number("uses", func(r *coupon.Reservation) *int64 { return &r.Uses }),
	number("minor", func(r *coupon.Reservation) *int64 { return &r.Minor }),
	when("expires_at", func(r *coupon.Reservation) *timeT { return &r.ExpiresAt }),
}}

var entryTable = &table[coupon.Entry]{"entry", 2, []column[coupon.Entry]{
	text("posting", func(r *coupon.Entry) *string { return &r.Posting }),
	number("line", func(r *coupon.Entry) *int64 { return &r.Line }),
	text("account", func(r *coupon.Entry) *coupon.Account { return &r.Account }),
	text("kind", func(r *coupon.Entry) *coupon.PostingKind { return &r.Kind }),
	text("asset", func(r *coupon.Entry) *money.Asset { return &r.Asset }),
	number("minor", func(r *coupon.Entry) *int64 { return &r.Minor }),
	text("voucher", func(r *coupon.Entry) *coupon.VoucherID { return &r.Voucher }),
	text("redemption", func(r *coupon.Entry) *coupon.RedemptionID { return &r.Redemption }),
	text("customer", func(r *coupon.Entry) *coupon.CustomerID { return &r.Customer }),
	when("at", func(r *coupon.Entry) *timeT { return &r.At }),
}}

var eventTable = &table[coupon.Event]{"event", 3, append([]column[coupon.Event]{
	text("subject", func(r *coupon.Event) *string { return &r.Subject }),
	text("mark", func(r *coupon.Event) *coupon.MarkID { return &r.Mark }),
	number("n", func(r *coupon.Event) *int64 { return &r.N }),
	text("type", func(r *coupon.Event) *coupon.EventType { return &r.Type }),
	number("version", func(r *coupon.Event) *int64 { return &r.Version }),
	text("campaign", func(r *coupon.Event) *coupon.CampaignID { return &r.Campaign }),
	text("customer", func(r *coupon.Event) *coupon.CustomerID { return &r.Customer }),
	text("request", func(r *coupon.Event) *string { return &r.Request }),
	text("address", func(r *coupon.Event) *string { return &r.Address }),
	doc("data", func(r *coupon.Event) *map[string]any { return &r.Data }),
	when("at", func(r *coupon.Event) *timeT { return &r.At }),
}, actor(func(r *coupon.Event) *coupon.Actor { return &r.By })...)}

var answerTable = &table[coupon.Answer]{"answer", 1, []column[coupon.Answer]{
	text("answer_key", func(r *coupon.Answer) *string { return &r.Key }),
	text("hash", func(r *coupon.Answer) *string { return &r.Hash }),
	text("sealed", func(r *coupon.Answer) *string { return &r.Sealed }),
	when("at", func(r *coupon.Answer) *timeT { return &r.At }),
}}

var jobTable = &table[coupon.Job]{"job", 1, append([]column[coupon.Job]{
	text("id", func(r *coupon.Job) *coupon.JobID { return &r.ID }),
	text("kind", func(r *coupon.Job) *coupon.JobKind { return &r.Kind }),
	text("subject", func(r *coupon.Job) *string { return &r.Subject }),
	text("state", func(r *coupon.Job) *coupon.JobState { return &r.State }),
	number("done", func(r *coupon.Job) *int64 { return &r.Done }),
	number("total", func(r *coupon.Job) *int64 { return &r.Total }),
	number("attempts", func(r *coupon.Job) *int64 { return &r.Attempts }),
	text("error", func(r *coupon.Job) *string { return &r.Error }),
	when("lease_until", func(r *coupon.Job) *timeT { return &r.LeaseUntil }),
	when("next_at", func(r *coupon.Job) *timeT { return &r.NextAt }),
	when("created_at", func(r *coupon.Job) *timeT { return &r.CreatedAt }),
	when("started_at", func(r *coupon.Job) *timeT { return &r.StartedAt }),
	when("ended_at", func(r *coupon.Job) *timeT { return &r.EndedAt }),
}, actor(func(r *coupon.Job) *coupon.Actor { return &r.By })...)}

var markTable = &table[mark]{"commit_mark", 1, []column[mark]{
	text("id", func(r *mark) *coupon.MarkID { return &r.id }),
	when("at", func(r *mark) *timeT { return &r.at }),
	number("place", func(r *mark) *int64 { return &r.place }),
}}

// mark is the row by which a batch proves that it was committed; place is its
// place in the feed, 0 until it is published.
type mark struct {
	id    coupon.MarkID
	at    timeT
	place int64
}
