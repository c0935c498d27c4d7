package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

var refusalTable = &table[coupon.Refusal]{"refusal", 1, append([]column[coupon.Refusal]{
	text("id", func(r *coupon.Refusal) *coupon.RefusalID { return &r.ID }),
	text("reason", func(r *coupon.Refusal) *string { return &r.Reason }),
	text("voucher", func(r *coupon.Refusal) *coupon.VoucherID { return &r.Voucher }),
	text("campaign", func(r *coupon.Refusal) *coupon.CampaignID { return &r.Campaign }),
	text("customer", func(r *coupon.Refusal) *coupon.CustomerID { return &r.Customer }),
	text("tail", func(r *coupon.Refusal) *string { return &r.Tail }),
	text("channel", func(r *coupon.Refusal) *coupon.Channel { return &r.Channel }),
	text("location", func(r *coupon.Refusal) *coupon.LocationID { return &r.Location }),
	text("reference", func(r *coupon.Refusal) *string { return &r.Reference }),
	maybe("order_doc", func(r *coupon.Refusal) **coupon.Order { return &r.Order }),
	doc("checks", func(r *coupon.Refusal) *[]coupon.CheckResult { return &r.Checks }),
	derivedText("repeat_key", func(r *coupon.Refusal) string { return repeatKey(r) }),
	number("repeats", func(r *coupon.Refusal) *int64 { return &r.Repeats }),
	when("at", func(r *coupon.Refusal) *timeT { return &r.At }),
}, actor(func(r *coupon.Refusal) *coupon.Actor { return &r.By })...)}

// repeatFor is how long the same try is counted, not stored again.
const repeatFor = time.Minute

// repeatKey is the same for tries that only differ in their time.
func repeatKey(r *coupon.Refusal) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{string(r.Voucher), string(r.Customer), r.By.Kind, r.By.ID, r.Reason, r.Reference}, "\x00")))
	return base64.RawURLEncoding.EncodeToString(sum[:18])
}

// Refusals lists refused tries, the newest first.
func (db *DB) Refusals(ctx context.Context, f coupon.RefusalFilter, p coupon.Paging) (coupon.Page[coupon.Refusal], error) {
	l := listing[coupon.Refusal]{
		find:  find{from: "SELECT " + refusalTable.names("r") + " FROM refusal r"},
		order: newest(by{"r.id", kindText}), into: refusalTable.into,
		key: func(r *coupon.Refusal) []any { return []any{r.ID} },
	}
	owned(&l.find, "r.voucher", f.Voucher)
	owned(&l.find, "r.customer", f.Customer)
	same(&l.find, "r.campaign", f.Campaign)
	same(&l.find, "r.reason", f.Reason)
	l.between("r.at", f.From, f.To)
	return page(ctx, db, &l, p)
}

// SaveRefusals keeps refused tries. The same try again within a minute of the one
// that is kept raises its repeats.
func (db *DB) SaveRefusals(ctx context.Context, list []coupon.Refusal) error {
	if len(list) == 0 {
		return nil
	}
	return db.change(ctx, func(s session) error {
		list := slices.SortedStableFunc(slices.Values(list), func(a, b coupon.Refusal) int { return a.At.Compare(b.At) }) // a copy, for what repeats is counted in it
		if err := s.run(ctx, db.only("turn:refusals")); err != nil {
			return err
		}
		known, err := db.recent(ctx, s, list)
		if err != nil {
			return err
		}
		return s.run(ctx, db.counted(known, list))
	})
}

// tally is a refusal that is kept, in the database or by this call.
type tally struct {
	id     coupon.RefusalID
	at     time.Time
	more   int64           // repeats to add
	stored bool            // in the database already
	row    *coupon.Refusal // when it is new
}

var tallyTable = &table[tally]{"refusal", 1, []column[tally]{
	text("id", func(r *tally) *coupon.RefusalID { return &r.id }),
	number("repeats", func(r *tally) *int64 { return &r.more }),
}}

// recent reads the kept refusals that the list may repeat, by their key.
func (db *DB) recent(ctx context.Context, s session, list []coupon.Refusal) (map[string]*tally, error) {
	keys := make([]string, len(list))
	for i := range list {
		keys[i] = repeatKey(&list[i])
	}
	known := map[string]*tally{}
	err := s.run(ctx, []statement{{
		sql:  "SELECT repeat_key, id, at FROM refusal WHERE repeat_key " + db.d.any("$1") + " AND at > $2 ORDER BY at",
		args: []any{db.d.list(keys), micros(list[0].At.Add(-repeatFor))},
		each: func(scan func(...any) error) error {
			var key string
			t := tally{stored: true}
			err := scan(&key, (*string)(&t.id), timeInto{&t.at})
			known[key] = &t
			return err
		},
	}})
	return known, err
}

// counted returns the writes: what repeats is counted, the rest is new.
func (db *DB) counted(known map[string]*tally, list []coupon.Refusal) writes {
	var all []*tally
	for i := range list {
		r := &list[i]
		key := repeatKey(r)
		k := known[key]
		if k == nil || r.At.Sub(k.at) >= repeatFor {
			k = &tally{id: r.ID, at: r.At, row: r}
			known[key], all = k, append(all, k)
			continue
		}
		if k.stored && k.more == 0 {
			all = append(all, k)
		}
		k.more++
	}
	slices.SortFunc(all, func(a, b *tally) int { return cmp.Compare(a.id, b.id) })
	var fresh []*coupon.Refusal
	var again []*tally
	for _, k := range all {
		if k.stored {
			again = append(again, k)
			continue
		}
		k.row.Repeats += k.more
		fresh = append(fresh, k.row)
	}
	var w writes
	insert(&w, db.d, refusalTable, fresh)
	if len(again) > 0 {
		t := tallyTable.any()
		sql := "UPDATE refusal SET repeats = refusal.repeats + d.repeats FROM " + db.d.rows("d", t.columns, t.kinds) + " WHERE refusal.id = d.id"
		w = append(w, db.d.bulk(sql, t.kinds, nounRows[tally]{tallyTable, again})...)
	}
	return w
}

// Refusal returns a refused try.
func (db *DB) Refusal(ctx context.Context, id coupon.RefusalID) (coupon.Refusal, error) {
	return one(oneOf(ctx, db, "refused try", refusalTable, "WHERE id = $1", string(id)))
}
