package store

import (
	"context"

	"github.com/scriphq/scrip/internal/coupon"
)

// CreateImport adds an upload.
func (db *DB) CreateImport(ctx context.Context, i coupon.Import) error {
	var w writes
	insert(&w, db.d, importTable, []*coupon.Import{&i})
	return db.apply(ctx, w)
}

var importChange = importTable.pick(1, "id", "description", "size", "hash", "state", "row_count", "error_count", "error", "batch", "job", "earlier", "updated_at")

// SaveImport changes what was found out about an upload, and what becomes of it.
func (db *DB) SaveImport(ctx context.Context, i coupon.Import) error {
	var w writes
	update(&w, db.d, importChange, []*coupon.Import{&i})
	return gone(db.apply(ctx, w), "import")
}

// Import returns an upload.
func (db *DB) Import(ctx context.Context, id string) (coupon.Import, error) {
	return one(oneOf(ctx, db, "import", importTable, "WHERE id = $1", id))
}

// Imports lists the uploads for a campaign, or all, the newest first.
func (db *DB) Imports(ctx context.Context, c coupon.CampaignID, p coupon.Paging) (coupon.Page[coupon.Import], error) {
	l := listing[coupon.Import]{
		find:  find{from: "SELECT " + importTable.names("i") + " FROM import i"},
		order: newest(by{"i.id", kindText}), into: importTable.into,
		key: func(i *coupon.Import) []any { return []any{i.ID} },
	}
	same(&l.find, "i.campaign", c)
	return page(ctx, db, &l, p)
}

// ImportOfBatch returns the id of the upload that a campaign's batch was made of, "" when
// there is none.
func (db *DB) ImportOfBatch(ctx context.Context, c coupon.CampaignID, b coupon.BatchID) (string, error) {
	rows, err := fetch(ctx, db, func(id *string) []any { return []any{id} },
		"SELECT id FROM import WHERE campaign = $1 AND batch = $2 ORDER BY id DESC LIMIT 1", string(c), string(b))
	if err != nil || len(rows) == 0 {
		return "", err
	}
	return rows[0], nil
}

// ImportTwin returns the last earlier upload of the same file for the same campaign,
// "" when there is none. Uploads that failed or were cancelled do not count.
func (db *DB) ImportTwin(ctx context.Context, c coupon.CampaignID, hash string) (string, error) {
	rows, err := fetch(ctx, db, func(id *string) []any { return []any{id} },
		"SELECT id FROM import WHERE hash = $1 AND campaign = $2 AND state NOT IN ('failed', 'cancelled') ORDER BY id DESC LIMIT 1", hash, string(c))
	if err != nil || len(rows) == 0 {
		return "", err
	}
	return rows[0], nil
}

// bulkRows is how many rows are copied, or looked for, at a time.
const bulkRows = 5000

// AddImportRows adds lines of an upload. A line that is there already stays as it
// is, so a chunk may be written again.
func (db *DB) AddImportRows(ctx context.Context, rows []coupon.ImportRow) error {
	var w writes
	insertNew(&w, db.d, importRowTable, pointers(rows))
	return db.apply(ctx, w)
}

// ImportRows lists the lines of an upload by number, all or the faulty ones.
func (db *DB) ImportRows(ctx context.Context, id string, onlyErrors bool, p coupon.Paging) (coupon.Page[coupon.ImportRow], error) {
	l := listing[coupon.ImportRow]{
		find:  find{from: "SELECT " + importRowTable.names("r") + " FROM import_row r"},
		order: oldest(by{"r.number", kindNumber}), into: importRowTable.into,
		key: func(r *coupon.ImportRow) []any { return []any{r.Number} },
	}
	l.where("r.import = ?", id)
	if onlyErrors {
		l.where("r.reason <> ''")
	}
	return page(ctx, db, &l, p)
}

// EachImportRow returns the lines behind a number, at most limit, faulty ones too; fewer
// only at the end. Its queries are bounded above for the reason that EachVoucher has.
func (db *DB) EachImportRow(ctx context.Context, id string, after int64, limit int) ([]coupon.ImportRow, error) {
	top, err := figure(ctx, db, "SELECT COALESCE(MAX(number), 0) FROM import_row WHERE import = $1", id)
	var out []coupon.ImportRow
	for err == nil && after < top && len(out) < limit {
		upTo := after + int64(limit-len(out))
		var rows []coupon.ImportRow
		rows, err = query(ctx, db, importRowTable, "WHERE import = $1 AND number > $2 AND number <= $3 ORDER BY number", id, after, upTo)
		out, after = append(out, rows...), upTo
	}
	return out, err
}

// TakenCodes returns which fingerprints are those of a code that was ever used.
func (db *DB) TakenCodes(ctx context.Context, fingerprints []string) (map[string]bool, error) {
	out := map[string]bool{}
	for len(fingerprints) > 0 {
		n := min(len(fingerprints), bulkRows)
		rows, err := fetch(ctx, db, func(f *string) []any { return []any{f} },
			"SELECT fingerprint FROM code WHERE fingerprint "+db.d.any("$1"), db.d.list(fingerprints[:n]))
		if err != nil {
			return nil, err
		}
		for _, f := range rows {
			out[f] = true
		}
		fingerprints = fingerprints[n:]
	}
	return out, nil
}

// DropImportRows deletes the lines of an upload, in chunks.
func (db *DB) DropImportRows(ctx context.Context, id string) error {
	return db.inChunks(ctx, "DELETE FROM import_row WHERE import = $1 AND number IN (SELECT number FROM import_row WHERE import = $1 ORDER BY number LIMIT $2)", id)
}
