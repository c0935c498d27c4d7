package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/scriphq/scrip/internal/coupon"
)

// lock reads and locks the rows that k names, table by table in the order of k's
// fields and within a table in key order, in one round trip where there is one.
func (t *tx) lock(ctx context.Context, k *coupon.Keys) (*coupon.State, error) {
	s := coupon.NewState()
	list := t.db.reads(s, k, true)
	if err := t.run(ctx, list); err != nil {
		return nil, err
	}
	return s, t.lateTerms(ctx, s, k)
}

// Read reads the same rows without locks or a common snapshot: for validations.
func (db *DB) Read(ctx context.Context, k *coupon.Keys) (*coupon.State, error) {
	s := coupon.NewState()
	r := &reader{db, db.links}
	if err := r.run(ctx, db.reads(s, k, false)); err != nil {
		return nil, db.d.classify(err)
	}
	return s, (&tx{db: db, session: r}).lateTerms(ctx, s, k)
}

// reader runs queries outside of a transaction, on connections that have their plans.
type reader struct {
	db   *DB
	pool *sql.DB // PostgreSQL
}

func (r *reader) run(ctx context.Context, list []statement) error {
	if len(list) == 0 {
		return nil
	}
	r.db.tell(list)
	if r.db.pen != nil {
		return r.db.lookSQLite(ctx, list)
	}
	conn, err := r.pool.Conn(ctx)
	if err != nil {
		return coupon.ErrAway.Because(err)
	}
	defer conn.Close()
	return native(conn, func(c *pgx.Conn) error { return wireOf(c).pipeline(ctx, list) })
}

// lookSQLite reads on the writer's connection while nobody writes: that one has its pages in
// memory, the readers lose theirs at every commit.
func (db *DB) lookSQLite(ctx context.Context, list []statement) error {
	select {
	case s := <-db.pen:
		defer func() { db.pen <- s }()
		if s == nil {
			return coupon.ErrAway
		}
		return s.look(ctx, list)
	default:
		return db.readers.run(ctx, list)
	}
}

func (r *reader) lost() bool                               { return false }
func (r *reader) rollback(context.Context)                 {}
func (r *reader) commit(context.Context) (bool, error)     { return true, nil }
func (r *reader) later(context.Context, []statement) error { return errReading }

// errReading is a write through what only reads.
var errReading = errors.New("store: a reader was told to write")

// reads lists the queries that fill a state. The order is the order of locks.
func (db *DB) reads(s *coupon.State, k *coupon.Keys, lock bool) []statement {
	share, own := db.d.forShare, db.d.forUpdate
	if !lock {
		share, own = "", ""
	}
	var list []statement
	list = db.loadAnswers(list, s, k)
	list = load(list, db, campaignTable, "id", k.OwnCampaigns, own, func(r *coupon.Campaign) { s.Campaigns.Load(r.ID, r) })
	list = append(list, issuedAny(db, s, k.OwnCampaigns)...)
	list = load(list, db, campaignTable, "id", less(k.Campaigns, k.OwnCampaigns), share, func(r *coupon.Campaign) { s.Campaigns.Load(r.ID, r) })
	list = load(list, db, batchTable, "id", k.OwnBatches, own, func(r *coupon.Batch) { s.Batches.Load(r.ID, r) })
	list = load(list, db, batchTable, "id", less(k.Batches, k.OwnBatches), share, func(r *coupon.Batch) { s.Batches.Load(r.ID, r) })
	list = db.loadVouchers(list, s, k, own)
	list = load(list, db, codeTable, "fingerprint", k.Codes, own, func(r *coupon.Code) { s.Bound[r.Fingerprint] = r.Voucher })
	list = db.loadCounters(list, s, k, own)
	list = load(list, db, customerTable, "id", k.OwnCustomers, own, func(r *coupon.Customer) { s.Customers.Load(r.ID, r) })
	list = load(list, db, customerTable, "id", less(k.Customers, k.OwnCustomers), "", func(r *coupon.Customer) { s.Customers.Load(r.ID, r) })
	list = db.loadBalances(list, s, k, own)
	list = load(list, db, holdTable, "id", k.Holds, own, func(r *coupon.Hold) { s.Holds.Load(r.ID, r) })
	list = load(list, db, redemptionTable, "id", k.Redemptions, own, func(r *coupon.Redemption) { s.Redemptions.Load(r.ID, r) })
	list = load(list, db, checkoutTable, "id", k.Checkouts, own, func(r *coupon.Checkout) { s.Checkouts.Load(r.ID, r) })
	list = append(list, ordered(db, s, k.OrdersOf)...)
	list = load(list, db, jobTable, "id", k.Jobs, own, func(r *coupon.Job) { s.Jobs.Load(r.ID, r) })
	keep := func(r *coupon.Reservation) { s.Reserved[r.Subject] = append(s.Reserved[r.Subject], *r) }
	subjects := append(asStrings(k.Vouchers), asStrings(k.Counters)...)
	list = load(list, db, reservationTable, "subject", subjects, "", keep)
	list = append(list, reservationsOf(db, k, subjects, keep)...)
	list = append(list, sentOf(db, s, k.SentOf)...)
	return db.loadTerms(list, s, k)
}

// What is also read again, see again.

func (db *DB) loadAnswers(list []statement, s *coupon.State, k *coupon.Keys) []statement {
	return load(list, db, answerTable, "answer_key", k.Answers, "", func(r *coupon.Answer) { s.Answers.Load(r.Key, r) })
}

