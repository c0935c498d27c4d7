package store

import (
	"encoding/binary"
	"strings"

	"github.com/jackc/pgx/v5/pgproto3"
)

// PostgreSQL takes new rows by COPY, one after the other as they come: to put arrays together,
// take them apart and make room for each row is a fifth of an INSERT. The rows of a COPY travel
// behind it in the same pipeline; if it fails, or is passed over, the database throws them away.
// See PostgreSQL's manual, "Message Flow", "COPY Operations".

// streamText is the statement that inserts rows of a table as they come.
func streamText(t anyTable) string {
	return "COPY " + t.name + " (" + strings.Join(t.columns, ", ") + ") FROM STDIN (FORMAT binary)"
}

// What stands before and after the rows: a signature, no flags, nothing more in the head;
// and no further row. See PostgreSQL's manual, COPY, "Binary Format".
const (
	streamHead = "PGCOPY\n\377\r\n\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x00"
	streamEnd  = "\xff\xff"
)

// streamPiece is how many bytes of rows travel in one message.
const streamPiece = 32 << 10

// ship adds the messages with the rows of a stream.
func (w *wire) ship(rows cargo) (err error) {
	n := rows.count()
	for next := 0; next < n; {
		from := len(w.out)
		w.out = append(w.out, 'd', 0, 0, 0, 0) // CopyData, and the length that follows below
		if next == 0 {
			w.out = append(w.out, streamHead...)
		}
		for ; next < n && len(w.out)-from < streamPiece; next++ {
			w.out = appendRow(w.out, rows, next)
		}
		if next == n {
			w.out = append(w.out, streamEnd...)
		}
		binary.BigEndian.PutUint32(w.out[from+1:], uint32(len(w.out)-from-1))
		if err := w.flush(sendAtOnce); err != nil {
			return err
		}
	}
	w.out, err = (&pgproto3.CopyDone{}).Encode(w.out)
	return err
}

// appendRow appends a row: the number of its fields, and each field as an element of an array.
func appendRow(buf []byte, rows cargo, row int) []byte {
	n := rows.fields()
	buf = binary.BigEndian.AppendUint16(buf, uint16(n))
	for col := range n {
		buf = rows.append(buf, row, col)
	}
	return buf
}
