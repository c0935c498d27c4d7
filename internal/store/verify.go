package store

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"

	"github.com/scriphq/scrip/internal/coupon"
)

// A proof compares what should be with what is: its query lists, for each thing that
// differs, its id, the one and the other.
type proof struct {
	what  string
	query string
	args  []any
}

// sums compares two ways to count the same: each part lists id, wanted, had.
func sums(parts ...string) string {
	return "SELECT x.id, " + total("x.want") + ", " + total("x.have") + " FROM (" + strings.Join(parts, " UNION ALL ") +
		") AS x GROUP BY x.id HAVING " + notZero("x.want - x.have") + " ORDER BY x.id"
}

// Verify proves every stored figure from the rows it stands for, as of one moment,
// and returns each difference; none is what a sound database has.
func (db *DB) Verify(ctx context.Context) ([]coupon.Difference, error) {
	tx, err := db.read.BeginTx(ctx, snapshot)
	if err != nil {
		return nil, db.d.classify(err)
	}
	defer func() { _ = tx.Rollback() }() // it has only read
	stored, err := db.storedTerms(ctx, tx)
	if err != nil {
		return nil, db.d.classify(err)
	}
	list := slices.Concat(ledgerProofs(), counterProofs(), db.voucherProofs(db.d.list(stored)), webhookProofs())
	var out []coupon.Difference
	for _, p := range list {
		found, err := p.run(ctx, tx)
		if err != nil {
			return nil, db.d.classify(err)
		}
		out = append(out, found...)
	}
	return out, nil
}

