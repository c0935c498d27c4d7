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

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// wire is what a PostgreSQL connection keeps between pipelines. It writes arguments and
// reads rows in the binary format itself: of pgx's way, which works for any type, more
// time went into finding out what to do than into doing it.
type wire struct {
	conn     *pgconn.PgConn
	prepared map[string]*plan // by the text, of which the program has a few hundred
	named    int              // statements that were given a name
	buf      []byte
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
		w = &wire{conn: conn.PgConn(), prepared: map[string]*plan{}}
		kept["scrip"] = w
	}
	return w
}

// pipeline sends all statements and then reads what each answers. After the first
// that fails the database passes over the others.
func (w *wire) pipeline(ctx context.Context, list []statement) error {
	if err := w.prepare(ctx, list); err != nil {
		return w.stale(err)
	}
	p := w.conn.StartPipeline(ctx)
	for i := range list {
		if err := w.send(p, &list[i]); err != nil {
			_ = p.Close() // gives the connection up, unless that has happened
			return fmt.Errorf("%s: %w", brief(list[i].sql), err)
		}
	}
	err := p.Sync()
	for i := range list {
		if err == nil {
			err = w.receive(p, &list[i])
		}
		if err != nil {
			_ = p.Close() // says the same again
			return w.stale(fmt.Errorf("%s: %w", brief(list[i].sql), err))
		}
	}
	return p.Close()
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

// send writes a statement with its arguments.
func (w *wire) send(p *pgconn.Pipeline, st *statement) error {
	d := w.prepared[st.sql]
	if len(d.ParamOIDs) != len(st.args) {
		return fmt.Errorf("store: %d arguments, not %d", len(st.args), len(d.ParamOIDs))
	}
	w.buf, w.values, w.formats = w.buf[:0], w.values[:0], w.formats[:0]
	for i, arg := range st.args {
		from := len(w.buf)
		format, err := w.put(d.ParamOIDs[i], arg)
		if err != nil {
			return err
		}
		w.values, w.formats = append(w.values, w.buf[from:len(w.buf):len(w.buf)]), append(w.formats, format)
	}
	p.SendQueryStatement(d.StatementDescription, w.values, w.formats, d.results)
	if len(w.buf) < sendAtOnce {
		return nil
	}
	return p.Flush() // the database begins with it
}

// sendAtOnce is how many bytes of arguments do not wait for those of the next statement.
const sendAtOnce = 64 << 10

// put appends an argument and returns its format.
func (w *wire) put(oid uint32, arg any) (int16, error) {
	switch v := arg.(type) {
	case array:
		w.buf = v.append(w.buf)
		return pgx.BinaryFormatCode, nil
	case []string:
		w.buf = appendTexts(w.buf, v)
		return pgx.BinaryFormatCode, nil
	case string:
		w.buf = append(w.buf, v...)
		return pgx.TextFormatCode, nil
	case bool:
		w.buf = strconv.AppendBool(w.buf, v)
		return pgx.TextFormatCode, nil
	case int64:
		if oid != pgtype.Int8OID {
			w.buf = strconv.AppendInt(w.buf, v, 10)
			return pgx.TextFormatCode, nil
		}
		w.buf = binary.BigEndian.AppendUint64(w.buf, uint64(v))
		return pgx.BinaryFormatCode, nil
	}
	return 0, fmt.Errorf("store: an argument is a %T", arg)
}

// array is a column of rows that are written together.
type array struct {
	rows cargo
	col  int
	kind kind
}

// The object ids of an array's elements, by kind.
var elementOID = [...]uint32{kindText: pgtype.TextOID, kindNumber: pgtype.Int8OID, kindFlag: pgtype.BoolOID}

func (a array) append(buf []byte) []byte {
	n := a.rows.count()
	buf = appendHead(buf, elementOID[a.kind], n)
	for i := range n {
		buf = a.rows.append(buf, i, a.col)
	}
	return buf
}

func appendHead(buf []byte, element uint32, n int) []byte {
	dimensions := uint32(1)
	if n == 0 {
		dimensions = 0
	}
	buf = binary.BigEndian.AppendUint32(buf, dimensions)
	buf = binary.BigEndian.AppendUint32(buf, 0) // holds no null
	buf = binary.BigEndian.AppendUint32(buf, element)
	if n == 0 {
		return buf
	}
	buf = binary.BigEndian.AppendUint32(buf, uint32(n))
	return binary.BigEndian.AppendUint32(buf, 1) // the first index
}

func appendTexts(buf []byte, list []string) []byte {
	buf = appendHead(buf, pgtype.TextOID, len(list))
	for _, s := range list {
		buf = appendText(buf, s)
	}
	return buf
}

// The elements of an array: their lengths, then what they are.

func appendText(buf []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint32(buf, uint32(len(s))), s...)
}

func appendNumber(buf []byte, n int64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(buf, 8), uint64(n))
}

func appendFlag(buf []byte, yes bool) []byte {
	b := byte(0)
	if yes {
		b = 1
	}
	return append(binary.BigEndian.AppendUint32(buf, 1), b)
}

// receive reads what a statement answered.
func (w *wire) receive(p *pgconn.Pipeline, st *statement) error {
	result, err := p.GetResults()
	if err != nil {
		return err
	}
	r, ok := result.(*pgconn.ResultReader)
	if !ok {
		return fmt.Errorf("store: the database answers %T", result)
	}
	d := w.prepared[st.sql]
	for st.each != nil && err == nil && r.NextRow() {
		row := r.Values()
		err = st.each(func(dest ...any) error { return d.scan(row, dest) })
	}
	tag, closed := r.Close()
	switch {
	case err != nil:
		return err
	case closed != nil:
		return closed
	case st.each != nil:
		return nil
	case st.sql == commit.sql && tag.String() != commit.sql:
		return errFailed
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
