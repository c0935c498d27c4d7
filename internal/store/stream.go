package store

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// stream inserts many rows by PostgreSQL's COPY, which takes them as they come: to put
// arrays together, take them apart and make room row by row is a third of an INSERT.
func stream(t anyTable, r cargo) statement {
	return statement{sql: "COPY " + t.name + " (" + strings.Join(t.columns, ", ") + ") FROM STDIN (FORMAT binary)", stream: &rowReader{rows: r, fields: len(t.columns)}, rows: int64(r.count())}
}

// streamed runs the streams of a list, each a round trip of its own, and returns what is
// left of it.
func streamed(ctx context.Context, conn *pgx.Conn, list []statement) ([]statement, error) {
	for i := range list {
		st := &list[i]
		if st.stream == nil {
			continue
		}
		tag, err := conn.PgConn().CopyFrom(ctx, io.MultiReader(strings.NewReader(streamHead), st.stream, strings.NewReader(streamEnd)), st.sql)
		if err == nil {
			err = st.changed(tag.RowsAffected())
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", brief(st.sql), err)
		}
	}
	return slices.DeleteFunc(list, func(st statement) bool { return st.stream != nil }), nil
}

// What stands before and after the rows: a signature, no flags, nothing more in the head;
// and no further row. See PostgreSQL's manual, COPY, "Binary Format".
const (
	streamHead = "PGCOPY\n\377\r\n\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x00"
	streamEnd  = "\xff\xff"
)

// streamPiece is how many bytes of rows are put together at a time.
const streamPiece = 32 << 10

// rowReader reads rows in COPY's binary format: the number of fields, and each field as
// an element of an array.
type rowReader struct {
	rows   cargo
	fields int
	next   int // row to put together
	buf    []byte
	rest   []byte // of buf: what was not read yet
}

// Read implements io.Reader.
func (r *rowReader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		r.buf = r.buf[:0]
		for n := r.rows.count(); r.next < n && len(r.buf) < streamPiece; r.next++ {
			r.buf = binary.BigEndian.AppendUint16(r.buf, uint16(r.fields))
			for col := range r.fields {
				r.buf = r.rows.append(r.buf, r.next, col)
			}
		}
		r.rest = r.buf
	}
	if len(r.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}