func (db *DB) loadVouchers(list []statement, s *coupon.State, k *coupon.Keys, lock string) []statement {
	return load(list, db, voucherTable, "id", k.Vouchers, lock, func(r *coupon.Voucher) { s.Vouchers.Load(r.ID, r) })
}

func (db *DB) loadCounters(list []statement, s *coupon.State, k *coupon.Keys, lock string) []statement {
	return load(list, db, counterTable, "counter_key", k.Counters, lock, func(r *coupon.Counter) { s.Counters.Load(r.Key, r) })
}

func (db *DB) loadBalances(list []statement, s *coupon.State, k *coupon.Keys, lock string) []statement {
	return load(list, db, balanceTable, "customer", k.Balances, lock, func(r *coupon.Balance) { s.LoadBalance(r) })
}

// load adds the query for the rows whose key column is one of ids.
func load[R any, S ~string](list []statement, db *DB, t *table[R], key string, ids []S, lock string, keep func(*R)) []statement {
	if len(ids) == 0 {
		return list
	}
	cond, arg := db.d.among(asStrings(ids))
	query := planned(db.d, t, "load"+lock, key+cond, func() string {
		order := make([]string, t.keys)
		for i := range order {
			order[i] = t.cols[i].name
		}
		return "SELECT " + t.names("") + " FROM " + t.name + " WHERE " + key + " " + cond + " ORDER BY " + strings.Join(order, ", ") + lock
	})
	return append(list, statement{sql: query, args: []any{arg}, each: func(scan func(...any) error) error {
		r := new(R)
		if err := scan(t.into(r)...); err != nil {
			return err
		}
		keep(r)
		return nil
	}})
}

// less returns the ids of all that are not among except; both are sorted.
func less[S ~string](all, except []S) []S {
	if len(except) == 0 {
		return all
	}
	var out []S
	for _, id := range all {
		for len(except) > 0 && except[0] < id {
			except = except[1:]
		}
		if len(except) == 0 || except[0] != id {
			out = append(out, id)
		}
	}
	return out
}

// issuedAny says of campaigns that are to change whether a voucher exists.
func issuedAny(db *DB, s *coupon.State, ids []coupon.CampaignID) []statement {
	return lookUp(db, ids, "SELECT c.id FROM campaign c WHERE c.id", "AND EXISTS (SELECT 1 FROM voucher v WHERE v.campaign = c.id)", func(scan func(...any) error) error {
		var id coupon.CampaignID
		if err := scan((*string)(&id)); err != nil {
			return err
		}
		s.Campaigns.Row(id).IssuedAny = true
		return nil
	})
}

// ordered says of customers whether they have ordered. It is asked when their rows are
// locked, so that two first orders at once are not both the first.
func ordered(db *DB, s *coupon.State, ids []coupon.CustomerID) []statement {
	more := "AND EXISTS (SELECT 1 FROM checkout k WHERE k.customer = c.id AND k.customer <> '' AND k.open_uses > 0)"
	return lookUp(db, ids, "SELECT c.id FROM customer c WHERE c.id", more, func(scan func(...any) error) error {
		var id coupon.CustomerID
		err := scan((*string)(&id))
		s.Ordered[id] = true
		return err
	})
}

// reservationsOf reads what the named holds take of subjects that are not read anyway.
func reservationsOf(db *DB, k *coupon.Keys, subjects []string, keep func(*coupon.Reservation)) []statement {
	seen := make(map[string]bool, len(subjects))
	for _, s := range subjects {
		seen[s] = true
	}
	return load(nil, db, reservationTable, "hold", k.ReservationsOf, "", func(r *coupon.Reservation) {
		if !seen[r.Subject] {
			keep(r)
		}
	})
}

// loadTerms takes terms from memory, where they are kept for ever: they are
// immutable, and as few as the edits of campaigns.
func (db *DB) loadTerms(list []statement, s *coupon.State, k *coupon.Keys) []statement {
	db.mu.Lock()
	defer db.mu.Unlock()
	var want []coupon.TermsID
	for _, id := range k.Terms {
		if t := db.terms[id]; t != nil {
			s.Terms[id] = t
		} else {
			want = append(want, id)
		}
	}
	return load(list, db, termsTable, "id", want, "", func(r *coupon.Terms) { db.keepTerms(s, r) })
}

func (db *DB) keepTerms(s *coupon.State, r *coupon.Terms) {
	db.mu.Lock()
	defer db.mu.Unlock()
	s.Terms[r.ID], db.terms[r.ID] = r, r
}

// lateTerms reads the terms of campaigns and vouchers that were only named by the
// rows just locked.
func (t *tx) lateTerms(ctx context.Context, s *coupon.State, k *coupon.Keys) error {
	late := &coupon.Keys{}
	for _, id := range k.OwnCampaigns {
		if c := s.Campaigns.Row(id); c != nil && s.Terms[c.Terms] == nil {
			late.Terms = append(late.Terms, c.Terms)
		}
	}
	for _, id := range k.Campaigns {
		if c := s.Campaigns.Row(id); c != nil && s.Terms[c.Terms] == nil {
			late.Terms = append(late.Terms, c.Terms)
		}
	}
	late.Tidy()
	if list := t.db.loadTerms(nil, s, late); len(list) > 0 {
		return t.run(ctx, list)
	}
	return nil
}
