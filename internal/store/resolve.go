package store

import (
	"context"
	"slices"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/id"
)

// orgFresh is how long a process may go on with settings that another has changed.
const orgFresh = time.Second

// linkColumns is what is needed to know which rows a voucher's commands lock.
const linkColumns = "v.id, v.campaign, c.kind, v.terms, v.batch, v.holder, c.counted"

func linkInto(l *coupon.VoucherLink) []any {
	return []any{(*string)(&l.Voucher), (*string)(&l.Campaign), (*string)(&l.Kind), (*string)(&l.Terms), (*string)(&l.Batch), (*string)(&l.Holder), (*int64)(&l.Counted)}
}

// Resolve follows immutable links without locks, and adds them to l.
func (db *DB) Resolve(ctx context.Context, q *coupon.Lookup, l *coupon.Links) (err error) {
	if l.Org, err = db.Organisation(ctx); err != nil {
		return err
	}
	r := &reader{db, db.links}
	if q.Locks {
		r.pool = db.lanes
	}
	// Each step adds to what the next ones look up; what a step asks is one round trip.
	for _, step := range []func(*coupon.Lookup, *coupon.Links) []statement{db.resolveFirst, db.resolveVouchers, db.resolveCampaigns} {
		if err := r.run(ctx, step(q, l)); err != nil {
			return db.d.classify(err)
		}
		q.Tidy()
	}
	return nil
}

// resolveFirst asks for everything but vouchers and campaigns.
func (db *DB) resolveFirst(q *coupon.Lookup, l *coupon.Links) []statement {
	list := db.resolveHolds(q, l)
	list = append(list, db.resolveCodes(q, l)...)
	list = append(list, db.resolveRedemptions(q, l)...)
	list = append(list, db.resolveCustomers(q, l)...)
	return append(list, db.resolveBatches(q, l)...)
}

// lookUp is the query for what is one of a list, if there is anything in it.
func lookUp[S ~string](db *DB, ids []S, query, more string, each func(scan func(...any) error) error) []statement {
	if len(ids) == 0 {
		return nil
	}
	cond, arg := db.d.among(asStrings(ids))
	return []statement{{sql: query + " " + cond + " " + more, args: []any{arg}, each: each}}
}

func asStrings[S ~string](list []S) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

// resolveHolds reads the holds; their vouchers are resolved with the others.
func (db *DB) resolveHolds(q *coupon.Lookup, l *coupon.Links) []statement {
	return lookUp(db, q.Holds, "SELECT "+holdTable.names("")+" FROM hold WHERE id", "", func(scan func(...any) error) error {
		h := &coupon.Hold{}
		if err := scan(holdTable.into(h)...); err != nil {
			return err
		}
		l.Holds[h.ID] = h
		for _, it := range h.Request.Items {
			q.Vouchers = append(q.Vouchers, it.Voucher)
		}
		return nil
	})
}

func (db *DB) resolveCodes(q *coupon.Lookup, l *coupon.Links) []statement {
	query := "SELECT k.fingerprint, " + linkColumns + " FROM code k JOIN voucher v ON v.id = k.voucher JOIN campaign c ON c.id = v.campaign WHERE k.fingerprint"
	return lookUp(db, q.Fingerprints, query, "", func(scan func(...any) error) error {
		var f string
		var link coupon.VoucherLink
		err := scan(append([]any{&f}, linkInto(&link)...)...)
		l.Codes[f] = link
		return err
	})
}

func (db *DB) resolveVouchers(q *coupon.Lookup, l *coupon.Links) []statement {
	query := "SELECT " + linkColumns + " FROM voucher v JOIN campaign c ON c.id = v.campaign WHERE v.id"
	return lookUp(db, q.Vouchers, query, "", func(scan func(...any) error) error {
		var link coupon.VoucherLink
		err := scan(linkInto(&link)...)
		l.Vouchers[link.Voucher] = link
		q.Campaigns = append(q.Campaigns, link.Campaign)
		return err
	})
}

// resolveRedemptions also has those of checkouts resolved: the first of a checkout shares
// its id, and the index holds only the others.
func (db *DB) resolveRedemptions(q *coupon.Lookup, l *coupon.Links) []statement {
	query := "SELECT r.id, r.checkout, r.customer, r.used_on, r.asset, " + linkColumns +
		" FROM redemption r JOIN voucher v ON v.id = r.voucher JOIN campaign c ON c.id = v.campaign WHERE "
	each := func(scan func(...any) error) error {
		var id coupon.RedemptionID
		var link coupon.RedemptionLink
		err := scan(append([]any{(*string)(&id), (*string)(&link.Checkout), (*string)(&link.Customer), &link.Day, &link.Asset}, linkInto(&link.VoucherLink)...)...)
		l.Redemptions[id] = link
		return err
	}
	ids := slices.Clone(q.Redemptions)
	for _, k := range q.Checkouts {
		ids = append(ids, coupon.RedemptionID(id.Sibling("red", string(k))))
	}
	return append(lookUp(db, ids, query+"r.id", "", each),
		lookUp(db, q.Checkouts, query+"r.checkout", "AND r.checkout <> 'chk_' || SUBSTR(r.id, 5)", each)...)
}

// resolveCustomers forgets what an earlier look-up found: a key may belong to nobody since.
func (db *DB) resolveCustomers(q *coupon.Lookup, l *coupon.Links) []statement {
	for _, key := range q.Customers {
		delete(l.Customers, key)
	}
	return lookUp(db, q.Customers, "SELECT natural_key, customer FROM customer_key WHERE natural_key", "", func(scan func(...any) error) error {
		var key coupon.CustomerKey
		var id coupon.CustomerID
		err := scan((*string)(&key), (*string)(&id))
		l.Customers[key] = id
		return err
	})
}

// resolveBatches also has the batches' campaigns resolved.
func (db *DB) resolveBatches(q *coupon.Lookup, l *coupon.Links) []statement {
	return lookUp(db, q.Batches, "SELECT id, campaign, job FROM batch WHERE id", "", func(scan func(...any) error) error {
		var id coupon.BatchID
		var campaign coupon.CampaignID
		var job coupon.JobID
		err := scan((*string)(&id), (*string)(&campaign), (*string)(&job))
		l.Batches[id], l.Jobs[id] = campaign, job
		q.Campaigns = append(q.Campaigns, campaign)
		return err
	})
}

func (db *DB) resolveCampaigns(q *coupon.Lookup, l *coupon.Links) []statement {
	return lookUp(db, q.Campaigns, "SELECT id, terms, standing, counted FROM campaign WHERE id", "", func(scan func(...any) error) error {
		var id coupon.CampaignID
		var link coupon.CampaignLink
		err := scan((*string)(&id), (*string)(&link.Terms), (*string)(&link.Standing), (*int64)(&link.Counted))
		l.Campaigns[id] = link
		return err
	})
}
