package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/store/storetest"
)

// many is more rows than travel in one message.
const many = 1100

// A chunk that is written in a way of its own has every value of every voucher.
func TestManyVouchersAreWrittenAsTheyAre(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		remarks := []string{"", "plain", "a\tb\nc\\d", `"quoted", 'too'`, "\\N", "Grüße 你好 🎁"}
		b := s.batch(s.campaign(coupon.KindGift, gift), many+1, 1)
		cmd := coupon.IssueChunk{Batch: b.ID, By: ada}
		for i := range many {
			code := s.code()
			code.Remarks, code.Face = remarks[i%len(remarks)], ptr(int64(i+1))
			cmd.Codes = append(cmd.Codes, code)
		}
		must[coupon.Progress](s, cmd)
		n := 0
		ok(t, s.EachVoucher(ctx, b.ID, func(v coupon.VoucherView) error {
			if n++; n == 1 {
				return nil
			}
			want := cmd.Codes[n-2]
			if v.ID != want.Voucher || v.Remarks != want.Remarks || v.Balance != *want.Face || v.Sealed != want.Sealed || v.Tail != want.Tail || v.Sequence != int64(n) || !v.CreatedAt.Equal(s.now()) {
				t.Fatalf("the %d. voucher is %+v, of the code %+v", n, v.Voucher, want)
			}
			return nil
		}))
		if n != many+1 {
			t.Errorf("the batch has %d vouchers", n)
		}
	})
}

// A chunk one of whose codes another process has taken meanwhile is not written at all.
func TestManyVouchersOfWhichOneIsThereAlready(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		var taken string
		s.issue(s.campaign(coupon.KindRefill, refill), func(c *coupon.Issue) { taken = c.Code.Fingerprints[0] })
		c := coupon.Changes{Mark: "mrk_many", At: start}
		for i := range many {
			id := coupon.VoucherID(fmt.Sprintf("vch_many_%d", i))
			c.NewVouchers = append(c.NewVouchers, &coupon.Voucher{ID: id, Serial: string(id)})
			c.Codes = append(c.Codes, coupon.Code{Fingerprint: fmt.Sprintf("fp_many_%d", i), Voucher: id})
		}
		c.Codes[many-1].Fingerprint = taken
		err := s.Write(ctx, &coupon.Keys{}, func(tx coupon.Tx, _ *coupon.State) error { return tx.Apply(ctx, &c) })
		if !errors.Is(err, coupon.ErrMoved) {
			t.Errorf("got %v, want that the rows moved", err)
		}
		var rows int
		ok(t, s.Query(ctx, "SELECT (SELECT COUNT(*) FROM voucher) + (SELECT COUNT(*) FROM code) + (SELECT COUNT(*) FROM commit_mark WHERE id = 'mrk_many')", &rows))
		if rows != 2 {
			t.Errorf("%d rows, want one voucher and its code", rows)
		}
		c.Codes[many-1].Fingerprint = "fp_many_last"
		ok(t, s.Write(ctx, &coupon.Keys{}, func(tx coupon.Tx, _ *coupon.State) error { return tx.Apply(ctx, &c) }))
	})
}

// Many rows that are no command's go the same way, among other writes.
func TestManyRefusalsAreKept(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, s *shop) {
		var tries []coupon.Refusal
		for i := range many {
			tries = append(tries, tryOf(fmt.Sprintf("vch_%03d", i), start))
		}
		ok(t, s.SaveRefusals(ctx, tries[:1]))
		ok(t, s.SaveRefusals(ctx, append(tries, tries[0]))) // the first is counted, the others are new
		kept := all(t, 100, func(p coupon.Paging) (coupon.Page[coupon.Refusal], error) {
			return s.Refusals(ctx, coupon.RefusalFilter{}, p)
		})
		repeats := int64(0)
		for _, r := range kept {
			repeats += r.Repeats
		}
		if len(kept) != many || repeats != 2 {
			t.Errorf("%d tries are kept, with %d repeats", len(kept), repeats)
		}
	})
}

// What goes wrong while rows are put together fails their write, and nothing else.
func TestManyVouchersThatCannotBePutTogether(t *testing.T) {
	t.Parallel()
	db := storetest.Postgres(t)
	write := func(mark coupon.MarkID, vouchers []*coupon.Voucher) (err error) {
		defer func() {
			if cause := recover(); cause != nil {
				err = fmt.Errorf("panic: %v", cause)
			}
		}()
		return db.Write(ctx, &coupon.Keys{}, func(tx coupon.Tx, _ *coupon.State) error {
			return tx.Apply(ctx, &coupon.Changes{Mark: mark, At: start, NewVouchers: vouchers})
		})
	}
	vouchers := make([]*coupon.Voucher, many)
	for i := range vouchers[:many-1] {
		vouchers[i] = &coupon.Voucher{ID: coupon.VoucherID(fmt.Sprintf("vch_%d", i)), Serial: fmt.Sprint(i)}
	}
	if err := write("mrk_one", vouchers); err == nil || !strings.Contains(err.Error(), "panic: store: COPY voucher") {
		t.Errorf("a voucher that is none was written, or failed elsewhere: %v", err)
	}
	ok(t, write("mrk_two", vouchers[:many-1]))
	var rows int
	ok(t, db.Query(ctx, "SELECT (SELECT COUNT(*) FROM voucher) + (SELECT COUNT(*) FROM commit_mark WHERE id IN ('mrk_one', 'mrk_two'))", &rows))
	if rows != many {
		t.Errorf("%d rows are there, want %d vouchers and one mark", rows, many-1)
	}
}
