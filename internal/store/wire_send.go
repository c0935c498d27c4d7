package store

import (
	"encoding/binary"
	"fmt"
	"runtime/debug"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgtype"
)

// sendAtOnce is how many bytes do not wait for more: the database begins with them.
const sendAtOnce = 64 << 10

// keptMost is how many bytes of room a connection keeps for what it sends.
const keptMost = 1 << 20

// send writes the statements. When it fails it ends the connection, for whoever waits for
// answers. It runs where nobody else would catch a panic.
func (w *wire) send(list []statement) (o outcome) {
	at := 0
	defer func() {
		if cause := recover(); cause != nil {
			o.panic = fmt.Sprintf("store: %s: %v\n%s", brief(list[at].sql), cause, debug.Stack())
		}
		if o.err != nil || o.panic != nil {
			w.hangUp()
		}
	}()
	if cap(w.out)+cap(w.buf) > keptMost {
		w.out, w.buf = nil, []byte{}
	}
	w.out = w.out[:0]
	for at = range list {
		if await := list[at].await; await != nil {
			if err := w.flush(0); err != nil { // the database begins with what stands before
				return outcome{err: err}
			}
			if err := await(); err != nil {
				o.late = fmt.Errorf("%s: %w", brief(list[at].sql), err)
				break // what was sent waits in its transaction
			}
		}
		if err := w.statement(&list[at]); err != nil {
			return outcome{err: fmt.Errorf("%s: %w", brief(list[at].sql), err)}
		}
	}
	if w.out, o.err = (&pgproto3.Sync{}).Encode(w.out); o.err != nil {
		return o
	}
	o.err = w.flush(0)
	return o
}

// flush writes the messages that wait, when they have that many bytes.
func (w *wire) flush(from int) error {
	if len(w.out) < from {
		return nil
	}
	_, err := w.conn.Conn().Write(w.out)
	w.out = w.out[:0]
	return err
}

// statement adds the messages of a statement, with its arguments or its rows.
func (w *wire) statement(st *statement) (err error) {
	d := w.prepared[st.sql]
	streamed := st.cargo != nil && len(d.ParamOIDs) == 0
	if err := w.bind(d, st, streamed); err != nil {
		return err
	}
	bind := pgproto3.Bind{PreparedStatement: d.Name, Parameters: w.values, ParameterFormatCodes: w.formats, ResultFormatCodes: d.results}
	if w.out, err = bind.Encode(w.out); err != nil {
		return err
	}
	if w.out, err = (&pgproto3.Execute{}).Encode(w.out); err != nil {
		return err
	}
	if streamed {
		return w.ship(st.cargo)
	}
	return w.flush(sendAtOnce)
}

// bind encodes a statement's arguments: its own, or the one row that it has with it.
func (w *wire) bind(d *plan, st *statement, streamed bool) error {
	w.buf, w.values, w.formats = w.buf[:0], w.values[:0], w.formats[:0]
	n := len(st.args)
	if st.cargo != nil && !streamed {
		n = st.cargo.fields()
	}
	if len(d.ParamOIDs) != n {
		return fmt.Errorf("store: %d arguments, not %d", n, len(d.ParamOIDs))
	}
	for i := range n {
		from, format := len(w.buf), int16(pgx.BinaryFormatCode)
		if st.cargo != nil {
			w.buf = st.cargo.append(w.buf, 0, i)
			from += 4 // the length, which stands before an element
		} else {
			var err error
			if format, err = w.put(d.ParamOIDs[i], st.args[i]); err != nil {
				return err
			}
		}
		w.values, w.formats = append(w.values, w.buf[from:len(w.buf):len(w.buf)]), append(w.formats, format)
	}
	return nil
}

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
