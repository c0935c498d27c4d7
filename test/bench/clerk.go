package main

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"

	"github.com/scriphq/scrip/internal/id"
)

// clerk does one redemption after the other, as a plain program would: it looks,
// decides and writes row by row, one transaction each.
type clerk struct {
	*floor
	mu       sync.Mutex
	conn     *sql.Conn
	prepared map[string]*sql.Stmt
}

// clerk returns a clerk with a connection of its own, or the one clerk of SQLite:
// waiting for it is cheaper than for the database's lock.
func (f *floor) clerk(ctx context.Context) (*clerk, error) {
	if f.one != nil {
		return f.one, nil
	}
	conn, err := f.db.Conn(ctx)
	return &clerk{floor: f, conn: conn, prepared: map[string]*sql.Stmt{}}, err
}

// Close gives the connection back; the one clerk stays.
func (c *clerk) Close() error {
	if c.one == c {
		return nil
	}
	for _, st := range c.prepared {
		_ = st.Close() // its connection goes on
	}
	return c.conn.Close()
}

// insertAll writes rows by prepared inserts in one transaction.
func (c *clerk) insertAll(ctx context.Context, n int, tables []template, rows []func(int) []any) error {
	tx, err := c.conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // over already when all went well
	for t, table := range tables {
		st, err := tx.PrepareContext(ctx, table.insert())
		if err != nil {
			return err
		}
		for i := range n {
			if _, err := st.ExecContext(ctx, rows[t](i)...); err != nil {
				return err
			}
		}
	}
	return tx.Commit()
}

// step is one statement of a plain transaction.
type step struct {
	sql  string
	args []any
}

// look reads what a redemption has to check.
const look = "SELECT v.id, v.state, v.uses, v.max_uses, v.balance, v.disabled, v.starts_at, v.expires_at, v.holder, v.batch, v.campaign, v.terms" +
	" FROM code k JOIN voucher v ON v.id = k.voucher WHERE k.fingerprint = $1"

// redeem uses the voucher with this fingerprint for a customer and writes what Scrip
// writes: the voucher, the redemption, two entries, the customer's balance
// and the answer under an idempotency key.
func (c *clerk) redeem(ctx context.Context, print, customer string) error {
	return c.transaction(ctx, print, func(voucher string, now int64) []step {
		red := id.New("red")
		entry := c.rows["entry"]
		return append(c.use(voucher, red, customer, now),
			step{entry.insert(), entry.like(map[string]any{"account": "customer/" + customer, "posting": red, "line": int64(0), "voucher": voucher, "redemption": red, "at": now})},
			step{entry.insert(), entry.like(map[string]any{"account": "outstanding/" + voucher, "posting": red, "line": int64(1), "voucher": voucher, "redemption": red, "at": now})},
			step{"UPDATE balance SET minor = minor + $1 WHERE customer = $2", []any{int64(1000), customer}},
		)
	})
}

// count uses a voucher that many use: no money moves.
func (c *clerk) count(ctx context.Context, print, customer string) error {
	return c.transaction(ctx, print, func(voucher string, now int64) []step {
		return c.use(voucher, id.New("red"), customer, now)
	})
}

// use are the statements that every use has.
func (c *clerk) use(voucher, red, customer string, now int64) []step {
	redemption, answer := c.rows["redemption"], c.rows["answer"]
	return []step{
		{"UPDATE voucher SET uses = uses + 1, first_used_at = CASE WHEN first_used_at = 0 THEN $1 ELSE first_used_at END, last_used_at = $2, last_customer = $3," +
			" version = version + 1, updated_at = $4 WHERE id = $5", []any{now, now, customer, now, voucher}},
		{redemption.insert(), redemption.like(map[string]any{"voucher": voucher, "id": red, "checkout": "chk_" + red[4:], "customer": customer, "reference": red, "at": now})},
		{answer.insert(), answer.like(map[string]any{"answer_key": "api:" + fresh(), "sealed": random(answer.length("sealed")), "at": now})},
	}
}

// transaction looks a voucher up, locks it, and runs the steps.
func (c *clerk) transaction(ctx context.Context, print string, steps func(voucher string, now int64) []step) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	query := look
	if !c.sqlite {
		query += " FOR UPDATE OF v"
	}
	tx, err := c.conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // over already when all went well
	voucher, err := c.check(ctx, tx, query, print)
	if err != nil {
		return err
	}
	for _, s := range steps(voucher, time.Now().UnixMicro()) {
		st, err := c.prepare(ctx, s.sql)
		if err != nil {
			return err
		}
		if _, err := tx.StmtContext(ctx, st).ExecContext(ctx, s.args...); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// check is what such a program would look at.
func (c *clerk) check(ctx context.Context, tx *sql.Tx, query, print string) (string, error) {
	var voucher, state, holder, batch, campaign, terms string
	var uses, most, balance, starts, expires int64
	var disabled bool
	st, err := c.prepare(ctx, query)
	if err != nil {
		return "", err
	}
	err = tx.StmtContext(ctx, st).QueryRowContext(ctx, print).Scan(&voucher, &state, &uses, &most, &balance, &disabled, &starts, &expires, &holder, &batch, &campaign, &terms)
	if err == nil && (state != "active" || disabled || most > 0 && uses >= most) {
		err = fmt.Errorf("the floor's voucher is used up: %s, %d of %d", state, uses, most)
	}
	return voucher, err
}

func (c *clerk) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if st := c.prepared[query]; st != nil {
		return st, nil
	}
	st, err := c.conn.PrepareContext(ctx, query)
	if err == nil {
		c.prepared[query] = st
	}
	return st, err
}
