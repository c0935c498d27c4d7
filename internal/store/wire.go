package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgtype"
)

// wire is what a PostgreSQL connection keeps between pipelines. It writes arguments and
// reads rows in the binary format itself: of pgx's way, which works for any type, more
// time went into finding out what to do than into doing it.
type wire struct {
	conn     *pgconn.PgConn
	prepared map[string]*plan // by the text, of which the program has a few hundred
	named    int              // statements that were given a name
	out      []byte           // messages to send
	buf      []byte           // arguments of one; never nil, for an empty text is no null
	values   [][]byte
	formats  []int16
}

// plan is a statement that the database has prepared.
type plan struct {
	*pgconn.StatementDescription
	results []int16 // the format of each column: binary for numbers and flags
}

// wireOf returns what the connection keeps.
func wireOf(conn *pgx.Conn) *wire {
	kept := conn.PgConn().CustomData()
	w, ok := kept["scrip"].(*wire)
	if !ok {
		w = &wire{conn: conn.PgConn(), prepared: map[string]*plan{}, buf: []byte{}}
		kept["scrip"] = w
	}
	return w
}

// pipeline sends all statements and reads what each answers, in one round trip. After the
// first that the database refuses it passes over the others; what is found wrong here, in an
// answer, comes too late for that.
func (w *wire) pipeline(ctx context.Context, list []statement) error {
	if err := ctx.Err(); err != nil || len(list) == 0 {
		return err
	}
	if err := w.prepare(ctx, list); err != nil {
		return w.stale(err)
	}
	var sending sync.WaitGroup
	var sent outcome
	ready := false
	stop := context.AfterFunc(ctx, w.hangUp)
	defer func() {
		if !stop() || !ready { // given up, or nobody knows what else would come
			w.cut()
		}
		sending.Wait()
	}()
	sending.Go(func() { sent = w.send(list) }) // or both sides might wait for the other to read
	failed, lost := w.receive(list)
	if lost != nil {
		w.cut()
		lost = errors.Join(ctx.Err(), lost)
	}
	sending.Wait()
	if sent.panic != nil {
		panic(sent.panic)
	}
	ready = lost == nil && sent.err == nil
	return w.stale(errors.Join(failed, lost, sent.err, sent.late))
}

// outcome is what became of sending.
type outcome struct {
	err   error
	late  error // a statement's rows were never complete: it and those behind it were not sent
	panic any
}

// hangUp ends a connection without a word. Whoever waits for an answer gets none; pgx then
// asks the database to stop what it is at.
func (w *wire) hangUp() { _ = w.conn.Conn().Close() }

// cut gives a connection up; the pool drops it.
func (w *wire) cut() {
	w.hangUp()
	_ = w.conn.Close(context.Background())
}

// stale gives a connection up whose prepared statements the database does not have any
// more, or whose tables have changed.
func (w *wire) stale(err error) error {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && (pg.Code == stateNoStatement || pg.Code == stateOtherResult) {
		_ = w.conn.Close(context.Background()) // the pool drops a closed connection
	}
	return err
}

// The SQLSTATEs of a prepared statement that is not there, or has another result now.
const (
	stateNoStatement = "26000"
	stateOtherResult = "0A000"
)

// prepare has the statements planned that this connection has not seen yet, in one round trip.
func (w *wire) prepare(ctx context.Context, list []statement) error {
	var fresh []string
	for i := range list {
		if text := list[i].sql; w.prepared[text] == nil && !slices.Contains(fresh, text) {
			fresh = append(fresh, text)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	p := w.conn.StartPipeline(ctx)
	for i, text := range fresh {
		p.SendPrepare(w.name(i), text, nil)
	}
	err := p.Sync()
	for i := 0; i < len(fresh) && err == nil; i++ {
		var result any
		if result, err = p.GetResults(); err != nil {
			err = fmt.Errorf("%s: %w", brief(fresh[i]), err)
			break
		}
		w.prepared[fresh[i]] = newPlan(w.name(i), result.(*pgconn.StatementDescription))
	}
	w.named += len(fresh)
	return errors.Join(err, p.Close())
}

// name is the name of the i-th statement after those that have one.
func (w *wire) name(i int) string { return "scrip_" + strconv.Itoa(w.named+i) }

func newPlan(name string, d *pgconn.StatementDescription) *plan {
	d.Name = name
	out := &plan{d, make([]int16, len(d.Fields))}
	for i, f := range d.Fields {
		if f.DataTypeOID == pgtype.Int8OID || f.DataTypeOID == pgtype.BoolOID {
			out.results[i] = pgx.BinaryFormatCode
		}
	}
	return out
}

// receive reads the answers until the database is ready for what comes next. failed is the
// first statement's that went wrong; when the connection is lost nothing more can be read.
func (w *wire) receive(list []statement) (failed, lost error) {
	for at := 0; ; {
		message, err := w.conn.ReceiveMessage(context.Background())
		if err != nil {
			return failed, err
		}
		var wrong error
		st := &list[min(at, len(list)-1)]
		switch m := message.(type) {
		case *pgproto3.ReadyForQuery:
			return failed, nil
		case *pgproto3.ErrorResponse:
			wrong = pgconn.ErrorResponseToPgError(m)
		case *pgproto3.DataRow:
			if st.each != nil && failed == nil {
				wrong = st.each(func(dest ...any) error { return w.prepared[st.sql].scan(m.Values, dest) })
			}
		case *pgproto3.CommandComplete:
			wrong = st.over(pgconn.NewCommandTag(string(m.CommandTag)))
			at++
		}
		if failed == nil && wrong != nil {
			failed = fmt.Errorf("%s: %w", brief(st.sql), wrong)
		}
	}
}

// over looks at how a statement ended.
func (st *statement) over(tag pgconn.CommandTag) error {
	switch {
	case st.sql == commit.sql && tag.String() != commit.sql:
		return errFailed
	case st.each != nil:
		return nil
	}
	return st.changed(tag.RowsAffected())
}

// scan reads a row.
func (d *plan) scan(row [][]byte, dest []any) error {
	if len(dest) != len(row) {
		return fmt.Errorf("store: %d columns were read for %d", len(row), len(dest))
	}
	for i, to := range dest {
		if err := take(row[i], d.results[i], to); err != nil {
			return fmt.Errorf("%s: %w", d.Fields[i].Name, err)
		}
	}
	return nil
}

// take reads a value into what a column gave for it.
func take(raw []byte, format int16, to any) error {
	switch to := to.(type) {
	case *string:
		*to = string(raw)
	case *int64:
		return takeNumber(raw, format, to)
	case *bool:
		return takeFlag(raw, format, to)
	case timeInto:
		var n int64
		err := takeNumber(raw, format, &n)
		*to.t = fromMicros(n)
		return err
	case *any: // derived: never read back
	case docInto:
		return json.Unmarshal(raw, to.v)
	case sql.Scanner:
		if raw == nil {
			return to.Scan(nil)
		}
		return to.Scan(string(raw))
	default:
		return fmt.Errorf("store: nothing is read into %T", to)
	}
	return nil
}

func takeNumber(raw []byte, format int16, to *int64) error {
	if format == pgx.BinaryFormatCode && len(raw) == 8 {
		*to = int64(binary.BigEndian.Uint64(raw))
		return nil
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	*to = n
	return err
}

func takeFlag(raw []byte, format int16, to *bool) error {
	if format == pgx.BinaryFormatCode && len(raw) == 1 {
		*to = raw[0] == 1
		return nil
	}
	return fmt.Errorf("store: a flag of %d bytes", len(raw))
}
