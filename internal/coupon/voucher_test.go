package coupon_test

import (
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

// statusCases go from the status that wins over all others to the one that is left.
var statusCases = []struct {
	name  string
	want  coupon.Status
	apply func(v *coupon.Voucher, s *surroundings)
}{
	{"nothing special", coupon.StatusActive, func(*coupon.Voucher, *surroundings) {}},
	{"used before", coupon.StatusPartlyUsed, func(v *coupon.Voucher, _ *surroundings) { v.Uses = 1 }},
	{"all that is left is held", coupon.StatusReserved, func(_ *coupon.Voucher, s *surroundings) { s.held = true }},
	{"starts later", coupon.StatusScheduled, func(v *coupon.Voucher, _ *surroundings) { v.StartsAt = noon.Add(time.Microsecond) }},
	{"the campaign is a draft", coupon.StatusDraft, func(_ *coupon.Voucher, s *surroundings) { s.campaign = coupon.CampaignDraft }},
	{"the batch is being made", coupon.StatusDraft, func(_ *coupon.Voucher, s *surroundings) { s.batch = coupon.BatchCreating }},
	{"the batch was given up", coupon.StatusDraft, func(_ *coupon.Voucher, s *surroundings) { s.batch = coupon.BatchFailed }},
	{"the campaign is paused", coupon.StatusPaused, func(_ *coupon.Voucher, s *surroundings) { s.campaign = coupon.CampaignPaused }},
	{"the campaign is archived", coupon.StatusPaused, func(_ *coupon.Voucher, s *surroundings) { s.campaign = coupon.CampaignArchived }},
	{"the batch is frozen", coupon.StatusFrozen, func(_ *coupon.Voucher, s *surroundings) { s.batch = coupon.BatchFrozen }},
	{"deactivated", coupon.StatusDeactivated, func(v *coupon.Voucher, _ *surroundings) { v.Disabled = true }},
	{"expires now", coupon.StatusExpired, func(v *coupon.Voucher, _ *surroundings) { v.ExpiresAt = noon }},
	{"used up", coupon.StatusRedeemed, func(v *coupon.Voucher, _ *surroundings) { v.State = coupon.VoucherRedeemed }},
	{"void", coupon.StatusVoid, func(v *coupon.Voucher, _ *surroundings) { v.State = coupon.VoucherVoid }},
	{"deleted", coupon.StatusDeleted, func(v *coupon.Voucher, _ *surroundings) { v.State = coupon.VoucherDeleted }},
}

type surroundings struct {
	campaign coupon.CampaignState
	batch    coupon.BatchState
	held     bool
}

func TestStatusIsTheFirstThatHolds(t *testing.T) {
	t.Parallel()
	v, s := coupon.Voucher{State: coupon.VoucherActive}, surroundings{coupon.CampaignActive, coupon.BatchActive, false}
	for _, c := range statusCases {
		alone, around := coupon.Voucher{State: coupon.VoucherActive}, surroundings{coupon.CampaignActive, coupon.BatchActive, false}
		c.apply(&alone, &around)
		if got := alone.Status(around.campaign, around.batch, around.held, noon); got != c.want {
			t.Errorf("%s alone: got %s, want %s", c.name, got, c.want)
		}
		c.apply(&v, &s)
		if got := v.Status(s.campaign, s.batch, s.held, noon); got != c.want {
			t.Errorf("%s, with all before it: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestStatusFollowsTheClock(t *testing.T) {
	t.Parallel()
	v := coupon.Voucher{State: coupon.VoucherActive, StartsAt: noon, ExpiresAt: noon.Add(time.Hour)}
	for _, c := range []struct {
		name string
		at   time.Time
		want coupon.Status
	}{
		{"a microsecond before the start", noon.Add(-time.Microsecond), coupon.StatusScheduled},
		{"at the start", noon, coupon.StatusActive},
		{"a microsecond before the expiry", noon.Add(time.Hour - time.Microsecond), coupon.StatusActive},
		{"at the expiry", noon.Add(time.Hour), coupon.StatusExpired},
	} {
		wants(t, c.name, v.Status(coupon.CampaignActive, coupon.BatchActive, false, c.at), c.want)
	}
	view := coupon.VoucherView{Voucher: v, CampaignState: coupon.CampaignActive, BatchState: coupon.BatchFrozen, Held: true}
	wants(t, "shown", view.Shown(noon), coupon.StatusFrozen)
}
