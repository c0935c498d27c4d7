package store

import (
	"encoding/json"
	"errors"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
	"zombiezen.com/go/sqlite"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

// dialect holds everything in which the two databases differ.
type dialect struct {
	name      string
	tokens    *strings.Replacer // of migrations
	forUpdate string
	forShare  string
	claim     string                                              // keeps workers from waiting for each other's rows
	any       func(placeholder string) string                     // "is one of the list"
	list      func(ids []string) any                              // a list as one argument
	single    bool                                                // a list of one is better compared by itself
	fresh     func(t anyTable) string                             // inserts rows that are carried
	one       func(t anyTable) string                             // inserts one
	insert    func(t anyTable) string                             // of bulk's rows
	update    func(t anyTable, keys int, shared []string) string  // by the last columns, which are the keys; see updatePlan
	many      bool                                                // an update takes many rows at once, and fails if it meets too few
	remove    func(t anyTable) string                             // by all columns
	rows      func(alias string, names []string, k []kind) string // bulk's rows as a table
	bulk      func(sql string, k []kind, r cargo) []statement     // the statements that write rows
	classify  func(error) error
	tables    string           // counts the tables of a name
	raced     func(error) bool // another process has just made the same table
	plans     *sync.Map        // by planKey, of one database
}

// of returns the dialect for a database of its own.
func (d dialect) of() *dialect {
	d.plans = &sync.Map{}
	return &d
}

// among returns "is one of ids", said of the first argument, and that argument.
func (d *dialect) among(ids []string) (cond string, arg any) {
	if d.single && len(ids) == 1 { // to take a list apart takes longer than to find a row
		return "= $1", ids[0]
	}
	return d.any("$1"), d.list(ids)
}

var postgres = dialect{
	name:      "postgres",
	tokens:    strings.NewReplacer("{{text}}", `TEXT COLLATE "C"`, "{{fill}}", "WITH (fillfactor = 70)", "{{narrow}}", "", "{{postgres}}", "", "{{now}}", "(EXTRACT(EPOCH FROM NOW()) * 1000000)::BIGINT"),
	forUpdate: " FOR UPDATE",
	forShare:  " FOR SHARE",
	claim:     " FOR UPDATE SKIP LOCKED",
	any:       func(p string) string { return "= ANY(" + p + ")" },
	list:      func(ids []string) any { return ids },
	fresh:     streamText,
	one:       insertOne,
	insert:    insertArrays,
	update:    updateArrays,
	many:      true,
	remove:    removeArrays,
	rows:      unnestRows,
	bulk:      arrayBulk,
	classify:  classifyPostgres,
	tables:    "SELECT COUNT(*) FROM pg_tables WHERE schemaname = CURRENT_SCHEMA() AND tablename = $1",
	raced:     racedPostgres,
}

var sqliteDialect = dialect{
	name:     "sqlite",
	tokens:   strings.NewReplacer("{{text}}", "TEXT", "{{fill}}", "", "{{narrow}}", "WITHOUT ROWID", "{{postgres}}", "-- ", "{{now}}", "CAST(UNIXEPOCH('subsec') * 1000000 AS INTEGER)"),
	any:      func(p string) string { return "IN (SELECT value FROM json_each(" + p + "))" },
	list:     jsonList,
	single:   true,
	fresh:    insertValues,
	one:      insertValues,
	insert:   insertValues,
	update:   updateValues,
	remove:   removeValues,
	rows:     singleRow,
	bulk:     rowByRow,
	classify: classifySQLite,
	tables:   "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = $1",
	raced:    func(error) bool { return false },
}

func jsonList(ids []string) any {
	b, err := json.Marshal(ids)
	if err != nil {
		panic("store: a list of ids cannot be encoded: " + err.Error())
	}
	return string(b)
}

// classifyPostgres turns an error's SQLSTATE into what the engine should do. A
// duplicate of a batch's row means that another process was first.
func classifyPostgres(err error) error {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return err
	}
	switch pg.Code {
	case "40001", "40P01", "55P03", stateNoStatement, stateOtherResult:
		return coupon.ErrRetry.Because(err)
	case "57P01", "57P02", "57P03", "53300":
		return coupon.ErrAway.Because(err)
	case "23505":
		return coupon.ErrMoved.Because(err)
	case "53100", "25006", "58030": // disk full, read only, input or output failed
		return ErrStorage.Because(err)
	case "22012": // see updateArrays
		return errRows
	case "22021": // a zero byte, or what is no UTF-8
		return fault.New(fault.Invalid, "invalid", "This holds characters that are no text.").Because(err)
	}
	return err
}

func racedPostgres(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pg.Code == "42P07" || pg.Code == "42710" || pg.Code == "23505")
}

func classifySQLite(err error) error {
	code := codeSQLite(err)
	switch code {
	case sqlite.ResultConstraintUnique, sqlite.ResultConstraintPrimaryKey:
		return coupon.ErrMoved.Because(err)
	}
	switch code.ToPrimary() {
	case sqlite.ResultBusy, sqlite.ResultLocked:
		return coupon.ErrRetry.Because(err)
	case sqlite.ResultFull, sqlite.ResultReadOnly, sqlite.ResultIOErr, sqlite.ResultCantOpen:
		return ErrStorage.Because(err)
	}
	return err
}
