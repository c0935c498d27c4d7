package api

import (
	"bytes"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/scriphq/scrip/internal/coupon"
)

// shown is an order with its vouchers applied, as answers show it. It is written by hand:
// an order of many lines and vouchers has tens of thousands of shares, which are most of
// what there is to write, and the engine waits while an answer is made. What is written is
// what encoding/json makes of a priced.
type shown coupon.Priced

// Schema is that of priced.
func (shown) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[priced](), true, "")
}

// MarshalJSON writes the order where it stands deep in an answer.
func (o *shown) MarshalJSON() ([]byte, error) { return o.append(nil), nil }

// size is about how long the order is as text, in bytes.
func (o *shown) size() int {
	n := 300
	for i := range o.Lines {
		n += 100 + len(o.Lines[i].ID) + 90*len(o.Lines[i].By)
	}
	return n
}

func (o *shown) append(b []byte) []byte {
	b = appendText(append(b, `{"currency":`...), string(o.Currency))
	b = appendFigure(b, `,"subtotal":`, o.Subtotal)
	b = appendFigure(b, `,"discount":`, o.Discount)
	b = appendFigure(b, `,"shipping":`, o.Shipping)
	b = appendFigure(b, `,"shipping_discount":`, o.ShippingDiscount)
	b = appendFigure(b, `,"total":`, o.Total)
	b = appendFigure(b, `,"paid":`, o.Paid)
	b = appendFigure(b, `,"due":`, o.Due)
	b = append(b, `,"lines":[`...)
	var given shareWriter
	for i := range o.Lines {
		if i > 0 {
			b = append(b, ',')
		}
		l := &o.Lines[i]
		b = appendText(append(b, `{"id":`...), l.ID)
		b = appendFigure(b, `,"subtotal":`, l.Subtotal)
		b = appendFigure(b, `,"discount":`, l.Discount)
		b = appendFigure(b, `,"total":`, l.Total)
		b = append(given.append(append(b, `,"by":`...), l.By), '}')
	}
	return append(given.append(append(b, `],"shipping_by":`...), o.ShippingBy), '}')
}

// shareWriter writes what vouchers give. They come again with each line, and mostly in
// the same order: the beginning of a share is made once for each voucher.
type shareWriter struct {
	vouchers []coupon.VoucherID
	begun    [][]byte
	next     int
}

func (w *shareWriter) append(b []byte, shares []coupon.Share) []byte {
	b = append(b, '[')
	w.next = 0
	for i := range shares {
		if i > 0 {
			b = append(b, ',')
		}
		s := &shares[i]
		b = strconv.AppendInt(append(b, w.begin(s.Voucher)...), s.Discount, 10)
		b = append(appendFigure(b, `,"paid":`, s.Paid), '}')
	}
	return append(b, ']')
}

func (w *shareWriter) begin(v coupon.VoucherID) []byte {
	for n := range w.vouchers {
		i := w.next + n
		if i >= len(w.vouchers) {
			i -= len(w.vouchers)
		}
		if w.vouchers[i] == v {
			w.next = i + 1
			return w.begun[i]
		}
	}
	w.vouchers = append(w.vouchers, v)
	w.begun = append(w.begun, append(appendText([]byte(`{"voucher":`), string(v)), `,"discount":`...))
	w.next = len(w.vouchers)
	return w.begun[len(w.begun)-1]
}

func appendFigure(b []byte, name string, n int64) []byte {
	return strconv.AppendInt(append(b, name...), n, 10)
}

// appendText writes a string as encode does.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return append(b, bytes.TrimSuffix(encode(s), []byte("\n"))...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

// encodeMembers writes an answer member by member: its order by hand.
func encodeMembers(buf *bytes.Buffer, v reflect.Value, order *shown) {
	buf.Grow(order.size() + 1024)
	before := byte('{')
	for i := range v.NumField() {
		name, option, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if option == "omitempty" && (v.Field(i).IsZero() || v.Field(i).Kind() == reflect.Slice && v.Field(i).Len() == 0) {
			continue
		}
		buf.WriteByte(before)
		before = ','
		buf.WriteString(`"` + name + `":`)
		if reflect.TypeFor[*shown]() == v.Field(i).Type() {
			buf.Write(order.append(buf.AvailableBuffer()))
			continue
		}
		encodeInto(buf, v.Field(i).Interface())
	}
	buf.WriteByte('}')
}

// orderIn returns the order that an answer has as a member, nil where there is none.
func orderIn(v reflect.Value) *shown {
	if v.Kind() != reflect.Struct {
		return nil
	}
	for i := range v.NumField() {
		if v.Field(i).Type() == reflect.TypeFor[*shown]() {
			return v.Field(i).Interface().(*shown)
		}
	}
	return nil
}
