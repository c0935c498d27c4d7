package admin

import (
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/scriphq/scrip/internal/fault"
)

// maxBook is how many rows one spreadsheet takes: it is put together in memory.
const maxBook = 100_000

var errBookFull = fault.New(fault.Conflict, "too_many_rows", "A spreadsheet takes 100,000 rows, and this is more. Narrow the list, or export it as CSV.")

// cell is one cell of an export.
type cell struct {
	text   string    // as CSV has it
	number bool      // text is a decimal number to calculate with
	at     time.Time // text is this moment, in its zone
}

func text(s string) cell { return cell{text: s} }

// moment is a time in the organisation's zone; blank when there is none.
func (v *visit) moment(t time.Time) cell {
	if t.IsZero() {
		return cell{}
	}
	return cell{text: v.stamp(t), at: t.In(v.org.Zone())}
}

// texts are the cells as CSV has them.
func texts(cells []cell) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = c.text
	}
	return out
}

// book is a spreadsheet of one sheet. Whatever is not an amount or a time is a text cell:
// numbers of vouchers keep their leading zeros and all their digits (J1.7), and what looks
// like a formula is none.
type book struct {
	file   *excelize.File
	out    *excelize.StreamWriter
	rows   int
	styles map[string]int // by number format
}

// newBook begins a spreadsheet. It never spills to a temporary file, which would hold
// codes in clear: os.DevNull is no folder.
func newBook(name string, head []string) (*book, error) {
	b := &book{file: excelize.NewFile(excelize.Options{TmpDir: os.DevNull}), styles: map[string]int{}}
	if err := b.file.SetSheetName("Sheet1", name); err != nil {
		return nil, err
	}
	bold, err := b.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return nil, err
	}
	if b.out, err = b.file.NewStreamWriter(name); err != nil {
		return nil, err
	}
	if err := b.out.SetColWidth(1, len(head), 20); err != nil {
		return nil, err
	}
	if err := b.out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, err
	}
	row := make([]any, len(head))
	for i, h := range head {
		row[i] = excelize.Cell{StyleID: bold, Value: h}
	}
	b.rows = 1
	return b, b.out.SetRow("A1", row)
}

func (b *book) row(cells []cell) error {
	if b.rows > maxBook {
		return errBookFull
	}
	b.rows++
	row := make([]any, len(cells))
	for i, c := range cells {
		value, err := b.value(c)
		if err != nil {
			return err
		}
		row[i] = value
	}
	return b.out.SetRow("A"+strconv.Itoa(b.rows), row)
}

// value is what a cell holds. A number of more digits than spreadsheets keep stays text.
func (b *book) value(c cell) (any, error) {
	switch {
	case c.text == "":
		return nil, nil
	case !c.at.IsZero():
		style, err := b.style("yyyy-mm-dd hh:mm:ss \"" + c.at.Format("-07:00") + "\"")
		return excelize.Cell{StyleID: style, Value: c.at}, err
	case !c.number || len(c.text) > 15:
		return c.text, nil
	}
	n, err := strconv.ParseFloat(c.text, 64)
	if err != nil {
		return nil, err
	}
	format := "#,##0"
	if _, decimals, _ := strings.Cut(c.text, "."); decimals != "" {
		format += "." + strings.Repeat("0", len(decimals))
	}
	style, err := b.style(format)
	return excelize.Cell{StyleID: style, Value: n}, err
}

func (b *book) style(format string) (int, error) {
	if id, known := b.styles[format]; known {
		return id, nil
	}
	id, err := b.file.NewStyle(&excelize.Style{CustomNumFmt: &format})
	b.styles[format] = id
	return id, err
}

// send ends the spreadsheet and replies with it.
func (b *book) send(w http.ResponseWriter, name string) error {
	if err := b.out.Flush(); err != nil {
		return err
	}
	attach(w.Header(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", name+".xlsx")
	_, err := b.file.WriteTo(w)
	return err
}
