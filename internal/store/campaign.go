package store

import (
	"context"
	"slices"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
)

// Campaign returns a campaign with the terms it issues under.
func (db *DB) Campaign(ctx context.Context, id coupon.CampaignID) (coupon.CampaignView, error) {
	c, err := one(oneOf(ctx, db, "campaign", campaignTable, "WHERE id = $1", string(id)))
	if err != nil {
		return coupon.CampaignView{}, err
	}
	return db.withDoc(ctx, c)
}

// Issued reports whether a campaign has a voucher, of a batch that is under way too.
func (db *DB) Issued(ctx context.Context, id coupon.CampaignID) (bool, error) {
	n, err := figure(ctx, db, "SELECT COUNT(*) FROM (SELECT id FROM voucher WHERE campaign = $1 LIMIT 1) AS x", string(id))
	return n > 0, err
}

// StandingRefill returns the refill campaign that set-up made: the oldest active one.
func (db *DB) StandingRefill(ctx context.Context) (coupon.CampaignView, error) {
	c, err := one(oneOf(ctx, db, "refill campaign", campaignTable, "WHERE kind = $1 AND state = $2 ORDER BY id LIMIT 1", string(coupon.KindRefill), string(coupon.CampaignActive)))
	if err != nil {
		return coupon.CampaignView{}, err
	}
	return db.withDoc(ctx, c)
}

func (db *DB) withDoc(ctx context.Context, c coupon.Campaign) (coupon.CampaignView, error) {
	terms, err := db.termsOf(ctx, []coupon.TermsID{c.Terms})
	if err != nil {
		return coupon.CampaignView{}, err
	}
	return coupon.CampaignView{Campaign: c, Doc: terms.doc(c.Terms)}, nil
}

// Campaigns lists campaigns, the newest first.
func (db *DB) Campaigns(ctx context.Context, f coupon.CampaignFilter, p coupon.Paging) (coupon.Page[coupon.CampaignView], error) {
	l := listing[coupon.Campaign]{
		find:  find{from: "SELECT " + campaignTable.names("c") + " FROM campaign c"},
		order: newest(by{"c.id", kindText}), into: campaignTable.into,
		key: func(c *coupon.Campaign) []any { return []any{c.ID} },
	}
	same(&l.find, "c.kind", f.Kind)
	same(&l.find, "c.state", f.State)
	if word := nameKey(f.Search); word != "" {
		l.where("(c.name_key LIKE ? ESCAPE '!' OR c.name_key LIKE ? ESCAPE '!')", escaped.Replace(word)+"%", "% "+escaped.Replace(word)+"%")
	}
	rows, err := page(ctx, db, &l, p)
	if err != nil {
		return coupon.Page[coupon.CampaignView]{}, err
	}
	ids := make([]coupon.TermsID, len(rows.Rows))
	for i := range rows.Rows {
		ids[i] = rows.Rows[i].Terms
	}
	terms, err := db.termsOf(ctx, ids)
	if err != nil {
		return coupon.Page[coupon.CampaignView]{}, err
	}
	return mapped(rows, func(c coupon.Campaign) coupon.CampaignView {
		return coupon.CampaignView{Campaign: c, Doc: terms.doc(c.Terms)}
	}), nil
}

// mapped returns a page of what f makes of each row.
func mapped[A, B any](p coupon.Page[A], f func(A) B) coupon.Page[B] {
	out := coupon.Page[B]{Next: p.Next, Prev: p.Prev, Rows: make([]B, len(p.Rows))}
	for i := range p.Rows {
		out.Rows[i] = f(p.Rows[i])
	}
	return out
}

// oneOf reads rows of a noun for one.
func oneOf[R any](ctx context.Context, db *DB, noun string, t *table[R], tail string, args ...any) (string, []R, error) {
	rows, err := query(ctx, db, t, tail, args...)
	return noun, rows, err
}

// termsByID are terms as they are kept in memory.
type termsByID map[coupon.TermsID]*coupon.Terms

func (m termsByID) doc(id coupon.TermsID) coupon.TermsDoc {
	if t := m[id]; t != nil {
		return t.Doc
	}
	return coupon.TermsDoc{}
}

func (db *DB) termsOf(ctx context.Context, ids []coupon.TermsID) (termsByID, error) {
	s, k := coupon.NewState(), &coupon.Keys{Terms: ids}
	k.Tidy()
	err := (&reader{db, db.links}).run(ctx, db.loadTerms(nil, s, k))
	return s.Terms, db.d.classify(err)
}

// policiesFresh is how long a mistyped code may be judged by yesterday's policies;
// policiesMax bounds what every wrong code is compared with.
const (
	policiesFresh = 10 * time.Second
	policiesMax   = 500
)

// CodePolicies returns the distinct policies with a check character that codes were
// made under, those in use last first: of the last 500 policies, at most ten seconds old.
func (db *DB) CodePolicies(ctx context.Context) ([]coupon.CodePolicy, error) {
	return db.policies.get(policiesFresh, func() ([]coupon.CodePolicy, error) { return db.codePolicies(ctx) })
}

func (db *DB) codePolicies(ctx context.Context) ([]coupon.CodePolicy, error) {
	all, err := fetch(ctx, db, func(p *coupon.CodePolicy) []any { return []any{docInto{p}, new(any)} },
		"SELECT code, MAX(created_at) AS made_at FROM (SELECT code, created_at FROM batch UNION ALL SELECT code, created_at FROM campaign) AS x"+
			" GROUP BY code ORDER BY made_at DESC LIMIT $1", int64(policiesMax))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(p coupon.CodePolicy) bool { return !p.Check }), nil
}
