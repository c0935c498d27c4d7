package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

func upload(id, campaign, hash, state string) coupon.Import {
	return coupon.Import{
		ID: id, Campaign: coupon.CampaignID(campaign), Description: "Fair", File: "codes.csv", Size: 1 << 20, Hash: hash, State: state, Rows: 3, Errors: 1, Error: "e", Batch: "bat_1",
		Job: "job_1", Earlier: "imp_0", By: ada, CreatedAt: start, UpdatedAt: start,
	}
}

func TestImports(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		one, two, three := upload("imp_1", "cmp_1", "h1", "checking"), upload("imp_2", "cmp_2", "h1", "failed"), upload("imp_3", "cmp_1", "h2", "pending")
		for _, i := range []coupon.Import{one, two, three} {
			ok(t, s.CreateImport(ctx, i))
		}
		one.State, one.Rows, one.Errors, one.UpdatedAt = "confirmed", 7, 0, start.Add(time.Hour)
		ok(t, s.SaveImport(ctx, one))
		refused(t, "an unknown one to save", s.SaveImport(ctx, upload("imp_9", "", "", "")), fault.NotFound, "")
		got, err := s.Import(ctx, "imp_1")
		ok(t, err)
		equal(t, "saved", got, one)
		for campaign, want := range map[coupon.CampaignID][]coupon.Import{"": {three, two, one}, "cmp_1": {three, one}} {
			list := all(t, 1, func(p coupon.Paging) (coupon.Page[coupon.Import], error) { return s.Imports(ctx, campaign, p) })
			equal(t, "for "+string(campaign), list, want)
		}
		for _, c := range []struct{ campaign, hash, want string }{{"cmp_1", "h1", "imp_1"}, {"cmp_2", "h1", ""}, {"cmp_1", "h2", "imp_3"}, {"cmp_1", "h3", ""}} {
			if twin, err := s.ImportTwin(ctx, coupon.CampaignID(c.campaign), c.hash); err != nil || twin != c.want {
				t.Errorf("the same file as %s for %s: %q, %v, want %q", c.hash, c.campaign, twin, err, c.want)
			}
		}
		_, err = s.Import(ctx, "imp_none")
		refused(t, "an unknown id", err, fault.NotFound, "")
	})
}

func TestImportRowsAreKeptReadAndDropped(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		var rows, faulty []coupon.ImportRow
		for i := range 5100 {
			r := coupon.ImportRow{Import: "imp_1", Number: int64(i + 2), Voucher: coupon.VoucherID(fmt.Sprint("vch_", i)), Fingerprint: "f", Sealed: "s", Prefix: "P", Tail: "T", Minor: -1, ExpiresAt: start, Remarks: "r"}
			if i%1000 == 0 {
				r.Reason = "taken"
				faulty = append(faulty, r)
			}
			rows = append(rows, r)
		}
		other := coupon.ImportRow{Import: "imp_2", Number: 2}
		ok(t, s.AddImportRows(ctx, append(rows, other)))
		again := rows[0]
		again.Voucher = "vch_other"
		ok(t, s.AddImportRows(ctx, []coupon.ImportRow{again})) // a chunk that is written again
		list := all(t, 2, func(p coupon.Paging) (coupon.Page[coupon.ImportRow], error) {
			return s.ImportRows(ctx, "imp_1", true, p)
		})
		equal(t, "the faulty ones", list, faulty)
		page, err := s.ImportRows(ctx, "imp_1", false, coupon.Paging{Limit: 3})
		ok(t, err)
		equal(t, "the first three", page.Rows, rows[:3])
		var read []coupon.ImportRow
		for last := int64(0); ; {
			some, err := s.EachImportRow(ctx, "imp_1", last, 700)
			if ok(t, err); len(some) == 0 {
				break
			}
			read, last = append(read, some...), some[len(some)-1].Number
		}
		equal(t, "each", read, rows)
		ok(t, s.DropImportRows(ctx, "imp_1"))
		some, err := s.EachImportRow(ctx, "imp_1", 0, 1)
		ok(t, err)
		equal(t, "dropped", len(some), 0)
		some, err = s.EachImportRow(ctx, "imp_2", 0, 2)
		ok(t, err)
		equal(t, "of another import", some, []coupon.ImportRow{other})
	})
}

func TestTakenCodesAreThoseThatWereEverUsed(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		b := s.batch(s.campaign(coupon.KindRefill, refill), 3, 2)
		var ask []string
		want := map[string]bool{}
		ok(t, s.EachVoucher(ctx, b.ID, func(v coupon.VoucherView) error { want["fp:"+code(v)] = true; return nil }))
		for i := range 12_000 {
			ask = append(ask, fmt.Sprint("fp:none", i))
		}
		for f := range want {
			ask = append(ask, f)
		}
		got, err := s.TakenCodes(ctx, ask)
		ok(t, err)
		equal(t, "taken", got, want)
	})
}
