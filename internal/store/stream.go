package store

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"
)

// stream inserts many rows by PostgreSQL's COPY, which takes them as they come: to put
// arrays together, take them apart and make room row by row is a third of an INSERT.
func stream(t anyTable, r cargo) statement {
	return statement{sql: "COPY " + t.name + " (" + strings.Join(t.columns, ", ") + ") FROM STDIN (FORMAT binary)", stream: &shipment{r, len(t.columns)}, rows: int64(r.count())}
}

// run sends statements in order: those between two streams in one round trip.
func (w *wire) run(ctx context.Context, list []statement) error {
	for len(list) > 0 {
		n := slices.IndexFunc(list, func(st statement) bool { return st.stream != nil })
		var err error
		switch n {
		case -1:
			return w.pipeline(ctx, list)
		case 0:
			n, err = 1, w.stream(ctx, &list[0])
		default:
			err = w.pipeline(ctx, list[:n])
		}
		if err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// stream sends the rows of a statement.
func (w *wire) stream(ctx context.Context, st *statement) error {
	tag, err := w.conn.CopyFrom(ctx, st.stream.reader(), st.sql)
	if err == nil {
		err = st.changed(tag.RowsAffected())
	}
	if err != nil {
		return fmt.Errorf("%s: %w", brief(st.sql), err)
	}
	return nil
}

// What stands before and after the rows: a signature, no flags, nothing more in the head;
// and no further row. See PostgreSQL's manual, COPY, "Binary Format".
const (
	streamHead = "PGCOPY\n\377\r\n\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x00"
	streamEnd  = "\xff\xff"
)

const (
	// streamRows is how many rows of a table go in arrays at most: a batch of what people ask
	// writes no more of any, and keeps its one round trip.
	streamRows = 1024
	// streamPiece is how many bytes of rows are put together at a time.
	streamPiece = 32 << 10
)

// shipment is the rows of a stream.
type shipment struct {
	cargo
	fields int
}

// reader reads them as a file, from its beginning: a transaction may run again.
func (s *shipment) reader() io.Reader {
	return io.MultiReader(strings.NewReader(streamHead), &rowReader{shipment: s}, strings.NewReader(streamEnd))
}

// rowReader reads rows in COPY's binary format: the number of fields, and each field as
// an element of an array.
type rowReader struct {
	*shipment
	next int // row to put together
	buf  []byte
	rest []byte // of buf: what was not read yet
}

// Read implements io.Reader. The connection calls it where nobody else would catch a panic.
func (r *rowReader) Read(p []byte) (n int, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			n, err = 0, fmt.Errorf("store: row %d of %d panicked: %v", r.next+1, r.count(), cause)
		}
	}()
	if len(r.rest) == 0 {
		r.fill()
	}
	if len(r.rest) == 0 {
		return 0, io.EOF
	}
	n = copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// fill puts the next rows together; there are none after the last.
func (r *rowReader) fill() {
	r.buf = r.buf[:0]
	for n := r.count(); r.next < n && len(r.buf) < streamPiece; r.next++ {
		r.buf = binary.BigEndian.AppendUint16(r.buf, uint16(r.fields))
		for col := range r.fields {
			r.buf = r.append(r.buf, r.next, col)
		}
	}
	r.rest = r.buf
}
