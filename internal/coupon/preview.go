package coupon

import (
	"time"

	"github.com/scriphq/scrip/internal/id"
)

// Preview says what a voucher of terms that nobody has saved yet would give to an order:
// every check with its figures, and what the order comes to. It changes nothing and needs
// no database; counters are at zero. who may be nil.
func Preview(org Organisation, expert func(string, map[string]any) (bool, error), c Campaign, doc TermsDoc, o *Order, who *Customer, now time.Time) (Verdict, Priced) {
	c.ID, c.State, c.Terms = "cmp_preview", CampaignActive, "trm_preview"
	t := &Terms{ID: c.Terms, Campaign: c.ID, Kind: c.Kind, Doc: doc}
	b := &Batch{ID: "bat_preview", Campaign: c.ID, State: BatchActive}
	v := newVoucher(org, c.Kind, t, b, NewCode{Voucher: "vch_preview", Tail: "code"}, now)
	s := NewState()
	s.Org, s.Links, s.Expert, s.IDs = org, NewLinks(), expert, id.NewSeries("mrk_preview", now) // which names nothing
	s.Links.Day = org.Day(now)
	s.Links.Vouchers[v.ID] = VoucherLink{Voucher: v.ID, Campaign: c.ID, Terms: t.ID, Batch: b.ID, Counted: c.Limits.Counted()}
	s.Campaigns.Load(c.ID, &c)
	s.Batches.Load(b.ID, b)
	s.Vouchers.Load(v.ID, v)
	s.Terms[t.ID] = t
	cmd := Redeem{Items: []Item{{Voucher: v.ID}}, Order: o, Explain: true, Channel: ViaAPI}
	if who != nil {
		cmd.Customer.ID = who.ID
		s.Customers.Load(who.ID, who)
	}
	out, err := cmd.Decide(s.Begin(), now)
	if err != nil {
		return previewed(err), o.Undiscounted()
	}
	redeemed := out.(Redeemed)
	return redeemed.Vouchers[0], *redeemed.Order
}

// previewed is the verdict in a fault.
func previewed(err error) Verdict {
	if r, ok := RejectionOf(err); ok && len(r.Vouchers) > 0 {
		return r.Vouchers[0]
	}
	return Verdict{Reason: ErrNotApplicable.Code, Text: err.Error()}
}
