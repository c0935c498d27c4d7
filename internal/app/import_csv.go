package app

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxRecord is how many bytes one line of a file may have. Without a limit a quotation
// mark that nobody closes would have the rest of the file in memory.
const maxRecord = 256 << 10

// The columns of an import, by the names people give them: without case, spaces and
// signs. Other columns are ignored, our own "line" and "reason" too.
const (
	columnCode    = "code"
	columnAmount  = "amount"
	columnExpiry  = "expires_at"
	columnRemarks = "remarks"
)

var columnNames = map[string]string{
	"code": columnCode, "couponnumber": columnCode, "couponcode": columnCode, "number": columnCode, "epin": columnCode, "pin": columnCode, "vouchercode": columnCode, "vouchernumber": columnCode,
	"amount": columnAmount, "value": columnAmount,
	"expiresat": columnExpiry, "expiry": columnExpiry, "expirydate": columnExpiry, "expires": columnExpiry, "validuntil": columnExpiry,
	"remarks": columnRemarks, "remark": columnRemarks, "issueremarks": columnRemarks,
}

// sheet reads the rows of an uploaded file.
type sheet struct {
	csv     *csv.Reader
	limit   *recordLimit
	columns map[string]int
}

// sheetRow is one line as it stands in the file, our guard apostrophe taken off.
type sheetRow struct {
	Line                           int64
	Code, Amount, Expires, Remarks string
	Broken                         string // why the line could not be read
}

// openSheet reads the header. Its faults are about the file as a whole.
func openSheet(r io.Reader) (*sheet, error) {
	text, err := decodeText(r)
	if err != nil {
		return nil, err
	}
	b := bufio.NewReaderSize(text, 64<<10)
	comma, err := delimiter(b)
	if err != nil {
		return nil, err
	}
	s := &sheet{limit: &recordLimit{in: b}}
	s.csv = csv.NewReader(s.limit)
	s.csv.Comma, s.csv.FieldsPerRecord, s.csv.ReuseRecord = comma, -1, true
	s.limit.begin()
	head, err := s.csv.Read()
	switch {
	case err == io.EOF:
		return nil, fileFault("The file is empty.")
	case errors.Is(err, errRecord) || errors.As(err, new(*csv.ParseError)):
		return nil, fileFault("The first line cannot be read: its quotation marks do not fit.")
	case err != nil:
		return nil, err
	}
	s.columns, err = columns(head)
	return s, err
}

// delimiter finds out what separates the columns: a line "sep=;" says it, else it is what
// stands most often in the first line, outside quotation marks.
func delimiter(b *bufio.Reader) (rune, error) {
	head, err := b.Peek(b.Size())
	if len(head) == 0 && err != io.EOF {
		return 0, err
	}
	if len(head) > 5 && strings.EqualFold(string(head[:4]), "sep=") && (head[5] == '\r' || head[5] == '\n') {
		comma := rune(head[4])
		_, err := b.ReadString('\n')
		return comma, err
	}
	count := map[byte]int{}
	quoted := false
	for _, c := range head {
		if c == '\n' && !quoted {
			break
		}
		if c == '"' {
			quoted = !quoted
		}
		if !quoted {
			count[c]++
		}
	}
	best := byte(',')
	for _, c := range []byte{';', '\t'} {
		if count[c] > count[best] {
			best = c
		}
	}
	return rune(best), nil
}

// columns finds the columns by their names.
func columns(head []string) (map[string]int, error) {
	found := map[string]int{}
	var seen []string
	for i, name := range head {
		name = strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))
		if name != "" && len(seen) < 8 {
			seen = append(seen, strconv.QuoteToGraphic(shortened(name, 40)))
		}
		column, known := columnNames[folded(name)]
		if !known {
			continue
		}
		if _, twice := found[column]; twice {
			return nil, fileFault("Two columns are called " + column + ". Leave one of them.")
		}
		found[column] = i
	}
	if _, ok := found[columnCode]; ok {
		return found, nil
	}
	msg := "The first line must name the columns, and one of them must be code (or coupon number, number, E-PIN)."
	if len(seen) > 0 {
		msg += " It says " + strings.Join(seen, ", ") + "."
	}
	return nil, fileFault(msg)
}

// folded is a column's name without case, spaces and signs.
func folded(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKC.String(name))
}

func shortened(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n]) + "…"
}

// next returns the next line that holds anything; io.EOF follows the last.
func (s *sheet) next() (sheetRow, error) {
	for {
		s.limit.begin()
		cells, err := s.csv.Read()
		if broken, ok := errors.AsType[*csv.ParseError](err); ok && !errors.Is(err, errRecord) {
			return sheetRow{Line: int64(broken.StartLine), Broken: "The quotation marks of this line do not fit."}, nil
		}
		if errors.Is(err, errRecord) {
			return sheetRow{}, fileFault("Somewhere behind line " + strconv.FormatInt(s.limit.lines+1, 10) + " a quotation mark is opened and never closed, or a line is far too long.")
		}
		if err != nil {
			return sheetRow{}, err
		}
		line, _ := s.csv.FieldPos(0)
		s.limit.lines = int64(line)
		if blank(cells) {
			continue
		}
		row := sheetRow{Line: int64(line)}
		for column, to := range map[string]*string{columnCode: &row.Code, columnAmount: &row.Amount, columnExpiry: &row.Expires, columnRemarks: &row.Remarks} {
			if i, ok := s.columns[column]; ok && i < len(cells) {
				*to = strings.Clone(unguarded(strings.TrimSpace(cells[i])))
			}
		}
		row.Code = strings.TrimPrefix(row.Code, "'")
		return row, nil
	}
}

func blank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// GuardCell puts an apostrophe before what a spreadsheet would run as a formula (OWASP, CSV
// injection), for every CSV file that leaves the program; unguarded takes it off again.
func GuardCell(cell string) string {
	if cell != "" && strings.ContainsAny(cell[:1], formulaSigns) {
		return "'" + cell
	}
	return cell
}

const formulaSigns = "=+-@\t\r"

func unguarded(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.ContainsAny(cell[1:2], formulaSigns) {
		return cell[1:]
	}
	return cell
}

// errRecord is what a line longer than maxRecord gives.
var errRecord = errors.New("app: a line of the file is too long")

// recordLimit limits what is read for one line.
type recordLimit struct {
	in    io.Reader
	left  int
	lines int64 // of the last line that was read well
}

func (l *recordLimit) begin() { l.left = maxRecord }

// Read implements io.Reader.
func (l *recordLimit) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errRecord
	}
	n, err := l.in.Read(p)
	l.left -= n
	return n, err
}