func (p proof) run(ctx context.Context, tx *sql.Tx) ([]coupon.Difference, error) {
	rows, err := tx.QueryContext(ctx, p.query, p.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []coupon.Difference
	for rows.Next() {
		d := coupon.Difference{What: p.what}
		if err := rows.Scan(&d.ID, &d.Want, &d.Have); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, rows.Err()
}

// storedTerms returns the terms whose vouchers hold a value in the books.
func (db *DB) storedTerms(ctx context.Context, tx *sql.Tx) ([]string, error) {
	rows, err := tx.QueryContext(ctx, "SELECT "+termsTable.names("")+" FROM terms")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	ids := []string{}
	for rows.Next() {
		var t coupon.Terms
		if err := rows.Scan(termsTable.into(&t)...); err != nil {
			return nil, err
		}
		if _, ok := t.Doc.Stored(t.Kind); ok {
			ids = append(ids, string(t.ID))
		}
	}
	return ids, rows.Err()
}

func ledgerProofs() []proof {
	return []proof{
		{what: "the entries of a posting sum to zero", query: "SELECT posting || ' ' || asset, 0, " + total("minor") + " FROM entry GROUP BY posting, asset HAVING " + notZero("minor") + " ORDER BY 1"},
		{what: "the vouchers of a batch hold what its account has", query: sums(
			"SELECT SUBSTR(e.account, 13) || ' ' || e.asset AS id, e.minor AS want, 0 AS have FROM entry e WHERE e.account >= 'outstanding:' AND e.account < 'outstanding;'",
			"SELECT v.batch || ' ' || v.asset, 0, v.balance - v.lapsed FROM voucher v WHERE v.balance <> v.lapsed AND v.batch NOT IN ("+failedBatches+")")},
		{what: "a customer's balance is the sum of their entries", query: sums(
			"SELECT SUBSTR(e.account, 10) || ' ' || e.asset AS id, e.minor AS want, 0 AS have FROM entry e WHERE e.account >= 'customer:' AND e.account < 'customer;'",
			"SELECT b.customer || ' ' || b.asset, 0, b.minor FROM balance b")},
		{what: "what was reversed of a redemption is the sum of its reversals", query: sums(
			"SELECT r.redemption AS id, r.minor AS want, 0 AS have FROM reversal r",
			"SELECT r.id, 0, r.reversed FROM redemption r WHERE r.reversed <> 0")},
		{what: "the redemptions of an order give what it says", query: sums(
			"SELECT k.id, k.discount + k.paid AS want, 0 AS have FROM checkout k",
			"SELECT r.checkout, 0, r.minor FROM redemption r WHERE EXISTS (SELECT 1 FROM checkout k WHERE k.id = r.checkout)")},
		{what: "an order counts its redemptions that were not wholly reversed", query: sums(
			"SELECT k.id, k.open_uses AS want, 0 AS have FROM checkout k",
			"SELECT r.checkout, 0, 1 FROM redemption r WHERE r.returned = FALSE AND EXISTS (SELECT 1 FROM checkout k WHERE k.id = r.checkout)")},
	}
}

// What a batch's vouchers held was taken back when it was given up.
const failedBatches = "SELECT f.id FROM batch f WHERE f.state = 'failed'"

// counterProofs compares each counter a campaign keeps with its rows, and finds
// counters that no limit keeps.
func counterProofs() []proof {
	var parts []string
	for _, sum := range counterSums {
		kept := "x.campaign IN (SELECT c.id FROM campaign c WHERE c.counted & " + strconv.Itoa(int(sum.bit)) + " <> 0)"
		parts = append(parts, "SELECT y.counter_key AS id, y.used AS want, 0 AS have FROM ("+sum.query(kept)+") AS y")
	}
	return []proof{{what: "a counter counts its rows", query: sums(append(parts, "SELECT k.counter_key, 0, k.used FROM counter k")...)}}
}

func (db *DB) voucherProofs(stored any) []proof {
	isStored := "v.terms " + db.d.any("$1")
	usedUp := "(v.max_uses > 0 AND v.uses >= v.max_uses OR v.balance = 0 AND v.face > 0 AND " + isStored + ")"
	return []proof{
		{what: "a voucher has been used as often as it was redeemed", query: sums(
			"SELECT r.voucher AS id, 1 AS want, 0 AS have FROM redemption r WHERE r.returned = FALSE",
			"SELECT v.id, 0, v.uses FROM voucher v WHERE v.uses <> 0")},
		{what: "a voucher holds what its entries say", args: []any{stored}, query: sums(
			// A voucher made in a chunk has no entry of its own for what it was issued with.
			"SELECT e.voucher AS id, CASE WHEN e.kind = 'issue' AND "+isStored+" THEN e.minor - v.face ELSE e.minor END AS want, 0 AS have"+
				" FROM entry e JOIN voucher v ON v.id = e.voucher WHERE e.account >= 'outstanding:' AND e.account < 'outstanding;' AND e.voucher <> ''",
			"SELECT v.id, CASE WHEN "+isStored+" THEN v.face ELSE 0 END, v.balance - v.lapsed FROM voucher v WHERE v.batch NOT IN ("+failedBatches+")")},
		{what: "a voucher is redeemed when it is used up, and only then", args: []any{stored}, query: "SELECT v.id, CASE WHEN v.state = 'redeemed' THEN 0 ELSE 1 END," +
			" CASE WHEN v.state = 'redeemed' THEN 1 ELSE 0 END FROM voucher v WHERE v.state = 'redeemed' AND NOT " + usedUp + " OR v.state = 'active' AND " + usedUp + " ORDER BY v.id"},
		{what: "a voucher that was ended holds nothing", query: "SELECT v.id, 0, v.balance FROM voucher v WHERE v.state IN ('void', 'deleted') AND v.balance <> 0 ORDER BY v.id"},
		{what: "a code belongs to a voucher", query: "SELECT k.voucher, 1, 0 FROM code k WHERE NOT EXISTS (SELECT 1 FROM voucher v WHERE v.id = k.voucher) ORDER BY k.voucher"},
		{what: "a voucher has one code, unless the code was given to a later one", query: "SELECT x.id, 1, CAST(SUM(x.have) AS BIGINT) FROM (" +
			"SELECT k.voucher AS id, 1 AS have FROM code k WHERE EXISTS (SELECT 1 FROM voucher v WHERE v.id = k.voucher) UNION ALL SELECT v.id, 0 FROM voucher v) AS x GROUP BY x.id" +
			" HAVING SUM(x.have) > 1 OR SUM(x.have) = 0 AND NOT EXISTS (SELECT 1 FROM event e WHERE e.subject = x.id AND e.type = 'code.rebound') ORDER BY x.id"},
		{what: "a reservation belongs to an open hold", query: "SELECT r.subject || ' ' || r.hold, 1, 0 FROM reservation r" +
			" WHERE NOT EXISTS (SELECT 1 FROM hold h WHERE h.id = r.hold AND h.state = 'open') ORDER BY 1"},
		{what: "a redemption, its voucher and its campaign belong together", query: "SELECT r.id, 1, 0 FROM redemption r" +
			" WHERE NOT EXISTS (SELECT 1 FROM voucher v WHERE v.id = r.voucher AND v.campaign = r.campaign AND v.batch = r.batch) ORDER BY r.id"},
	}
}

// webhookProofs find deliveries that nothing would ever send.
func webhookProofs() []proof {
	return []proof{{what: "a delivery that waits has a queue", query: "SELECT d.id, 1, 0 FROM webhook_delivery d WHERE d.state = 'pending'" +
		" AND NOT EXISTS (SELECT 1 FROM webhook_queue q WHERE q.webhook = d.webhook AND q.subject = d.subject) ORDER BY d.id"}}
}
