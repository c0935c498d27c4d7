package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// enough is how many redemptions a second pgbench is given work for.
const enough = 4_000

// second has pgbench do what the plain program does, as a second opinion of the floor
// that it is: the same statements, prepared, by as many clients.
func (b *bench) second(ctx context.Context, plain float64) error {
	if b.rivals.sqlite {
		return nil
	}
	program, err := exec.LookPath("pgbench")
	if err != nil {
		b.report.say("pgbench is not installed here: there is no second opinion of the one-by-one floor.")
		return nil
	}
	script := filepath.Join(b.data, "redeem.sql")
	if err := os.WriteFile(script, []byte(b.rivals.script()), 0o600); err != nil {
		return err
	}
	n := min(len(b.rivals.prints)/2, int(enough*b.turn.Seconds())) / clerks
	if err := b.rivals.pick(ctx, n*clerks); err != nil {
		return err
	}
	out, err := exec.CommandContext(ctx, program, "--no-vacuum", "--protocol=prepared", "--define=k=-1", "--client="+strconv.Itoa(clerks),
		"--transactions="+strconv.Itoa(n), "--file="+script, b.rivals.url).CombinedOutput()
	if err != nil {
		return fmt.Errorf("pgbench: %w\n%s", err, out)
	}
	rate := regexp.MustCompile(`tps = ([0-9.]+)`).FindSubmatch(out)
	if rate == nil {
		return fmt.Errorf("pgbench says no rate:\n%s", out)
	}
	tps, err := strconv.ParseFloat(string(rate[1]), 64)
	b.report.say(fmt.Sprintf("A second opinion of the one-by-one floor on PostgreSQL: pgbench does %.0f redemptions a second, this program %.0f (%.2f).", tps, plain, plain/tps))
	return err
}

// pick gives pgbench unused vouchers, by number.
func (f *floor) pick(ctx context.Context, n int) error {
	conn, err := pgx.Connect(ctx, f.url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, `CREATE TABLE pick (n BIGINT PRIMARY KEY, fingerprint TEXT COLLATE "C" NOT NULL, holder TEXT COLLATE "C" NOT NULL)`); err != nil {
		return err
	}
	row := func(i int) ([]any, error) { return []any{int64(i), f.prints[i], f.holders[i%customers]}, nil }
	_, err = conn.CopyFrom(ctx, pgx.Identifier{"pick"}, []string{"n", "fingerprint", "holder"}, pgx.CopyFromSlice(n, row))
	f.prints = f.prints[n:]
	return err
}

// script is clerk.redeem for pgbench.
func (f *floor) script() string {
	const now, red = "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::BIGINT", "'red_' || LPAD(:n::TEXT, 26, '0')"
	entry := func(account, line string) string {
		return f.rows["entry"].literal(map[string]string{"account": account, "posting": red, "line": line, "voucher": ":voucher", "redemption": red, "at": now})
	}
	seen := strings.NewReplacer(" FROM code k ", " FROM pick p JOIN code k ON k.fingerprint = p.fingerprint ", "SELECT v.id,", "SELECT v.id AS voucher, p.holder AS customer,",
		", v.holder,", ",", "k.fingerprint = $1", "p.n = :n").Replace(look)
	return strings.Join([]string{
		`\set k :k + 1`,
		`\set n :k * ` + strconv.Itoa(clerks) + ` + :client_id`,
		"BEGIN;",
		seen + ` FOR UPDATE OF v \gset`,
		"UPDATE voucher SET uses = uses + 1, first_used_at = CASE WHEN first_used_at = 0 THEN " + now + " ELSE first_used_at END, last_used_at = " + now +
			", last_customer = :customer, version = version + 1, updated_at = " + now + " WHERE id = :voucher;",
		f.rows["redemption"].literal(map[string]string{"voucher": ":voucher", "id": red, "checkout": "'chk_' || LPAD(:n::TEXT, 26, '0')", "customer": ":customer", "reference": red, "at": now}),
		f.rows["answer"].literal(map[string]string{"answer_key": "'api ' || LPAD(TO_HEX((EXTRACT(EPOCH FROM CLOCK_TIMESTAMP()) * 1000)::BIGINT), 12, '0') || MD5(:n::TEXT)", "sealed": fmt.Sprintf("REPEAT(MD5(random()::TEXT), %d)", 1+f.rows["answer"].length("sealed")/32), "at": now}),
		entry("'customer/' || :customer", "0"), entry("'outstanding/' || :voucher", "1"),
		"UPDATE balance SET minor = minor + 1000 WHERE customer = :customer;",
		"COMMIT;",
	}, "\n") + "\n"
}

// literal is an insert of the row with some of its values given as SQL. A colon would
// begin the name of a variable of pgbench.
func (t template) literal(change map[string]string) string {
	values := make([]string, len(t.columns))
	for i, c := range t.columns {
		switch v := t.values[i].(type) {
		case string:
			values[i] = "'" + strings.NewReplacer("'", "''", ":", ": ").Replace(v) + "'"
		default:
			values[i] = fmt.Sprint(v)
		}
		if sql, ok := change[c]; ok {
			values[i] = sql
		}
	}
	return "INSERT INTO " + t.table + " (" + strings.Join(t.columns, ", ") + ") VALUES (" + strings.Join(values, ", ") + ");"
}
