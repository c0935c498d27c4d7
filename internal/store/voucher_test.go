package store_test

import (
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/id"
)

// What a status can depend on, each with the values that make a difference.
var (
	voucherStates  = []coupon.VoucherState{coupon.VoucherActive, coupon.VoucherRedeemed, coupon.VoucherVoid, coupon.VoucherDeleted}
	batchStates    = []coupon.BatchState{coupon.BatchCreating, coupon.BatchActive, coupon.BatchFrozen}
	campaignStates = []coupon.CampaignState{coupon.CampaignDraft, coupon.CampaignActive, coupon.CampaignPaused, coupon.CampaignArchived}
	moments        = []time.Time{{}, start.Add(-time.Hour), start, start.Add(time.Microsecond)}
	statuses       = []coupon.Status{
		coupon.StatusDeleted, coupon.StatusVoid, coupon.StatusRedeemed, coupon.StatusExpired, coupon.StatusDeactivated, coupon.StatusFrozen, coupon.StatusPaused,
		coupon.StatusDraft, coupon.StatusScheduled, coupon.StatusReserved, coupon.StatusPartlyUsed, coupon.StatusActive,
	}
)

// combinations are vouchers of every combination, for one campaign and batch.
func combinations(c coupon.Campaign, b coupon.Batch) (vouchers []*coupon.Voucher, reserved []coupon.Reservation) {
	for _, state := range voucherStates {
		for _, starts := range moments {
			for _, expires := range moments {
				for bits := range 8 {
					v := &coupon.Voucher{
						ID: coupon.VoucherID(id.New("vch")), Campaign: c.ID, Terms: c.Terms, Batch: b.ID, Sequence: int64(len(vouchers)), State: state,
						StartsAt: starts, ExpiresAt: expires, Disabled: bits&1 != 0, MaxUses: 3, Version: 1, CreatedAt: start, UpdatedAt: start,
					}
					v.Uses = int64(bits & 2 >> 1)
					if bits&4 != 0 {
						reserved = append(reserved, coupon.Reservation{Subject: string(v.ID), Hold: "hld_1", Uses: 3 - v.Uses, ExpiresAt: start.Add(time.Minute)})
					}
					vouchers = append(vouchers, v)
				}
			}
		}
	}
	return vouchers, reserved
}

// A status as a filter and a status as shown are the same, whatever they depend on.
func TestStatusInSQLIsTheStatusInGo(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		want, total := map[coupon.Status]int{}, 0
		for _, cs := range campaignStates {
			for _, bs := range batchStates {
				c := s.campaign(coupon.KindDiscount, twice)
				b := s.batch(c, 1, 0)
				vouchers, reserved := combinations(c, b)
				c.State, b.State = cs, bs
				apply(t, s, &coupon.Changes{Campaigns: []*coupon.Campaign{&c}, Batches: []*coupon.Batch{&b}, NewVouchers: vouchers, Reserved: reserved})
				total += len(vouchers)
				for _, status := range statuses {
					rows := all(t, 200, func(p coupon.Paging) (coupon.Page[coupon.VoucherView], error) {
						return s.Vouchers(ctx, coupon.VoucherFilter{Batch: b.ID, Status: status, Now: start}, p)
					})
					for _, v := range rows {
						if shown := v.Shown(start); shown != status {
							t.Fatalf("listed as %s, shown as %s: %+v", status, shown, v)
						}
					}
					want[status] += len(rows)
					total -= len(rows)
				}
			}
		}
		if total != 0 {
			t.Fatalf("%d vouchers have no status: %v", total, want)
		}
		for _, status := range statuses {
			if want[status] == 0 {
				t.Errorf("no voucher was %s", status)
			}
		}
	})
}
